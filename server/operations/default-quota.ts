import type { CloudReader } from "./cloud-reader.ts";
import { blocked, notFound } from "./draft.ts";
import type { StepDraft } from "./handler.ts";

/** Limits by the names that a runbook uses; -1 is no limit. */
export type Limits = Readonly<Record<string, number>>;

const NO_PROJECT =
  "The console's own account is not signed in to a project, and the limits of a new project are asked for through one.";

/** The project that limits of new projects are asked for through: the one of the identity itself. */
export function ownProject({ session }: CloudReader): string | null {
  return session.describe().projectId;
}

/** What a stage that reads limits shows before it runs. */
export function planDefaults(reader: CloudReader, limits: Limits | null): StepDraft {
  if (limits === null) {
    return blocked(NO_PROJECT, "Give the cloud's entry in clouds.yaml a project_name, then preview again.");
  }
  return {
    disposition: "read",
    says: `A new project may have ${inWords(limits)}.`,
    outputs: {},
    reads: reader.reads,
  };
}

export function requireLimits(limits: Limits | null): Limits {
  if (limits !== null) return limits;
  throw notFound(NO_PROJECT);
}

export function inWords(limits: Limits): string {
  return Object.entries(limits)
    .map(([name, limit]) => `${name.replaceAll("_", " ")}: ${limit === -1 ? "no limit" : limit}`)
    .join(", ");
}
