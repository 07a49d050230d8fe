import { and, eq } from "drizzle-orm";
import type { Tx } from "#db/client.ts";
import { job } from "#db/schema/job.ts";
import { assert, DomainError } from "#server/domain/error/domain-error.ts";
import { canMove, type JobState } from "#server/domain/job/states.ts";

type Progress = Partial<
  Pick<
    typeof job.$inferInsert,
    | "consumedAt"
    | "queuedAt"
    | "startedAt"
    | "finishedAt"
    | "outcomeSays"
    | "outcomeAdvice"
    | "drift"
    | "resolvedAt"
    | "resolution"
  >
>;

/**
 * The one setter of a job's state. The state it comes from stands in the WHERE, so of two racers one gets `conflict`.
 */
export async function moveJob(
  tx: Tx,
  move: { jobId: string; from: JobState; to: JobState; at: Date },
  progress: Progress = {},
): Promise<void> {
  assert(canMove(move.from, move.to), `a job may move from ${move.from} to ${move.to}`);
  const moved = await tx
    .update(job)
    .set({ ...progress, state: move.to, stateChangedAt: move.at })
    .where(and(eq(job.id, move.jobId), eq(job.state, move.from)))
    .returning({ id: job.id });
  if (moved.length === 0) {
    throw new DomainError(
      "conflict",
      "Somebody else was quicker: this job has moved on. Nothing was changed.",
      {
        reason: "moved_on",
      },
    );
  }
}
