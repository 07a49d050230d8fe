/**
 * A text and where its lines lie in it. Lines are cut out when they are asked for, so that a document of millions of
 * short lines costs eight bytes a line and not an object.
 */
export interface Source {
  readonly text: string;
  /** Offset of the first character of each line. */
  readonly starts: Uint32Array;
  /** Offset behind the last character of each line, before its line end. */
  readonly stops: Uint32Array;
  readonly count: number;
}

const LF = 10;
const CR = 13;

/** Cuts at LF, CRLF and CR. The text behind the last line end is a line only when it is not empty. */
export function sourceOf(text: string): Source {
  const isPlain = !text.includes("\r");
  let size = 1024;
  let starts = new Uint32Array(size);
  let stops = new Uint32Array(size);
  let count = 0;
  let start = 0;
  while (start < text.length) {
    if (count === size) {
      size *= 2;
      [starts, stops] = [grown(starts, size), grown(stops, size)];
    }
    const found = isPlain ? text.indexOf("\n", start) : nextEnd(text, start);
    const stop = found === -1 ? text.length : found;
    starts[count] = start;
    stops[count] = stop;
    count += 1;
    start = stop + (text.charCodeAt(stop) === CR && text.charCodeAt(stop + 1) === LF ? 2 : 1);
  }
  return { text, starts, stops, count };
}

function nextEnd(text: string, from: number): number {
  for (let at = from; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === LF || code === CR) return at;
  }
  return -1;
}

function grown(array: Uint32Array<ArrayBuffer>, size: number): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(size);
  larger.set(array);
  return larger;
}

/** The text of a line without its end; `index` counts from 0. Outside the text it is empty. */
export function lineAt(source: Source, index: number): string {
  if (index < 0 || index >= source.count) return "";
  return source.text.slice(source.starts[index], source.stops[index]);
}

/** The number of the line, from 1, in which the character at `offset` stands. */
export function lineNumberAt(source: Source, offset: number): number {
  let low = 0;
  let high = source.count - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((source.starts[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return low + 1;
}

/** Offsets of whole lines with their line ends; both numbers count from 1 and are included. */
export function rangeOf(source: Source, first: number, last: number): { from: number; to: number } {
  const from = source.starts[first - 1] ?? source.text.length;
  const to = last < source.count ? (source.starts[last] ?? source.text.length) : source.text.length;
  return { from, to };
}

/** The line end of the first line; LF when there is none. */
export function lineEndOf(source: Source): "\n" | "\r\n" | "\r" {
  const { text } = source;
  const firstStop = source.stops[0] ?? 0;
  const end = text.charCodeAt(firstStop);
  if (end !== CR) return "\n";
  return text.charCodeAt(firstStop + 1) === LF ? "\r\n" : "\r";
}
