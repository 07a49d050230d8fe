import type { RedactionStream } from "#server/domain/secret/redact.ts";

/** One line of output: masked bytes, and how many were left out of it. */
export interface CapturedLine {
  stream: "stdout" | "stderr";
  /** May be a view of a larger piece: copy what is to be kept. */
  bytes: Buffer;
  /** Bytes of the line beyond its limit, which are not kept. */
  cutBytes: number;
}

/** What both streams of a process may still bring. */
export interface OutputBudget {
  bytes: number;
  lines: number;
}

const NEWLINE = 0x0a;
/** A chunk may be thousands of empty lines, each of which costs more than it has bytes. */
const LINES_AT_ONCE = 512;

/**
 * Cuts one stream into lines: masked first, so that a secret is whole when it is looked for, then split and shortened.
 * Holds at most one line and what the masking holds back.
 */
export class LineCapture {
  private readonly given: {
    stream: CapturedLine["stream"];
    masking: RedactionStream;
    lineBytes: number;
    budget: OutputBudget;
  };
  /** The begin of a line whose end has not come. */
  private begun: Buffer[] = [];
  private begunBytes = 0;
  private cutBytes = 0;

  constructor(given: LineCapture["given"]) {
    this.given = given;
  }

  /** The lines that are complete now, some at a time. Stops at the budget: what is left of the chunk is dropped. */
  push(chunk: Uint8Array): Iterable<CapturedLine[]> {
    const { budget, masking } = this.given;
    const allowed = chunk.subarray(0, Math.max(0, budget.bytes));
    budget.bytes -= chunk.length;
    return this.split(masking.push(allowed));
  }

  /** What was held back, and the last line if nothing ended it. */
  *end(): Iterable<CapturedLine[]> {
    yield* this.split(this.given.masking.end());
    if (this.begunBytes > 0 || this.cutBytes > 0) yield [this.finishLine()];
  }

  private *split(bytes: Buffer): Iterable<CapturedLine[]> {
    let lines: CapturedLine[] = [];
    let start = 0;
    for (let at = bytes.indexOf(NEWLINE); at !== -1; at = bytes.indexOf(NEWLINE, start)) {
      if (this.given.budget.lines <= 0) break;
      lines.push(this.finishLine(bytes.subarray(start, at)));
      start = at + 1;
      if (lines.length < LINES_AT_ONCE) continue;
      yield lines;
      lines = [];
    }
    if (lines.length > 0) yield lines;
    if (this.given.budget.lines <= 0) return;
    // A copy: the piece is a view of a chunk that would stay in memory with it.
    const rest = this.cut(bytes.subarray(start));
    if (rest.length > 0) this.begun.push(Buffer.from(rest));
    this.begunBytes += rest.length;
  }

  /** What of a piece there is room for in its line. */
  private cut(piece: Buffer): Buffer {
    const kept = piece.subarray(0, this.given.lineBytes - this.begunBytes);
    this.cutBytes += piece.length - kept.length;
    return kept;
  }

  private finishLine(last: Buffer = Buffer.alloc(0)): CapturedLine {
    const { stream, budget } = this.given;
    const tail = this.cut(last);
    const bytes = this.begun.length === 0 ? tail : Buffer.concat([...this.begun, tail]);
    const line = { stream, bytes, cutBytes: this.cutBytes };
    this.begun = [];
    this.begunBytes = 0;
    this.cutBytes = 0;
    budget.lines -= 1;
    return line;
  }
}
