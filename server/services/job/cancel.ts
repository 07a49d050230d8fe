import { and, eq, isNull } from "drizzle-orm";
import { job } from "#db/schema/job.ts";
import { DomainError } from "#server/domain/error/domain-error.ts";
import { jobIdSchema } from "#server/domain/job/schema.ts";
import { verb } from "../verb.ts";
import { moveJob } from "./move.ts";
import { jobObject, lockJob } from "./rows.ts";

/** Cancels a queued job at once; asks a running one to stop after the call it is in. */
export const cancelJob = verb({
  action: "job.cancel",
  input: jobIdSchema,
  load: (tx, { jobId }) => lockJob(tx, jobId),
  object: jobObject,
  run: async (tx, { person, row, at }) => {
    if (row.state === "queued") {
      await moveJob(
        tx,
        { jobId: row.id, from: "queued", to: "cancelled", at },
        { finishedAt: at, outcomeSays: `Cancelled by ${person.name} before it ran. Nothing was sent.` },
      );
      return { output: { isOver: true }, audit: { was: "queued" } };
    }
    if (row.state !== "running" && row.state !== "awaiting_person") {
      throw new DomainError("conflict", "Only a queued or running job can be cancelled.", {
        reason: "not_running",
      });
    }
    await tx
      .update(job)
      .set({ cancelRequestedBy: person.personId, cancelRequestedAt: at })
      .where(and(eq(job.id, row.id), isNull(job.cancelRequestedAt)));
    // A runner takes it up once more, only to write down how it ended.
    if (row.state === "awaiting_person") {
      await moveJob(tx, { jobId: row.id, from: "awaiting_person", to: "running", at });
      return { output: { isOver: false }, audit: { was: "awaiting_person" } };
    }
    return { output: { isOver: false }, audit: { was: "running" } };
  },
});
