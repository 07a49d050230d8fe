import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { SentenceError } from "./sentence-error.ts";
import { systemCode } from "./system-error.ts";

const STOP_TIMEOUT_MS = 30_000;
const POLL_MS = 50;

/**
 * Clears what a killed start left in the cluster. Its Postgres may still be shutting down: then this
 * waits for it. Or the process id in postmaster.pid belongs to something else by now: Postgres would
 * refuse to start for ever, so the file goes. The caller holds the lock of the data folder.
 */
export async function clearStalePid(clusterDir: string): Promise<void> {
  const file = join(clusterDir, "postmaster.pid");
  const deadline = Date.now() + STOP_TIMEOUT_MS;
  for (let asked = false; existsSync(file);) {
    const pid = Number(readLines(file)[0]);
    if (!isPostgresOf(pid, clusterDir)) {
      rmSync(file, { force: true });
      return;
    }
    if (!asked) signal(pid);
    asked = true;
    if (Date.now() > deadline) {
      throw new SentenceError(
        `An earlier Postgres (process ${pid}) still uses ${clusterDir} and does not stop. ` +
          "Nothing was started; end that process and start again.",
      );
    }
    await wait(POLL_MS);
  }
}

function readLines(file: string): string[] {
  try {
    return readFileSync(file, "utf8").split("\n");
  } catch (error) {
    if (systemCode(error) === "ENOENT") return [];
    throw error;
  }
}

function isPostgresOf(pid: number, clusterDir: string): boolean {
  if (!Number.isSafeInteger(pid) || pid <= 1) return false;
  const command = commandOf(pid);
  return command.includes("postgres") && command.includes(clusterDir);
}

/** Command line of a process, or nothing when it is gone. */
function commandOf(pid: number): string {
  try {
    return execFileSync("ps", ["-o", "command=", "-ww", "-p", String(pid)], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    });
  } catch (error) {
    // Minimal images have no ps; Linux shows the same in /proc.
    if (systemCode(error) !== "ENOENT") return "";
    const file = `/proc/${pid}/cmdline`;
    return existsSync(file) ? readFileSync(file, "utf8").replaceAll("\0", " ") : "";
  }
}

/** SIGINT asks Postgres for a fast shutdown: sessions end, data is written, no recovery is needed. */
function signal(pid: number): void {
  try {
    process.kill(pid, "SIGINT");
  } catch (error) {
    // It ended between the look and the signal.
    if (systemCode(error) !== "ESRCH") throw error;
  }
}
