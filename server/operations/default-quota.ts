import { type CloudReader, openReader } from "./cloud-reader.ts";
import { blocked, notFound } from "./draft.ts";
import type { PlanContext, ReadBack, ReadContext, StepDraft } from "./handler.ts";

/** Limits by the names that a runbook uses; -1 is no limit. */
type Limits = Readonly<Record<string, number>>;

const NO_PROJECT =
  "The console's own account is not signed in to a project, and the limits of a new project are asked for through one.";

/** A read of the limits that a new project gets; `read` asks one service through a project, the identity's own. */
export function readsDefaults(read: (reader: CloudReader, projectId: string) => Promise<Limits>) {
  const ask = async (reader: CloudReader): Promise<Limits | null> => {
    const { projectId } = reader.session.describe();
    return projectId === null ? null : read(reader, projectId);
  };
  return {
    async plan(context: PlanContext): Promise<StepDraft> {
      const reader = await openReader(context);
      const limits = await ask(reader);
      if (limits !== null) {
        return {
          disposition: "read",
          says: `A new project may have ${inWords(limits)}.`,
          outputs: {},
          reads: reader.reads,
        };
      }
      return blocked(NO_PROJECT, "Give the cloud's entry in clouds.yaml a project_name, then preview again.");
    },

    async readBack(context: ReadContext): Promise<ReadBack> {
      const values = await ask(await openReader(context));
      if (values === null) throw notFound(NO_PROJECT);
      await context.say(`A new project may have ${inWords(values)}.`);
      return { values };
    },
  };
}

function inWords(limits: Limits): string {
  return Object.entries(limits)
    .map(([name, limit]) => `${name.replaceAll("_", " ")}: ${limit === -1 ? "no limit" : limit}`)
    .join(", ");
}
