import type { Diagnostic } from "../diagnostics.ts";
import { lineAt, type Source, sourceOf } from "./source.ts";

/** One file of a patch: its new side, as far as the patch shows it. */
export interface PatchedFile {
  /** Path on the new side, without `b/`; null when the patch does not name it. */
  path: string | null;
  /** Whether the patch makes the file, so that `text` is all of it. */
  isWhole: boolean;
  text: string;
}

export const HUNK = /^@@ -([0-9]{1,7})(?:,([0-9]{1,7}))? \+([0-9]{1,7})(?:,([0-9]{1,7}))? @@/;
const FILE_HEAD =
  /^(?:diff --git |index [0-9a-f]{4,}\.\.|(?:new|deleted|old) (?:file )?mode |similarity |rename |copy |--- |\+\+\+ |Binary files )/;

/** Whether the text is a patch with a line for each line: it has hunks, or nearly every line begins with a plus. */
export function isPatch(source: Source): boolean {
  let plus = 0;
  let other = 0;
  for (let index = 0; index < source.count; index += 1) {
    const code = source.text.charCodeAt(source.starts[index] ?? 0);
    if (code === 64 && HUNK.test(lineAt(source, index).slice(0, 60))) return true;
    if (code === 43) plus += 1;
    else if (source.starts[index] !== source.stops[index]) other += 1;
  }
  return plus >= 3 && plus >= other * 9;
}

interface Reading {
  files: PatchedFile[];
  lines: string[];
  path: string | null;
  isWhole: boolean;
  /** Lines around what the patch changes, such as the head of a mail. */
  outside: string[];
  hasHead: boolean;
  /** Lines that the hunk still has to bring, by its own count; null outside hunks and where no hunk was announced. */
  left: { old: number; new: number } | null;
  diagnostics: Diagnostic[];
}

/** The new side of every file in a patch. Lines that were taken away are not part of it. */
export function readPatch(source: Source): { files: PatchedFile[]; diagnostics: Diagnostic[] } {
  const hasHead = isHeaded(source);
  const around = { outside: [], hasHead, left: null, diagnostics: [] };
  const reading: Reading = { files: [], lines: [], path: null, isWhole: false, ...around };
  for (let index = 0; index < source.count; index += 1) {
    const line = lineAt(source, index);
    const isDone = reading.left === null || (reading.left.old <= 0 && reading.left.new <= 0);
    // Every line of a hunk has a mark, so this one is never within it.
    const isNextFile = line.startsWith("diff --git ");
    if (isNextFile || (isDone && FILE_HEAD.test(line.slice(0, 40)))) readFileHead(reading, line, index);
    else if (line.startsWith("@@")) readHunkHead(reading, line, index);
    else readLine(reading, line);
  }
  endHunk(reading, source.count);
  endFile(reading);
  reading.lines = reading.outside;
  reading.path = null;
  reading.isWhole = false;
  if (reading.outside.some((line) => line.trim() !== "")) endFile(reading);
  return { files: reading.files, diagnostics: reading.diagnostics };
}

/** Without heads and hunks every line is one of the document. */
function isHeaded(source: Source): boolean {
  for (let index = 0; index < source.count; index += 1) {
    const code = source.text.charCodeAt(source.starts[index] ?? 0);
    if (code === 64 && HUNK.test(lineAt(source, index).slice(0, 60))) return true;
  }
  return false;
}

function readFileHead(reading: Reading, line: string, index: number): void {
  endHunk(reading, index);
  if (line.startsWith("diff --git ") || (line.startsWith("--- ") && reading.lines.length > 0)) {
    endFile(reading);
    reading.path = null;
    reading.isWhole = false;
  }
  if (line.startsWith("new file mode") || line.startsWith("--- /dev/null")) reading.isWhole = true;
  if (line.startsWith("+++ ")) reading.path = pathOf(line.slice(4));
  if (line.startsWith("diff --git ")) reading.path = pathOf(line.slice(line.lastIndexOf(" b/") + 1));
}

function pathOf(text: string): string | null {
  const path = (text.split("\t")[0] ?? "").trim();
  if (path === "/dev/null" || path === "") return null;
  return path.startsWith("b/") ? path.slice(2) : path;
}

function readHunkHead(reading: Reading, line: string, index: number): void {
  endHunk(reading, index);
  const match = HUNK.exec(line.slice(0, 60));
  if (match === null) return;
  const left = { old: Number(match[2] ?? "1"), new: Number(match[4] ?? "1") };
  if (left.old === 0) reading.isWhole = true;
  reading.left = left;
}

function readLine(reading: Reading, line: string): void {
  const { left } = reading;
  if (line.startsWith("\\")) return;
  if (line.startsWith("+")) {
    reading.lines.push(line.slice(1));
    if (left !== null) left.new -= 1;
    return;
  }
  if (line.startsWith("-") && (left === null || left.old > 0)) {
    if (left !== null) left.old -= 1;
    return;
  }
  const isOver = left !== null && left.old <= 0 && left.new <= 0;
  if (reading.hasHead && (left === null || isOver)) {
    reading.outside.push(line);
    return;
  }
  reading.lines.push(line.startsWith(" ") ? line.slice(1) : line);
  if (left !== null) {
    left.old -= 1;
    left.new -= 1;
  }
}

function endHunk(reading: Reading, index: number): void {
  const { left } = reading;
  reading.left = null;
  if (left === null || left.new === 0) return;
  const says =
    left.new > 0
      ? `The patch ends ${left.new} lines before what it announced. What is there was read.`
      : `The patch holds ${-left.new} lines more than it announced. All were read.`;
  reading.diagnostics.push({ code: "patch.count", severity: "warning", line: index, says });
}

function endFile(reading: Reading): void {
  if (reading.lines.length === 0) return;
  const { path, isWhole, lines } = reading;
  reading.files.push({ path, isWhole, text: `${lines.join("\n")}\n` });
  reading.lines = [];
}

/** The text as a patch that makes the file at `path`, as git writes it. */
export function writePatch(path: string, text: string): string {
  const source = sourceOf(text);
  const lines = Array.from({ length: source.count }, (_, index) => `+${lineAt(source, index)}`);
  const head = [
    `diff --git a/${path} b/${path}`,
    "new file mode 100644",
    "--- /dev/null",
    `+++ b/${path}`,
    `@@ -0,0 +1,${source.count} @@`,
  ];
  return `${[...head, ...lines].join("\n")}\n`;
}
