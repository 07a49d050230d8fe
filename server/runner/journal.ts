import { and, eq, sql } from "drizzle-orm";
import type { Db, Tx } from "#db/client.ts";
import { journalEntry } from "#db/schema/job.ts";
import type { Clock } from "#server/clock.ts";
import type { Json } from "#server/domain/canonical/json.ts";
import { assert } from "#server/domain/error/domain-error.ts";
import type { JournalKind } from "#server/domain/job/states.ts";
import { isDatabaseAway, isDuplicate } from "./database-error.ts";
import { assertLease, type Lease } from "./lease.ts";
import { RECORD_RETRY_MS } from "./limits.ts";
import type { RunnerParts } from "./parts.ts";
import { inTransaction } from "./transaction.ts";

export interface JournalDraft {
  /** What people say is written by the service that hears it. */
  kind: Exclude<JournalKind, "attested">;
  stepId?: string;
  callId?: string;
  body: Json;
}

export type JournalRow = typeof journalEntry.$inferSelect;

/** Writes the first entries of a job in the transaction that takes it. Later ones go through a Journal. */
export async function appendJournal(
  tx: Tx,
  held: Lease,
  entry: JournalDraft & { seq: number; at: Date },
): Promise<void> {
  const { kind, seq, at, body, stepId, callId } = entry;
  await tx.insert(journalEntry).values({
    jobId: held.jobId,
    seq,
    fencing: held.fencing,
    kind,
    stepId: stepId ?? null,
    callId: callId ?? null,
    body,
    at,
  });
}

export async function listJournal(db: Db | Tx, jobId: string): Promise<JournalRow[]> {
  return db.select().from(journalEntry).where(eq(journalEntry.jobId, jobId)).orderBy(journalEntry.seq);
}

export async function nextJournalSeq(tx: Tx, jobId: string): Promise<number> {
  const [row] = await tx
    .select({ last: sql<number>`coalesce(max(${journalEntry.seq}), 0)::int` })
    .from(journalEntry)
    .where(eq(journalEntry.jobId, jobId));
  return (row?.last ?? 0) + 1;
}

interface JournalParts extends Pick<RunnerParts, "db" | "boundary" | "wait"> {
  now: Clock;
  /** Masks secrets and makes the value storable. */
  clean: (value: Json) => Json;
  /** Whether the lease is known to be lost. */
  isLost: () => boolean;
}

/**
 * The write-ahead record of one run. Every write holds the lease in its own transaction: a run that lost its lane
 * cannot write another line. Entries are numbered here; a number already taken means a second writer.
 */
export class Journal {
  private readonly parts: JournalParts;
  private readonly held: Lease;
  private seq: number;
  /** Lanes of a run write beside each other; numbers are given one after the other. */
  private last: Promise<unknown> = Promise.resolve();

  constructor(parts: JournalParts, held: Lease, lastSeq: number) {
    this.parts = parts;
    this.held = held;
    this.seq = lastSeq;
  }

  /** One entry in a transaction of its own. What cannot be written throws, and its side effect is not started. */
  async write(entry: JournalDraft): Promise<void> {
    await this.within([entry], () => Promise.resolve());
  }

  /** Entries together with other writes: all of it or nothing. `write` runs before the entries. */
  within(entries: readonly JournalDraft[], write: (tx: Tx) => Promise<void>): Promise<void> {
    return this.alone(() => this.add(entries, write));
  }

  private alone(work: () => Promise<void>): Promise<void> {
    const mine = this.last.then(work, work);
    this.last = mine.catch(() => undefined); // told to whoever asked for it
    return mine;
  }

  private async add(entries: readonly JournalDraft[], write: (tx: Tx) => Promise<void>): Promise<void> {
    const kind = entries.at(-1)?.kind;
    assert(kind, "a journal is written an entry at least");
    await this.parts.boundary(`before ${kind}`);
    await this.commit(entries, write);
    this.seq += entries.length;
    await this.parts.boundary(`after ${kind}`);
  }

  private async commit(entries: readonly JournalDraft[], write: (tx: Tx) => Promise<void>): Promise<void> {
    try {
      await inTransaction(this.parts.db, async (tx) => {
        await assertLease(tx, this.held);
        await write(tx);
        await this.append(tx, entries);
      });
    } catch (error) {
      // The COMMIT may have been carried out although its answer was lost: the first number tells.
      if (!(isDatabaseAway(error) || isDuplicate(error)) || !(await this.isWritten())) throw error;
    }
  }

  /**
   * Like `within`, for what has already happened: tried again while the lease is held, because a record that is lost
   * has to be found out by reading the cloud. A commit whose answer was lost is recognised by its first number.
   */
  record(entries: readonly JournalDraft[], write: (tx: Tx) => Promise<void>): Promise<void> {
    return this.alone(() => this.addForSure(entries, write));
  }

  private async addForSure(
    entries: readonly JournalDraft[],
    write: (tx: Tx) => Promise<void>,
  ): Promise<void> {
    for (;;) {
      try {
        if (await this.isWritten()) this.seq += entries.length;
        else await this.add(entries, write);
        return;
      } catch (error) {
        if (!isDatabaseAway(error) || this.parts.isLost()) throw error;
        await this.parts.wait(RECORD_RETRY_MS);
      }
    }
  }

  private async append(tx: Tx, entries: readonly JournalDraft[]): Promise<void> {
    const at = this.parts.now();
    for (const [index, entry] of entries.entries()) {
      const body = this.parts.clean(entry.body);
      await appendJournal(tx, this.held, { ...entry, body, seq: this.seq + index + 1, at });
    }
  }

  private async isWritten(): Promise<boolean> {
    const [row] = await this.parts.db
      .select({ fencing: journalEntry.fencing })
      .from(journalEntry)
      .where(and(eq(journalEntry.jobId, this.held.jobId), eq(journalEntry.seq, this.seq + 1)));
    return row?.fencing === this.held.fencing;
  }
}
