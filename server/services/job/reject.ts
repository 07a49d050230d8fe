import { randomUUID } from "node:crypto";
import { approval } from "#db/schema/job.ts";
import { DomainError } from "#server/domain/error/domain-error.ts";
import { rejectJobSchema } from "#server/domain/job/schema.ts";
import { verb } from "../verb.ts";
import { moveJob } from "./move.ts";
import { jobObject, jobSeparation, lockJob } from "./rows.ts";

/** Refuses a request, for good: the requester has to ask again. */
export const rejectJob = verb({
  action: "job.reject",
  input: rejectJobSchema,
  load: (tx, { jobId }) => lockJob(tx, jobId),
  object: jobObject,
  separation: jobSeparation,
  run: async (tx, { person, input, row, at }) => {
    if (row.state !== "awaiting_approval") {
      throw new DomainError("conflict", "This request is not waiting for a decision any more.", {
        reason: "not_waiting",
      });
    }
    if (input.digest !== row.digest) {
      throw new DomainError("stale", "Your page shows another plan than the one on record. Reload it.", {
        reason: "stale",
      });
    }
    await tx.insert(approval).values({
      id: randomUUID(),
      jobId: row.id,
      digest: row.digest,
      requestedBy: row.requestedBy,
      personId: person.personId,
      sessionId: person.sessionId,
      decision: "reject",
      tickedCallIds: [],
      reason: input.reason,
      at,
    });
    await moveJob(
      tx,
      { jobId: row.id, from: "awaiting_approval", to: "rejected", at },
      { finishedAt: at, outcomeSays: `Refused by ${person.name}: ${input.reason}` },
    );
    return { output: { state: "rejected" as const }, audit: { digest: row.digest, reason: input.reason } };
  },
});
