import type { OutputLine } from "./job-data.ts";
import { OutputBuffer } from "./output-buffer.ts";

export type ReadOutput = (after: number) => Promise<{ lines: readonly OutputLine[]; lastSeq: number }>;

const RETRY_MS = 1_000;

/**
 * Keeps a buffer up to date. An announced line is read at once; what is announced while a read is under way is read
 * together after it. A read that fails is tried again as long as somebody looks.
 */
export class OutputFollower {
  readonly buffer = new OutputBuffer();
  private readonly read: ReadOutput;
  private readonly listeners = new Set<() => void>();
  private readonly asked = new Set<number>();
  private version = 0;
  private wanted = 0;
  private isReading = false;

  constructor(read: ReadOutput, first: { lines: readonly OutputLine[]; lastSeq: number }) {
    this.read = read;
    this.buffer.add(first.lines, first.lastSeq);
  }

  /** A line with this number exists now. */
  announce(seq: number): void {
    this.wanted = Math.max(this.wanted, seq);
    void this.catchUp();
  }

  /** Lines may have been missed: asks once how far the output is. */
  recover(): void {
    this.announce(this.buffer.lastSeq + 1);
  }

  /** The lines `from` to `to` are on screen. */
  need(from: number, to: number): void {
    for (const after of this.buffer.missingIn(from, to)) {
      if (this.asked.has(after)) continue;
      this.asked.add(after);
      this.read(after)
        .then(
          ({ lines, lastSeq }) => this.take(lines, lastSeq),
          // The rows stay marked as loading; scrolling asks again.
          () => undefined,
        )
        .finally(() => this.asked.delete(after));
    }
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /** Changes whenever the buffer does. */
  readonly getVersion = (): number => this.version;

  private take(lines: readonly OutputLine[], lastSeq: number): void {
    this.buffer.add(lines, lastSeq);
    this.version += 1;
    for (const listener of this.listeners) listener();
  }

  private async catchUp(): Promise<void> {
    if (this.isReading) return;
    this.isReading = true;
    try {
      while (this.wanted > 0) {
        const upTo = this.wanted;
        const after = this.buffer.tailAfter();
        if (after >= upTo) break;
        const { lines, lastSeq } = await this.read(after);
        this.take(lines, lastSeq);
        const tail = this.buffer.tailAfter();
        // Without progress another read would only repeat this one; the next announcement goes on.
        const isBehind = tail < this.buffer.lastSeq && tail > after;
        // An announcement beyond what exists was a question; it has been answered.
        if (!isBehind && this.wanted <= Math.max(upTo, this.buffer.lastSeq)) break;
      }
    } catch {
      // The connection is away or the sign-in is over; the frame of the page says so.
      if (this.listeners.size > 0) setTimeout(() => void this.catchUp(), RETRY_MS);
    } finally {
      this.isReading = false;
    }
  }
}
