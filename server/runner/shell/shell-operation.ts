import type { PlannedStep } from "#server/domain/plan/plan.ts";
import {
  HOST_CHECK,
  type PlannedShell,
  plannedShellSchema,
  SHELL_OUTPUTS,
  SHELL_VERSION,
} from "#server/domain/shell/schema.ts";
import type { Operation } from "#server/operations/handler.ts";
import type { Json } from "#server/domain/canonical/json.ts";
import { carriedValues } from "../continuation.ts";
import { keepPastedRecord } from "../hand/carry-out-pasted.ts";
import type { Run } from "../run.ts";
import { readWithBlock } from "./carry-out.ts";
import { shownValue } from "./take-values.ts";

/** What a step on a host is to the executor: its result is what its block printed, read once. */
export function shellOperation(
  run: Run,
  step: PlannedStep,
): Pick<Operation<typeof plannedShellSchema>, "definition" | "readBack"> {
  const { take, carriedFrom, byHand } = plannedShellSchema.parse(step.parameters);
  return {
    definition: {
      id: step.operation,
      version: SHELL_VERSION,
      effect: step.operation === HOST_CHECK ? "read" : "destroy",
      title: step.words.title,
      parameters: plannedShellSchema,
      outputs: [...SHELL_OUTPUTS, ...Object.keys(take)],
    },
    async readBack(_context, _parameters: PlannedShell, outputs) {
      if (carriedFrom !== undefined) {
        const { jobId } = carriedFrom;
        if (byHand === true) await keepPastedRecord(run, step.id, jobId);
        return { values: await carriedValues(run.parts.db, { jobId, stepId: step.id }) };
      }
      if (step.calls.length > 0) return { values: valuesOf(outputs, "") };
      const { captured, end } = await readWithBlock(run, step);
      return { values: valuesOf(captured, end.says) };
    },
  };
}

function valuesOf(captured: Record<string, string>, says: string): Record<string, Json> {
  const values = Object.fromEntries(Object.entries(captured).map(([name, text]) => [name, shownValue(text)]));
  return says === "" || values["ended"] === "exited" ? values : { explanation: says, ...values };
}
