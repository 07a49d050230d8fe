import { createHash } from "node:crypto";
import type { Connection } from "#db/client.ts";
import { LINE_MAX_BYTES } from "#server/domain/job/limits.ts";
import { cutLine, makeVisible } from "#server/domain/secret/visible.ts";
import type { Clock } from "#server/clock.ts";
import type { CapturedLine } from "../process/captured-lines.ts";

/** The run is not ours any more: it was given up while this process slept. */
export class RunLost extends Error {
  override readonly name = "RunLost";
}

const PAGE_LINES = 500;

/**
 * What a check prints: masked already, stored in order, page by page, while the process waits. Nothing is stored for a
 * run that this runner has lost.
 */
export class CheckOutput {
  private readonly given: { sql: Connection["sql"]; runId: string; runnerId: string; now: Clock };
  private seq = 0;
  private readonly stdout: string[] = [];
  private readonly hashes = { stdout: createHash("sha256"), stderr: createHash("sha256") };

  constructor(given: CheckOutput["given"]) {
    this.given = given;
  }

  async take(lines: readonly CapturedLine[]): Promise<void> {
    const at = this.given.now().toISOString();
    const rows = lines.map(({ stream, bytes, cutBytes }) => {
      this.seq += 1;
      const text = bytes.toString("utf8");
      this.hashes[stream].update(text).update("\n");
      if (stream === "stdout") this.stdout.push(text);
      const shown = cutLine(makeVisible(text.toWellFormed()), LINE_MAX_BYTES);
      return {
        seq: this.seq,
        stream,
        text: cutBytes > 0 ? `${shown} [cut: ${cutBytes} more bytes]` : shown,
        at,
      };
    });
    for (let from = 0; from < rows.length; from += PAGE_LINES)
      await this.store(rows.slice(from, from + PAGE_LINES));
  }

  /** Everything printed on standard output, for what is expected of it. */
  text(): string {
    return this.stdout.join("\n");
  }

  get lines(): number {
    return this.seq;
  }

  /** Of the exit code and of both streams, each in its order: between them the order is chance. */
  digest(exitCode: number): string {
    const { stdout, stderr } = this.hashes;
    const parts = [`exit ${exitCode}`, stdout.copy().digest("hex"), stderr.copy().digest("hex")];
    return `sha256:${createHash("sha256").update(parts.join("\n")).digest("hex")}`;
  }

  private async store(
    rows: readonly { seq: number; stream: string; text: string; at: string }[],
  ): Promise<void> {
    const { sql, runId, runnerId } = this.given;
    const [row] = await sql<{ held: boolean }[]>`
      with held as (
        select 1 from check_run where id = ${runId} and state = 'running' and claimed_by = ${runnerId}
      ), stored as (
        insert into check_line (run_id, seq, stream, text, at)
        select ${runId}::uuid, l.seq, l.stream, l.text, l.at
        from jsonb_to_recordset(${JSON.stringify(rows)}::text::jsonb)
          as l(seq int, stream text, text text, at timestamptz)
        where exists (select 1 from held)
        order by l.seq
      ) select exists (select 1 from held) as held`;
    if (row?.held !== true) throw new RunLost("The run was given up while it printed.");
  }
}
