import { createHash } from "node:crypto";
import type { PlannedStep, StagePlan } from "../plan/plan.ts";
import { isShellOperation, type PlannedShell, plannedShellSchema } from "../shell/schema.ts";
import { isManualOperation, type Manual, manualSchema } from "./schema.ts";

type StepOfPlan = Pick<PlannedStep, "operation" | "parameters">;

/** A block's step that a person runs and pastes, as its plan froze it; null for any other step. */
export function pastedShell({ operation, parameters }: StepOfPlan): PlannedShell | null {
  if (!isShellOperation(operation)) return null;
  const parsed = plannedShellSchema.safeParse(parameters);
  return parsed.success && parsed.data.byHand === true ? parsed.data : null;
}

/** What a person has to know of a step that waits for one: a step by hand, or a block that is pasted; null for others. */
export function handOf(step: Pick<PlannedStep, "operation" | "parameters" | "effect">): Manual | null {
  if (isManualOperation(step.operation)) return manualSchema.parse(step.parameters);
  const shell = pastedShell(step);
  // What was taken over from an earlier job waits for nobody.
  if (shell === null || shell.carriedFrom !== undefined) return null;
  const secrets = Object.keys(shell.secrets);
  const files =
    secrets.length === 0
      ? ""
      : ` It reads ${secrets.join(", ")} as ${secrets.length === 1 ? "a file" : "files"} of the folder that COUNTERSIGN_SECRETS names; the console shows no value to anybody.`;
  return {
    instructions: `Run exactly this text on ${shell.host.name} as ${shell.account}, and paste what it printed.${files}`,
    assignee: "operator",
    differs: [],
    evidence: {},
    effect: step.effect === "mutate" ? "mutate" : "destroy",
    revert: null,
  };
}

/** Ids of the blocks that a plan leaves to people: the same are left to them whenever it is made again. */
export function blocksByHand({ steps }: Pick<StagePlan, "steps">): string[] {
  const own = steps.filter((step) => {
    const shell = pastedShell(step);
    return shell !== null && shell.carriedFrom === undefined;
  });
  return [...new Set(own.map(({ blockId }) => blockId))];
}

/**
 * What a person copies into a shell of the host: the block's text to the byte, run as the runner runs it - strict, without
 * input, in an environment of its own - and its exit code behind it. Private files for secrets are named, never filled.
 * It is one compound command, so a shell that it is pasted into reads it whole and stays open.
 */
export function pasteScript({ script, environment, secrets }: PlannedShell): string {
  const end = `COUNTERSIGN_${createHash("sha256").update(script).digest("hex").slice(0, 12)}`;
  const set = Object.entries(environment).map(([name, value]) => ` ${name}=${quoted(value)}`);
  const names = Object.keys(secrets);
  const folder = names.length === 0 ? [] : [SECRETS_FOLDER(names)];
  const given = names.length === 0 ? "" : ' COUNTERSIGN_SECRETS="$COUNTERSIGN_SECRETS"';
  return [
    "(",
    ...folder,
    `cs_text=$(mktemp) && cat >"$cs_text" <<'${end}'`,
    script.endsWith("\n") ? script.slice(0, -1) : script,
    end,
    `env -i HOME="$HOME" USER="$USER" PATH="$PATH" LANG=C.UTF-8 TZ=UTC TERM=dumb${given}${set.join("")} \\`,
    '  bash --noprofile --norc -euo pipefail "$cs_text" </dev/null',
    'echo "exit code: $?" >&2; rm -f -- "$cs_text"',
    ")",
    "",
  ].join("\n");
}

const SECRETS_FOLDER = (names: readonly string[]) =>
  `: "\${COUNTERSIGN_SECRETS:?Name a private folder that holds ${names.join(", ")}.}"`;

/** POSIX single quotes: nothing in a value is read by the shell. */
const quoted = (value: string) => `'${value.replaceAll("'", "'\\''")}'`;
