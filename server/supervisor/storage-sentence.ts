import { SentenceError } from "./sentence-error.ts";
import { systemCode } from "./system-error.ts";

const REASONS: Readonly<Record<string, string>> = {
  EROFS: "it is on a read-only file system",
  EACCES: "this user may not write there",
  EPERM: "this user may not write there",
  ENOSPC: "the disk is full",
  EDQUOT: "the quota of this user is used up",
  ENOTDIR: "a part of its path is a file",
  EEXIST: "a part of its path is a file",
  // What Node answers for mkdir on a read-only file system, too.
  ENOENT: "it cannot be made",
};

/** The sentence for a data folder that cannot be written, or null for an error of another kind. */
export function storageSentence(dataDir: string, error: unknown): SentenceError | null {
  const reason = REASONS[systemCode(error) ?? ""];
  if (reason === undefined || !(error instanceof Error) || !isOfFile(error, dataDir)) return null;
  return new SentenceError(
    `The data folder ${dataDir} cannot be used: ${reason} (${error.message}). Nothing was started. ` +
      "Make room or give the right to write, or set COUNTERSIGN_DATA_DIR to another folder.",
    error,
  );
}

/** A write to an open file names no path. */
function isOfFile(error: Error, dataDir: string): boolean {
  if ("path" in error && typeof error.path === "string") return error.path.startsWith(dataDir);
  return "syscall" in error && (error.syscall === "write" || error.syscall === "fsync");
}
