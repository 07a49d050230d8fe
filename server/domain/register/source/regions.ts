import type { LineSpan, UnplacedLine } from "../diagnostics.ts";
import { type DocumentText, headingAt, isBlank, isRule, textAt } from "./document-text.ts";

/** A record: its first line, and the lines behind it up to the next record or what ends it. Lines count from 0. */
export interface Region<Head> {
  head: Head;
  at: number;
  /** The line behind the last, blank lines and rules at the end left out. */
  to: number;
}

interface Cut<Head> {
  regions: Region<Head>[];
  unplaced: UnplacedLine[];
}

/** What the readers of records need to know about a line. */
export interface Cutter<Head> {
  /** The head of a record that begins in this line, or null. */
  headAt: (line: string, at: number) => Head | null;
  /** Whether a line that begins no record ends one: a heading of a higher level, a rule. */
  endsAt: (heading: { level: number; text: string } | null, isRuleLine: boolean) => boolean;
  /** Lines outside records that are understood all the same. */
  isKnown?: (line: string, at: number) => boolean;
}

/** Cuts a document into records in one pass. What is outside of them and not known is unplaced. */
export function cutRegions<Head>(document: DocumentText, cutter: Cutter<Head>): Cut<Head> {
  const regions: Region<Head>[] = [];
  const unplaced: UnplacedLine[] = [];
  let open: Region<Head> | null = null;
  for (let at = 0; at < document.source.count; at += 1) {
    const isInFence = (document.fenceOf[at] ?? 0) !== 0;
    const line = textAt(document, at);
    const head = isInFence || isBlank(document, at) ? null : cutter.headAt(line, at);
    if (head !== null) {
      open = { head, at, to: at + 1 };
      regions.push(open);
      continue;
    }
    if (!isInFence && open !== null && cutter.endsAt(headingAt(document, at), isRule(document, at)))
      open = null;
    if (isBlank(document, at) || (isRule(document, at) && open === null)) continue;
    if (open !== null) open.to = at + 1;
    else if (cutter.isKnown?.(line, at) !== true) unplaced.push({ line: at + 1, text: line });
  }
  return { regions, unplaced };
}

/** Lines behind a record's first. */
export function regionLines<Head>(document: DocumentText, { at, to }: Region<Head>): string[] {
  return Array.from({ length: to - at - 1 }, (_, index) => textAt(document, at + 1 + index));
}

export const spanOf = <Head>({ at, to }: Region<Head>): LineSpan => ({ first: at + 1, last: to });

/** Lines from the first to the last of these, those between them included. */
export function linesAround(document: DocumentText, indexes: readonly number[]): string {
  const first = indexes[0];
  const last = indexes.at(-1);
  if (first === undefined || last === undefined) return "";
  return Array.from({ length: last - first + 1 }, (_, at) => textAt(document, first + at).trimEnd()).join(
    "\n",
  );
}
