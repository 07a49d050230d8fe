import { LINE, type LineTable } from "./lines.ts";
import { lineAt, type Source } from "./source.ts";

export interface Fence {
  /** Lines from 0: the opening mark, and the last line that belongs to the fence. */
  first: number;
  last: number;
  /** False when the closing mark is missing and the fence was ended by what follows. */
  isClosed: boolean;
}

/** Longer marks count as this long, so that ever shorter ones cannot make the search go over the text again and again. */
const MARK_MAX = 12;

/**
 * Fenced blocks. A fence that lost its closing mark would swallow every record behind it, so it ends early: before a
 * record that stands further left than the fence, and before a record that is followed by another opening mark.
 */
export function findFences(
  text: { source: Source; lines: LineTable },
  isRecord: (line: string) => boolean,
): { fenceOf: Uint32Array; fences: Fence[] } {
  const { source, lines } = text;
  const fenceOf = new Uint32Array(source.count);
  const fences: Fence[] = [];
  for (let index = 0; index < source.count; index += 1) {
    if (!isMark(lines.kinds[index])) continue;
    const fence = fenceFrom(text, index, isRecord);
    fences.push(fence);
    fenceOf.fill(fences.length, fence.first, fence.last + 1);
    index = fence.last;
  }
  return { fenceOf, fences };
}

const isMark = (kind: number | undefined) => kind === LINE.fence || kind === LINE.bareFence;

function fenceFrom(
  { source, lines }: { source: Source; lines: LineTable },
  first: number,
  isRecord: (line: string) => boolean,
): Fence {
  const mark = markOf(source, first);
  const indent = lines.indents[first] ?? 0;
  let record: number | null = null;
  for (let at = first + 1; at < source.count; at += 1) {
    const kind = lines.kinds[at];
    if (isMark(kind)) {
      const other = markOf(source, at);
      if (other.char !== mark.char) continue;
      if (kind === LINE.bareFence && other.length >= mark.length) return { first, last: at, isClosed: true };
      if (kind === LINE.fence && record !== null) break;
    } else if (record === null && kind !== LINE.blank && (lines.indents[at] ?? 0) <= indent) {
      if (!isRecord(lineAt(source, at))) continue;
      record = at;
      if ((lines.indents[at] ?? 0) < indent) break;
    }
  }
  return { first, last: (record ?? source.count) - 1, isClosed: false };
}

function markOf(source: Source, index: number): { char: string; length: number } {
  const start = source.text.slice(source.starts[index], (source.stops[index] ?? 0) + 1);
  const mark = start.trimStart();
  const char = mark.charAt(0);
  let length = 0;
  while (length < MARK_MAX && mark[length] === char) length += 1;
  return { char, length };
}
