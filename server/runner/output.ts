import type { Connection } from "#db/client.ts";
import { LEASE_MS, LINE_MAX_BYTES } from "#server/domain/job/limits.ts";
import type { OutputStream } from "#server/domain/job/states.ts";
import type { Clock } from "#server/clock.ts";
import type { Redactor } from "#server/domain/secret/redact.ts";
import { cutLine, makeVisible } from "#server/domain/secret/visible.ts";
import { isDatabaseAway } from "./database-error.ts";
import { type Lease, LeaseLostError } from "./lease.ts";
import { FLUSH_EVERY_MS, FLUSH_MAX_LINES, RECORD_RETRY_MS } from "./limits.ts";
import { wait } from "./wait.ts";

interface Line {
  seq: number;
  step_id: string | null;
  stream: OutputStream;
  text: string;
  at: string;
}

export interface OutputGiven {
  sql: Connection["sql"];
  held: Lease;
  redactor: Redactor;
  now: Clock;
  lastSeq: number;
}

/**
 * What a job prints: masked as it comes in, appended in order, in batches. The database announces each line after it
 * is stored, so a page never shows a line that a reload would lose.
 */
export class JobOutput {
  private readonly given: OutputGiven;
  private pending: Line[] = [];
  private seq: number;
  private timer: NodeJS.Timeout | null = null;
  private writing: Promise<void> = Promise.resolve();
  private failure: unknown = null;

  constructor(given: OutputGiven) {
    this.given = given;
    this.seq = given.lastSeq;
  }

  /** Takes a text of one or more lines. It is written soon; `flush` waits for that. */
  say(stream: OutputStream, text: string, stepId: string | null = null): void {
    const at = this.given.now().toISOString();
    for (const line of this.given.redactor.text(text).split(/\r?\n/)) {
      this.seq += 1;
      const shown = cutLine(makeVisible(line.toWellFormed()), LINE_MAX_BYTES);
      this.pending.push({ seq: this.seq, step_id: stepId, stream, text: shown, at });
    }
    if (this.pending.length >= FLUSH_MAX_LINES) this.startWriting();
    else this.timer ??= setTimeout(() => this.startWriting(), FLUSH_EVERY_MS);
  }

  /** Resolves when everything said so far is stored. Throws what kept a line from being stored. */
  async flush(): Promise<void> {
    this.startWriting();
    await this.writing;
    if (this.failure !== null) throw this.failure;
  }

  private startWriting(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
    const lines = this.pending.splice(0);
    if (lines.length === 0) return;
    this.writing = this.writing.then(async () => {
      // One page that could not be stored ends the stream: later lines never stand without earlier ones.
      if (this.failure !== null) return;
      try {
        await this.append(lines);
      } catch (error) {
        this.failure = error;
      }
    });
  }

  private async append(lines: readonly Line[]): Promise<void> {
    const giveUpAt = performance.now() + 2 * LEASE_MS;
    for (let from = 0; from < lines.length; from += FLUSH_MAX_LINES) {
      const page = lines.slice(from, from + FLUSH_MAX_LINES);
      while (!(await this.tryAppend(page, giveUpAt))) await wait(RECORD_RETRY_MS);
    }
  }

  /** False when the database is away for a moment. A page that was stored although its answer was lost stays once. */
  private async tryAppend(page: readonly Line[], giveUpAt: number): Promise<boolean> {
    const { sql, held } = this.given;
    try {
      const [row] = await sql<{ held: boolean }[]>`
        with held as (
          select 1 from lease
          where lane = ${held.lane} and job_id = ${held.jobId} and fencing = ${held.fencing} and expires_at > now()
        ), stored as (
          insert into output_line (job_id, seq, step_id, stream, text, at)
          select ${held.jobId}::uuid, l.seq, l.step_id, l.stream, l.text, l.at
          from jsonb_to_recordset(${JSON.stringify(page)}::text::jsonb)
            as l(seq int, step_id text, stream text, text text, at timestamptz)
          where exists (select 1 from held)
          order by l.seq
          on conflict (job_id, seq) do nothing
        ) select exists (select 1 from held) as held`;
      if (row?.held !== true) throw new LeaseLostError(held.jobId);
      return true;
    } catch (error) {
      if (isDatabaseAway(error) && performance.now() < giveUpAt) return false;
      throw error;
    }
  }
}
