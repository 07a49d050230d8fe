import { randomBytes } from "node:crypto";
import {
  closeSync,
  existsSync,
  fsyncSync,
  lstatSync,
  openSync,
  readFileSync,
  renameSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { SentenceError } from "./sentence-error.ts";

/** Writes a file only its owner reads, whole or not at all. */
export function writeKept(file: string, content: string): void {
  const draft = `${file}.${randomBytes(6).toString("hex")}`;
  const fd = openSync(draft, "wx", 0o600);
  try {
    writeSync(fd, content);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
  renameSync(draft, file);
}

/** Reads such a file, or null when there is none. Refuses a link and a file that others may read. */
export function readKept(file: string): string | null {
  if (!existsSync(file)) return null;
  const { mode } = lstatSync(file);
  if ((mode & 0o170000) !== 0o100000 || (mode & 0o077) !== 0) {
    throw new SentenceError(
      `${file} holds a secret and must be a plain file that only its owner can read. ` +
        `Nothing was started; check who changed it, then: chmod 600 ${file}`,
    );
  }
  return readFileSync(file, "utf8").trim();
}

/** A secret of this installation: made of 32 random bytes on the first start, the same ever after. */
export function keepSecret(dataDir: string, name: string, encoding: "base64" | "base64url"): string {
  const file = join(dataDir, name);
  const kept = readKept(file);
  if (kept !== null) return kept;
  const made = randomBytes(32).toString(encoding);
  writeKept(file, `${made}\n`);
  return made;
}
