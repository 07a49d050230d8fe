import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync, linkSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { SentenceError } from "./sentence-error.ts";
import { systemCode } from "./system-error.ts";

const holder = z.object({ pid: z.number().int().positive(), startedAt: z.string() });
type Holder = z.output<typeof holder>;

/**
 * Takes the data folder for this process; the answer gives it back. Throws SentenceError when another
 * living supervisor has it. The name and start time of the holder tell it from a process that got its id later.
 */
export function lockDataDir(dataDir: string): () => void {
  const file = join(dataDir, "supervisor.lock");
  const mine = JSON.stringify({ pid: process.pid, startedAt: startOf(process.pid) ?? "" });
  const draft = `${file}.${randomBytes(6).toString("hex")}`;
  writeFileSync(draft, mine, { mode: 0o600 });
  try {
    // link() fails where the name exists and never shows a half-written file.
    while (!tryLink(draft, file)) removeIfStale(file, dataDir);
  } finally {
    rmSync(draft, { force: true });
  }
  return () => {
    if (existsSync(file) && readFileSync(file, "utf8") === mine) rmSync(file, { force: true });
  };
}

function tryLink(draft: string, file: string): boolean {
  try {
    linkSync(draft, file);
    return true;
  } catch (error) {
    if (systemCode(error) === "EEXIST") return false;
    throw error;
  }
}

function removeIfStale(file: string, dataDir: string): void {
  const found = readHolder(file);
  if (found !== null && startOf(found.pid) === found.startedAt) throw heldBy(found.pid, dataDir);
  const aside = `${file}.stale-${randomBytes(6).toString("hex")}`;
  try {
    renameSync(file, aside);
  } catch (error) {
    // Another starter took the stale lock away first; the next attempt to link decides.
    if (systemCode(error) === "ENOENT") return;
    throw error;
  }
  const moved = readHolder(aside);
  const isLive = moved !== null && startOf(moved.pid) === moved.startedAt;
  if (isLive) tryLink(aside, file);
  rmSync(aside, { force: true });
  if (isLive) throw heldBy(moved.pid, dataDir);
}

const heldBy = (pid: number, dataDir: string) =>
  new SentenceError(
    `Countersign already runs on ${dataDir} (process ${pid}). Nothing was started. ` +
      "Use that one, stop it first, or set COUNTERSIGN_DATA_DIR and PORT for a second one.",
  );

function readHolder(file: string): Holder | null {
  try {
    const parsed = holder.safeParse(JSON.parse(readFileSync(file, "utf8")));
    return parsed.success ? parsed.data : null;
  } catch (error) {
    // Gone, or not JSON: nobody who is alive wrote it so.
    if (systemCode(error) === "ENOENT" || error instanceof SyntaxError) return null;
    throw error;
  }
}

/** When a process started, in the system's own words, or null when there is none with this id. */
function startOf(pid: number): string | null {
  if (process.platform === "linux") {
    const file = `/proc/${pid}/stat`;
    // Field 22, counted after the name, which may hold spaces and parentheses (proc_pid_stat(5)).
    return existsSync(file) ? (readFileSync(file, "utf8").split(") ").at(-1)?.split(" ")[19] ?? null) : null;
  }
  try {
    const said = execFileSync("ps", ["-o", "lstart=", "-p", String(pid)], { encoding: "utf8" }).trim();
    return said === "" ? null : said;
  } catch {
    // ps fails for a process that does not exist.
    return null;
  }
}
