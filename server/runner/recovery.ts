import { and, desc, eq, inArray, sql } from "drizzle-orm";
import type { Tx } from "#db/client.ts";
import { job, journalEntry, lease } from "#db/schema/job.ts";
import { appendAudit } from "#server/services/audit/append.ts";
import { type Lease, takeLanes } from "./lease.ts";
import { RUNNER_ACTOR } from "./opened-secret.ts";
import type { RunnerParts } from "./parts.ts";
import { isOfWait, JOURNAL_VERSION } from "./progress.ts";
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
    const wanted = rows.map(({ id: jobId, lane }) => ({ jobId, lane, runnerId: parts.runnerId }));
    const leases = await takeLanes(tx, wanted);
    if (leases.length > 0) await noteTakeover(parts, tx, { leases, rows });
    return leases;
  });
  if (taken.length > 0) await parts.boundary("after recovered");
  return taken;
}

async function noteTakeover(
  parts: RunnerParts,
  tx: Tx,
  { leases, rows }: { leases: readonly Lease[]; rows: readonly { id: string; number: number }[] },
): Promise<void> {
  await parts.boundary("before recovered");
  const at = parts.now();
  const lasts = await tx
    .select({ jobId: journalEntry.jobId, last: sql<number>`max(${journalEntry.seq})::int` })
    .from(journalEntry)
    .where(
      inArray(
        journalEntry.jobId,
        leases.map(({ jobId }) => jobId),
      ),
    )
    .groupBy(journalEntry.jobId);
  const lastOf = new Map(lasts.map(({ jobId, last }) => [jobId, last]));
  const lastKinds = await tx
    .selectDistinctOn([journalEntry.jobId], { jobId: journalEntry.jobId, kind: journalEntry.kind })
    .from(journalEntry)
    .where(
      inArray(
        journalEntry.jobId,
        leases.map(({ jobId }) => jobId),
      ),
    )
    .orderBy(journalEntry.jobId, desc(journalEntry.seq));
  const body = { runnerId: parts.runnerId, version: JOURNAL_VERSION };
  await tx.insert(journalEntry).values(
    leases.map(({ jobId, fencing }) => {
      return { jobId, seq: (lastOf.get(jobId) ?? 0) + 1, fencing, kind: "recovered" as const, body, at };
    }),
  );
  const waited = new Set(lastKinds.flatMap((last) => (isOfWait(last) ? [last.jobId] : [])));
  const numberOf = new Map(rows.map(({ id, number }) => [id, number]));
  for (const { jobId } of leases) {
    await appendAudit(tx, {
      actor: RUNNER_ACTOR,
      at,
      action: waited.has(jobId) ? "job.resumed" : "job.recovered",
      outcome: "done",
      objectKind: "job",
      objectId: jobId,
      details: { number: numberOf.get(jobId) ?? null },
    });
  }
}
