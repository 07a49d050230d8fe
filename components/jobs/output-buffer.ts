import { OUTPUT_PAGE_LINES } from "#server/domain/job/limits.ts";
import type { OutputLine } from "./job-data.ts";

/** Pages kept at most; a million lines are looked through in a window of these. */
const PAGES_MAX = 60;

type Page = Map<number, OutputLine>;

/**
 * The lines of one job that a browser holds: pages of the server's size, the least recently read ones dropped. Line
 * numbers are the server's, counted from 1 without gaps.
 */
export class OutputBuffer {
  /** The last line that exists, as far as it is known. */
  lastSeq = 0;
  private readonly pages = new Map<number, Page>();

  /** Takes lines in, in any order and more than once. */
  add(lines: readonly OutputLine[], lastSeq: number): void {
    this.lastSeq = Math.max(this.lastSeq, lastSeq, lines.at(-1)?.seq ?? 0);
    for (const line of lines) this.pageOf(line.seq).set(line.seq, line);
    while (this.pages.size > PAGES_MAX) {
      const [oldest] = this.pages.keys();
      if (oldest === undefined) return;
      this.pages.delete(oldest);
    }
  }

  /** The line with this number, or undefined while it is not held. */
  find(seq: number): OutputLine | undefined {
    return this.pages.get(pageNumber(seq))?.get(seq);
  }

  /** Where to read on to show everything up to the last line; far behind, only the last page counts. */
  tailAfter(): number {
    const floor = Math.max(0, this.lastSeq - OUTPUT_PAGE_LINES);
    let seq = this.lastSeq;
    while (seq > floor && this.find(seq) === undefined) seq -= 1;
    return seq;
  }

  /** Positions to read after, so that the lines `from` to `to` (both included) are held. */
  missingIn(from: number, to: number): number[] {
    const missing: number[] = [];
    let seq = Math.max(1, from);
    const end = Math.min(to, this.lastSeq);
    while (seq <= end) {
      if (this.find(seq) === undefined) {
        missing.push(seq - 1);
        seq += OUTPUT_PAGE_LINES;
      } else seq += 1;
    }
    this.touch(from, end);
    return missing;
  }

  /** The first line held of a step, or null. */
  findStep(stepId: string): number | null {
    let first: number | null = null;
    for (const page of this.pages.values()) {
      for (const { seq, stepId: own } of page.values()) {
        if (own === stepId && (first === null || seq < first)) first = seq;
      }
    }
    return first;
  }

  private touch(from: number, to: number): void {
    for (let at = pageNumber(Math.max(1, from)); at <= pageNumber(Math.max(1, to)); at += 1) {
      const page = this.pages.get(at);
      if (page === undefined) continue;
      this.pages.delete(at);
      this.pages.set(at, page);
    }
  }

  private pageOf(seq: number): Page {
    const number = pageNumber(seq);
    const page = this.pages.get(number) ?? new Map<number, OutputLine>();
    this.pages.delete(number);
    this.pages.set(number, page);
    return page;
  }
}

function pageNumber(seq: number): number {
  return Math.floor((seq - 1) / OUTPUT_PAGE_LINES);
}
