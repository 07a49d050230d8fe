import { job } from "#db/schema/job.ts";
import { and, eq, isNotNull } from "drizzle-orm";
import type { Tx } from "#db/client.ts";
import { handRecord } from "#db/schema/hand.ts";
import { recordDigest } from "#server/domain/evidence/bundle.ts";
import { appendAudit } from "#server/services/audit/append.ts";
import { readRunRecord } from "#server/services/evidence/records.ts";
import { moveJob } from "#server/services/job/move.ts";
import type { Ending } from "./endings.ts";
import { Journal, listJournal } from "./journal.ts";
import { type Lease, releaseLease } from "./lease.ts";
import { RUNNER_ACTOR } from "./opened-secret.ts";
import type { RunnerParts } from "./parts.ts";
import type { Run } from "./run.ts";

const AUDITED: Record<Ending["state"], "done" | "denied" | "failed"> = {
  succeeded: "done",
  cancelled: "done",
  refused: "denied",
  failed: "failed",
  outcome_unknown: "failed",
};

/**
 * Writes how a job ended: journal, state, audit and the freed lane in one transaction that holds the lease. Tried again
 * while the lease is held; throws when it is lost, and then nothing was written.
 */
export async function recordEnding(
  ended: { parts: RunnerParts; held: Lease; run: Run | null },
  ending: Ending,
): Promise<void> {
  const { parts, held, run } = ended;
  run?.say(ending.state === "succeeded" ? "note" : "error", ending.says);
  await run?.output.flush();
  const journal = run?.journal ?? (await bareJournal(parts, held));
  const mask = (text: string) => run?.redactor.text(text) ?? text;
  const { state, drift } = ending;
  const at = parts.now();
  const says = mask(ending.says);
  const advice = ending.advice === null ? null : mask(ending.advice);
  await journal.record([{ kind: "finished", body: { state, says } }], async (tx) => {
    await moveJob(
      tx,
      { jobId: held.jobId, from: "running", to: state, at },
      {
        finishedAt: at,
        outcomeSays: says,
        outcomeAdvice: advice,
        ...(drift ? { drift: drift.map((one) => ({ ...one })) } : {}),
      },
    );
    const [row] = await tx.select({ number: job.number }).from(job).where(eq(job.id, held.jobId));
    await dropUnread(tx, held.jobId);
    await releaseLease(tx, held);
    await appendAudit(tx, {
      actor: RUNNER_ACTOR,
      at,
      action: "job.finished",
      outcome: AUDITED[state],
      objectKind: "job",
      objectId: held.jobId,
      // Binds what was written down of the run to the log: rows changed later no longer fit it.
      details: {
        number: row?.number ?? null,
        state,
        says,
        record: recordDigest(await readRunRecord(tx, held.jobId)),
      },
    });
  });
}

/** What was handed in and never masked goes with the job that did not come to it. */
async function dropUnread(tx: Tx, jobId: string): Promise<void> {
  const kept = { note: "The job ended before this was read. It was not kept.", texts: {}, files: {} };
  await tx
    .update(handRecord)
    .set({ given: null, kept })
    .where(and(eq(handRecord.jobId, jobId), isNotNull(handRecord.given)));
}

/** For a job that could not even be opened. */
async function bareJournal(parts: RunnerParts, held: Lease): Promise<Journal> {
  const entries = await listJournal(parts.db, held.jobId);
  return new Journal(
    { ...parts, clean: (value) => value, isLost: () => false },
    held,
    entries.at(-1)?.seq ?? 0,
  );
}
