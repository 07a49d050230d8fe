import { asc, eq } from "drizzle-orm";
import type { Db, Tx } from "#db/client.ts";
import { evidence, gateResult, journalEntry } from "#db/schema/job.ts";

/** Journal, evidence and verdicts of a job as they are written down, with times as texts: what the log binds. */
export async function readRunRecord(db: Db | Tx, jobId: string) {
  const [journal, evidenceRows, gates] = await Promise.all([
    db.select().from(journalEntry).where(eq(journalEntry.jobId, jobId)).orderBy(asc(journalEntry.seq)),
    db.select().from(evidence).where(eq(evidence.jobId, jobId)).orderBy(asc(evidence.at), asc(evidence.id)),
    db
      .select()
      .from(gateResult)
      .where(eq(gateResult.jobId, jobId))
      .orderBy(asc(gateResult.at), asc(gateResult.id)),
  ]);
  return {
    journal: journal.map(({ seq, kind, stepId, callId, body, at }) => ({
      seq,
      kind,
      stepId,
      callId,
      body,
      at: at.toISOString(),
    })),
    evidence: evidenceRows.map(({ stepId, values, expectations, at }) => ({
      stepId,
      values,
      expectations,
      at: at.toISOString(),
    })),
    gates: gates.map(({ gateId, passed, assertions, at }) => ({
      gateId,
      passed,
      assertions,
      at: at.toISOString(),
    })),
  };
}
