import { closeSync, existsSync, mkdirSync, openSync, readSync, renameSync, statSync } from "node:fs";
import { dirname } from "node:path";

/** A log that has grown past this is set aside at the next start; one earlier file is kept. */
const ROTATE_BYTES = 10 * 1024 * 1024;
const TAIL_BYTES = 2000;

/** Opens a log to append to. The caller closes it. */
export function openLog(file: string): number {
  mkdirSync(dirname(file), { recursive: true });
  if (existsSync(file) && statSync(file).size > ROTATE_BYTES) renameSync(file, `${file}.1`);
  return openSync(file, "a", 0o600);
}

/** The last lines of a log, indented, for the sentence that says why something did not start. */
export function tailOf(file: string): string {
  if (!existsSync(file)) return "";
  const { size } = statSync(file);
  const buffer = Buffer.alloc(Math.min(size, TAIL_BYTES));
  const fd = openSync(file, "r");
  try {
    readSync(fd, buffer, 0, buffer.length, size - buffer.length);
  } finally {
    closeSync(fd);
  }
  const lines = buffer.toString("utf8").trimEnd().split("\n").slice(-8);
  return [`The end of ${file}:`, ...lines.map((line) => `    ${line}`)].join("\n");
}
