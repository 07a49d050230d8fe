import { recordResultSchema } from "#server/domain/check/schema.ts";
import { DomainError } from "#server/domain/error/domain-error.ts";
import { lockItem } from "../item/change-item.ts";
import { verb } from "../verb.ts";
import { findLastResult } from "./facts.ts";
import { requireAllowed } from "../item-move/refusal.ts";
import { writeResult } from "./result.ts";
import { lockRun, runObject } from "./run-rows.ts";

/** A person reads what a run printed and says whether the check passed, by its rule. The run is the evidence. */
export const recordResult = verb({
  action: "check.record",
  input: recordResultSchema,
  load: async (tx, { runId }) => {
    const run = await lockRun(tx, runId);
    return { run, item: await lockItem(tx, run.itemId) };
  },
  object: ({ run }) => runObject(run),
  run: async (tx, { person, input: { outcome, reason }, row: { run, item }, at }) => {
    if (run.ending !== "exited") {
      throw new DomainError(
        "conflict",
        "This run did not end by itself, so it shows nothing. Run the check again.",
        {
          reason: "no_result",
        },
      );
    }
    if (run.settings.expectations.length > 0) {
      throw new DomainError(
        "conflict",
        "This run was judged by what is expected of it. Change that, and run it again.",
        {
          reason: "judged",
        },
      );
    }
    if ((await findLastResult(tx, item.id))?.id !== run.id) {
      throw new DomainError("stale", "There is a newer run. Read that one; nothing was recorded.", {
        reason: "stale",
      });
    }
    requireAllowed(await writeResult(tx, { item, run, outcome, reason, personId: person.personId, at }));
    return { output: { state: outcome }, audit: { runId: run.id, outcome, observed: run.observed, reason } };
  },
});
