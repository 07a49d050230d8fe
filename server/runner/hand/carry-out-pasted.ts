import { handRecord } from "#db/schema/hand.ts";
import type { Kept } from "#server/domain/hand/schema.ts";
import type { PlannedStep } from "#server/domain/plan/plan.ts";
import {
  type PlannedShell,
  plannedShellSchema,
  SHELL_OUTPUTS,
  SHELL_VERSION,
} from "#server/domain/shell/schema.ts";
import type { Operation } from "#server/operations/handler.ts";
import { and, eq, isNotNull } from "drizzle-orm";
import type { Run } from "../run.ts";
import { BlockOutput } from "../shell/block-output.ts";
import { shownValue, takeValues } from "../shell/take-values.ts";

interface Pasted {
  by: string;
  pasted: NonNullable<Kept["pasted"]>;
}

/**
 * What a person pasted as the output of a block, read and judged as captured output is: the same lines, the same digest,
 * the same values taken out of it. Each value is JSON text; `pasted_by` says that no runner saw it.
 */
export async function takePasted(
  run: Run,
  { step, shell, isTold }: { step: PlannedStep; shell: PlannedShell; isTold: boolean },
  { by, pasted }: Pasted,
): Promise<Record<string, string>> {
  const output = new BlockOutput(isTold ? silent(run) : run, step.id, "pasted");
  const lines = pasted.output.split(/\r?\n/);
  if (lines.at(-1) === "") lines.pop();
  if (!isTold) run.say("note", `${by} ran it and pasted what follows; the console did not run it.`, step.id);
  await output.take(
    lines.map((line) => ({ stream: "stdout", bytes: Buffer.from(line, "utf8"), cutBytes: 0 })),
  );
  if (!isTold) run.say("note", `Pasted by ${by}: ${lines.length} lines, exit code ${pasted.exit}.`, step.id);
  return {
    ...(await takeValues(shell.take, output.text())),
    // Last: no value of a runbook's own stands in their place.
    exit: String(pasted.exit),
    lines: String(output.lines),
    digest: JSON.stringify(output.digest()),
    ended: JSON.stringify("pasted"),
    pasted_by: JSON.stringify(by),
  };
}

/** Another life of the run has told it already. */
const silent = (run: Run): Run => ({ ...run, say: () => undefined });

/** What such a step is to the executor: its result is what was taken out of the paste. */
export function pastedOperation(
  step: PlannedStep,
  captured: Readonly<Record<string, string>>,
): Pick<Operation<typeof plannedShellSchema>, "definition" | "readBack"> {
  const { take } = plannedShellSchema.parse(step.parameters);
  return {
    definition: {
      id: step.operation,
      version: SHELL_VERSION,
      effect: step.effect,
      title: step.words.title,
      parameters: plannedShellSchema,
      outputs: [...SHELL_OUTPUTS, ...Object.keys(take)],
    },
    readBack: () =>
      Promise.resolve({
        values: Object.fromEntries(Object.entries(captured).map(([name, text]) => [name, shownValue(text)])),
      }),
  };
}

/**
 * A step that is taken over from the job it was pasted in is pasted here as well: its record stands with this job, so that
 * nothing proves more for having been taken over.
 */
export async function keepPastedRecord(run: Run, stepId: string, fromJobId: string): Promise<void> {
  const { db } = run.parts;
  const [row] = await db
    .select()
    .from(handRecord)
    .where(and(eq(handRecord.jobId, fromJobId), eq(handRecord.stepId, stepId), isNotNull(handRecord.kept)));
  if (row === undefined) return;
  await db
    .insert(handRecord)
    .values({ ...row, jobId: run.job.id })
    .onConflictDoNothing();
}
