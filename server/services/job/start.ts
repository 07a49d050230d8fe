import { DomainError } from "#server/domain/error/domain-error.ts";
import { jobIdSchema } from "#server/domain/job/schema.ts";
import { findJobHolding } from "../gate/holding.ts";
import { verb } from "../verb.ts";
import { requireJobDecision } from "./decision.ts";
import { requireJobMayStart } from "./may-start.ts";
import { moveJob } from "./move.ts";
import { jobObject, jobSeparation, lockJob } from "./rows.ts";

/** Starts an approved job that was armed for its requester. */
export const startJob = verb({
  action: "job.start",
  input: jobIdSchema,
  load: async (tx, { jobId }) => {
    const row = await lockJob(tx, jobId);
    return { ...row, heldBy: await findJobHolding(tx, row) };
  },
  object: jobObject,
  separation: (row) => ({ ...jobSeparation(row), heldBy: row.heldBy }),
  run: async (tx, { person, row, at }) => {
    if (row.state !== "approved") {
      throw new DomainError("conflict", "This job is not approved and waiting to be started.", {
        reason: "not_armed",
      });
    }
    if (at >= row.expiresAt) {
      throw new DomainError("conflict", "The approval has expired. Ask again; nothing was started.", {
        reason: "expired",
      });
    }
    await requireJobMayStart(tx, row, at);
    const separation = jobSeparation(row);
    const decision = await requireJobDecision(tx, { person, action: "job.start", row, separation, at });
    await moveJob(tx, { jobId: row.id, from: "approved", to: "queued", at }, { queuedAt: at });
    return { output: { state: "queued" as const }, audit: { digest: row.digest, decision } };
  },
});
