import { HUNK } from "./patch.ts";
import { cutHunk } from "./flat-hunk.ts";

/**
 * A patch whose lines were joined with spaces, as some pages render it, with its lines again. What was joined cannot be
 * told apart for certain: " + " is also written in prose. The count in the hunk's head, the width to which the document
 * is wrapped and the shapes of its lines decide.
 */
export function unflatten(text: string): string {
  return text
    .split("\n")
    .map((line) => (isFlat(line) ? unflattenLine(line) : line))
    .join("\n");
}

const FLAT_MIN = 300;
const HUNK_WITHIN = / @@ -[0-9]{1,7}(?:,[0-9]{1,7})? \+[0-9]{1,7}(?:,[0-9]{1,7})? @@/g;
const HEAD_WITHIN =
  / (?=diff --git a\/|index [0-9a-f]{4,40}\.\.[0-9a-f]|new file mode [0-9]{6}|--- (?:a\/|\/dev\/null)|\+\+\+ b\/)/g;

/** Whether the text has a line that is a whole patch. */
export function isFlatPatch(text: string): boolean {
  return text.split("\n", 50).some(isFlat);
}

function isFlat(line: string): boolean {
  if (line.length < FLAT_MIN) return false;
  if (HUNK.test(line.slice(0, 60)) || /^diff --git .{1,500}? @@ -/.test(line.slice(0, 1000))) return true;
  return line.startsWith("+") && line.slice(0, 4000).split(/ \+(?=\S| \+| {2})/).length > 5;
}

function unflattenLine(line: string): string {
  const heads = [...line.matchAll(HUNK_WITHIN)];
  if (heads.length === 0) return hunkFrom(line);
  const pieces: string[] = [];
  let from = 0;
  for (const head of heads) {
    for (const piece of bodyOf(line.slice(from, head.index), from === 0)) pieces.push(piece);
    from = head.index + 1;
  }
  return [...pieces, ...bodyOf(line.slice(from), false)].join("\n");
}

/** A hunk, and behind it perhaps the heads of the next file. */
function bodyOf(text: string, isBefore: boolean): string[] {
  if (isBefore && HUNK.exec(text.slice(0, 60)) === null) return text.split(HEAD_WITHIN);
  const next = text.indexOf(" diff --git a/");
  if (next === -1) return [hunkFrom(text)];
  return [hunkFrom(text.slice(0, next)), ...text.slice(next + 1).split(HEAD_WITHIN)];
}

function hunkFrom(text: string): string {
  const match = HUNK.exec(text.slice(0, 60));
  if (match === null) return cutHunk(text, null).join("\n");
  const counts = { old: Number(match[2] ?? "1"), new: Number(match[4] ?? "1") };
  const lines = cutHunk(text.slice(match[0].length).trimStart(), counts);
  // Context lines stay one line, because nothing says where they end: then the head's own counts say nothing.
  const head = counts.old === 0 ? match[0] : headOf(lines);
  return [head, ...lines].join("\n");
}

function headOf(lines: readonly string[]): string {
  const count = (mark: string) => lines.filter((line) => line.startsWith(mark)).length;
  const context = lines.length - count("+") - count("-");
  return `@@ -1,${context + count("-")} +1,${context + count("+")} @@`;
}
