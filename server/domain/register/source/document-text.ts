import { classifyLines, LINE, type LineTable } from "./lines.ts";
import { findFences, type Fence } from "./fences.ts";
import { lineAt, type Source, sourceOf } from "./source.ts";

/** A document's text with what is known of each line. Lines count from 0 here, and from 1 in everything that is shown. */
export interface DocumentText {
  readonly source: Source;
  readonly lines: LineTable;
  /** For each line: 0, or 1 + the index in `fences` of the fence that it belongs to, its marks included. */
  readonly fenceOf: Uint32Array;
  readonly fences: readonly Fence[];
}

/** Cuts a text into lines and finds its fences. `isRecord` says which line begins a record and so ends a lost fence. */
export function documentText(text: string, isRecord: (line: string) => boolean): DocumentText {
  const source = sourceOf(text);
  const lines = classifyLines(source);
  const { fenceOf, fences } = findFences({ source, lines }, isRecord);
  return { source, lines, fenceOf, fences };
}

/** The line without a byte order mark and without its end. */
export function textAt({ source }: { source: Source }, index: number): string {
  const line = lineAt(source, index);
  return index === 0 && line.startsWith("\uFEFF") ? line.slice(1) : line;
}

export function isBlank({ lines }: DocumentText, index: number): boolean {
  return lines.kinds[index] === LINE.blank;
}

/** A line of dashes or equals signs, outside fences. */
export function isRule({ lines, fenceOf }: DocumentText, index: number): boolean {
  const kind = lines.kinds[index];
  return (kind === LINE.dashes || kind === LINE.equals) && fenceOf[index] === 0;
}

/** A Markdown heading outside fences, or null. `##title` without a space is none. */
export function headingAt(document: DocumentText, index: number): { level: number; text: string } | null {
  if (document.lines.kinds[index] !== LINE.heading || document.fenceOf[index] !== 0) return null;
  const line = textAt(document, index).trim();
  const level = line.search(/[^#]/);
  return { level, text: withoutClosingMarks(line.slice(level).trim()) };
}

/** `## Title ##` is the heading `Title`. */
function withoutClosingMarks(text: string): string {
  let end = text.length;
  while (end > 0 && text[end - 1] === "#") end -= 1;
  const isClosing = end < text.length && (end === 0 || text[end - 1] === " ");
  return isClosing ? text.slice(0, end).trim() : text;
}
