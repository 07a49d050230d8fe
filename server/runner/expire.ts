import { and, eq, inArray, lte } from "drizzle-orm";
import { job } from "#db/schema/job.ts";
import { HAND_WAIT_MS } from "#server/domain/hand/schema.ts";
import { appendAudit } from "#server/services/audit/append.ts";
import { moveJob } from "#server/services/job/move.ts";
import { expireProposals } from "#server/services/proposal/expire.ts";
import { RUNNER_ACTOR } from "./opened-secret.ts";
import type { RunnerParts } from "./parts.ts";

/** A step by hand that nobody attests for a day: the runner takes the job up and ends it from its journal. */
async function endWaits(parts: RunnerParts, at: Date): Promise<void> {
  const before = new Date(at.getTime() - HAND_WAIT_MS);
  const isDue = and(eq(job.state, "awaiting_person"), lte(job.stateChangedAt, before));
  const due = await parts.db.select({ id: job.id }).from(job).where(isDue).limit(100);
  for (const { id } of due) {
    await parts.db.transaction(async (tx) => {
      const [row] = await tx
        .select({ number: job.number })
        .from(job)
        .where(and(eq(job.id, id), isDue))
        .for("update", { skipLocked: true });
      if (!row) return;
      await moveJob(tx, { jobId: id, from: "awaiting_person", to: "running", at });
      await appendAudit(tx, {
        actor: RUNNER_ACTOR,
        at,
        action: "job.wait_ended",
        outcome: "done",
        objectKind: "job",
        objectId: id,
        details: { number: row.number },
      });
    });
  }
}

const EXPIRABLE = ["awaiting_approval", "awaiting_signature", "approved", "queued"] as const;

/** Ends requests whose time is over. Time can only deny: nothing here starts anything. */
export async function expireRequests(parts: RunnerParts): Promise<number> {
  const at = parts.now();
  await expireProposals(parts.db, { actor: RUNNER_ACTOR, at });
  await endWaits(parts, at);
  const isDue = and(inArray(job.state, [...EXPIRABLE]), lte(job.expiresAt, at));
  const due = await parts.db.select({ id: job.id }).from(job).where(isDue).limit(100);
  for (const { id } of due) {
    await parts.db.transaction(async (tx) => {
      const [row] = await tx
        .select()
        .from(job)
        .where(and(eq(job.id, id), isDue))
        .for("update", { skipLocked: true });
      if (!row) return;
      await moveJob(
        tx,
        { jobId: id, from: row.state, to: "expired", at },
        {
          finishedAt: at,
          outcomeSays: "Nobody decided or started this in time. Nothing was sent.",
          outcomeAdvice: "Preview the stage again and ask anew.",
        },
      );
      await appendAudit(tx, {
        actor: RUNNER_ACTOR,
        at,
        action: "job.expired",
        outcome: "done",
        objectKind: "job",
        objectId: id,
        details: { number: row.number, was: row.state },
      });
    });
  }
  return due.length;
}
