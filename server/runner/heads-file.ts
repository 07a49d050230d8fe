import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readSync,
  fstatSync,
  ftruncateSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { canonicalJson } from "#server/domain/canonical/json.ts";
import { parseJson } from "#server/domain/audit/event.ts";
import { type SignedHead, signedHeadSchema } from "#server/domain/audit/head.ts";
import { LogError } from "./heads.ts";

/** Longer than a head ever is. */
const TAIL_BYTES = 4096;
const LF = 0x0a;

export const HEADS_FILE = "heads.jsonl";

/** Heads one a line, as the file and the git repository have them. */
export const headLines = (heads: readonly SignedHead[]): string =>
  heads.map((head) => `${canonicalJson(head)}\n`).join("");

/**
 * The file outside of the database that every head is copied to. What it holds is what a restored or cut database is
 * compared with at start, so it is written through to the disk, and a line that a crash cut is taken away.
 */
export class HeadsFile {
  private readonly path: string;
  private readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
    this.path = join(folder, HEADS_FILE);
  }

  /** The newest head, or null for a file without one. Throws LogError for a last line that is no head. */
  readLast(): SignedHead | null {
    return this.open((fd) => {
      const { line } = lastLine(fd);
      if (line === null) return null;
      const parsed = signedHeadSchema.safeParse(parseJson(line));
      if (parsed.success) return parsed.data;
      throw new LogError(
        `The last line of ${this.path} is no signed head: the file was changed. Nothing was started. ` +
          "Put back the file as it was, or move it away if you know why it changed.",
      );
    });
  }

  append(heads: readonly SignedHead[]): void {
    if (heads.length === 0) return;
    this.open((fd) => {
      ftruncateSync(fd, lastLine(fd).end);
      writeSync(fd, headLines(heads));
      fsyncSync(fd);
    });
  }

  private open<T>(use: (fd: number) => T): T {
    mkdirSync(this.folder, { recursive: true, mode: 0o700 });
    const fd = openSync(this.path, "a+", 0o600);
    try {
      return use(fd);
    } finally {
      closeSync(fd);
    }
  }
}

/** The last line that has an end, and where it ends. */
function lastLine(fd: number): { line: string | null; end: number } {
  const { size } = fstatSync(fd);
  const length = Math.min(size, TAIL_BYTES);
  const tail = Buffer.alloc(length);
  readSync(fd, tail, 0, length, size - length);
  const end = tail.lastIndexOf(LF);
  if (end === -1) return { line: null, end: 0 };
  const start = end === 0 ? -1 : tail.lastIndexOf(LF, end - 1);
  return { line: tail.toString("utf8", start + 1, end), end: size - length + end + 1 };
}
