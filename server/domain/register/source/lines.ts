import type { Source } from "./source.ts";

/** What a line looks like on its own, before anything is known about the lines around it. */
export const LINE = { text: 0, blank: 1, dashes: 2, equals: 3, heading: 4, fence: 5, bareFence: 6 } as const;

export interface LineTable {
  readonly kinds: Uint8Array;
  /** Columns before the first visible character; a tab goes to the next multiple of four. At most 255. */
  readonly indents: Uint8Array;
}

const SPACE = 32;
const TAB = 9;
const RULE_MIN = 3;

/** One pass over the text, by character codes only. */
export function classifyLines(source: Source): LineTable {
  const kinds = new Uint8Array(source.count);
  const indents = new Uint8Array(source.count);
  for (let index = 0; index < source.count; index += 1) {
    const stop = source.stops[index] ?? 0;
    let at = source.starts[index] ?? 0;
    if (index === 0 && source.text.charCodeAt(0) === 0xfeff) at += 1;
    let indent = 0;
    for (; at < stop; at += 1) {
      const code = source.text.charCodeAt(at);
      if (code === SPACE) indent += 1;
      else if (code === TAB) indent += 4 - (indent % 4);
      else break;
    }
    indents[index] = Math.min(indent, 255);
    kinds[index] = at >= stop ? LINE.blank : kindOf(source.text, at, stop);
  }
  return { kinds, indents };
}

function kindOf(text: string, at: number, stop: number): number {
  switch (text.charAt(at)) {
    case "-":
      return isRun(text, at, stop) ? LINE.dashes : LINE.text;
    case "=":
      return isRun(text, at, stop) ? LINE.equals : LINE.text;
    case "#":
      return isHeading(text, at, stop) ? LINE.heading : LINE.text;
    case "`":
    case "~":
      return fenceKind(text, at, stop);
    default:
      return LINE.text;
  }
}

/** One character over and over to the end of the line, but for spaces. */
function isRun(text: string, at: number, stop: number): boolean {
  const end = runEnd(text, at, stop);
  return end - at >= RULE_MIN && isBlankBetween(text, end, stop);
}

function isHeading(text: string, at: number, stop: number): boolean {
  const end = runEnd(text, at, stop);
  return end - at <= 6 && end < stop && (text.charCodeAt(end) === SPACE || text.charCodeAt(end) === TAB);
}

/** CommonMark 0.31 section 4.5: three or more, and no backtick in the info string of a backtick fence. */
function fenceKind(text: string, at: number, stop: number): number {
  const end = runEnd(text, at, stop);
  if (end - at < 3) return LINE.text;
  if (isBlankBetween(text, end, stop)) return LINE.bareFence;
  if (text[at] === "~") return LINE.fence;
  const tick = text.indexOf("`", end);
  return tick !== -1 && tick < stop ? LINE.text : LINE.fence;
}

function runEnd(text: string, at: number, stop: number): number {
  const code = text.charCodeAt(at);
  let end = at;
  while (end < stop && text.charCodeAt(end) === code) end += 1;
  return end;
}

function isBlankBetween(text: string, from: number, stop: number): boolean {
  for (let at = from; at < stop; at += 1) {
    const code = text.charCodeAt(at);
    if (code !== SPACE && code !== TAB) return false;
  }
  return true;
}
