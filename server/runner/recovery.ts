import { and, eq, sql } from "drizzle-orm";
import { job, lease } from "#db/schema/job.ts";
import { appendAudit } from "#server/services/audit/append.ts";
import { appendJournal, nextJournalSeq } from "./journal.ts";
import { type Lease, takeLane } from "./lease.ts";
import { RUNNER_ACTOR } from "./opened-secret.ts";
import type { RunnerParts } from "./parts.ts";

/**
 * Takes over one running job that nobody works on: its lease ran out, was handed back, or its runner is known to have
 * stopped. The caller goes on with it from its journal, under the same approval. Null when there is none. A takeover
 * that is killed itself leaves a job that the next one takes over.
 */
export async function recoverJob(parts: RunnerParts): Promise<Lease | null> {
  return parts.db.transaction(async (tx) => {
    const [row] = await tx
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
      .limit(1)
      .for("update", { skipLocked: true });
    if (!row) return null;
    const held = await takeLane(tx, { lane: row.lane, jobId: row.id, runnerId: parts.runnerId });
    if (held === null) return null;
    const at = parts.now();
    const seq = await nextJournalSeq(tx, row.id);
    await appendJournal(tx, held, { seq, at, kind: "recovered", body: { runnerId: parts.runnerId } });
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
  });
}
