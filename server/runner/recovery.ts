import { and, eq, sql } from "drizzle-orm";
import type { Tx } from "#db/client.ts";
import { job, lease } from "#db/schema/job.ts";
import { appendAudit } from "#server/services/audit/append.ts";
import { appendJournal, nextJournalSeq } from "./journal.ts";
import { type Lease, takeLane } from "./lease.ts";
import { RUNNER_ACTOR } from "./opened-secret.ts";
import type { RunnerParts } from "./parts.ts";
import { JOURNAL_VERSION } from "./progress.ts";
import { inTransaction } from "./transaction.ts";

/**
 * Takes over up to `limit` running jobs that nobody works on, longest running first: their leases ran out, were handed
 * back, or their runner is known to have stopped. The caller goes on with each from its journal, under the same
 * approval. A takeover that is killed itself either happened or did not; what it took is then taken over by the next.
 */
export async function recoverJobs(parts: RunnerParts, limit: number): Promise<Lease[]> {
  const taken = await inTransaction(parts.db, async (tx) => {
    const rows = await tx
      .select({ id: job.id, lane: job.lane, number: job.number })
      .from(job)
      .where(
        and(
          eq(job.state, "running"),
          sql`not exists (select 1 from ${lease} l where l.lane = ${job.lane} and l.expires_at > now()
            and not exists (select 1 from runner r where r.id = l.runner_id and r.stopped_at is not null))`,
        ),
      )
      .orderBy(job.startedAt)
      .limit(limit)
      .for("update", { skipLocked: true });
    const leases: Lease[] = [];
    for (const row of rows) {
      const held = await takeOver(parts, tx, row);
      if (held !== null) leases.push(held);
    }
    return leases;
  });
  if (taken.length > 0) await parts.boundary("after recovered");
  return taken;
}

async function takeOver(
  parts: RunnerParts,
  tx: Tx,
  row: { id: string; lane: string; number: number },
): Promise<Lease | null> {
  const held = await takeLane(tx, { lane: row.lane, jobId: row.id, runnerId: parts.runnerId });
  if (held === null) return null;
  await parts.boundary("before recovered");
  const at = parts.now();
  const seq = await nextJournalSeq(tx, row.id);
  const body = { runnerId: parts.runnerId, version: JOURNAL_VERSION };
  await appendJournal(tx, held, { seq, at, kind: "recovered", body });
  await appendAudit(tx, {
    actor: RUNNER_ACTOR,
    at,
    action: "job.recovered",
    outcome: "done",
    objectKind: "job",
    objectId: row.id,
    details: { number: row.number },
  });
  return held;
}
