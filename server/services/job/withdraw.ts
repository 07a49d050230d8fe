import { DomainError } from "#server/domain/error/domain-error.ts";
import { withdrawJobSchema } from "#server/domain/job/schema.ts";
import { verb } from "../verb.ts";
import { moveJob } from "./move.ts";
import { jobObject, jobSeparation, lockJob } from "./rows.ts";

const WITHDRAWABLE = ["awaiting_approval", "awaiting_signature", "approved"] as const;

/** Takes a request back before it runs. */
export const withdrawJob = verb({
  action: "job.withdraw",
  input: withdrawJobSchema,
  load: (tx, { jobId }) => lockJob(tx, jobId),
  object: jobObject,
  separation: jobSeparation,
  run: async (tx, { input, row, at }) => {
    if (!WITHDRAWABLE.some((state) => state === row.state)) {
      throw new DomainError("conflict", "Only a request that has not started can be withdrawn.", {
        reason: "not_waiting",
      });
    }
    await moveJob(
      tx,
      { jobId: row.id, from: row.state, to: "withdrawn", at },
      { finishedAt: at, outcomeSays: `Withdrawn: ${input.reason}` },
    );
    return { output: { state: "withdrawn" as const }, audit: { reason: input.reason } };
  },
});
