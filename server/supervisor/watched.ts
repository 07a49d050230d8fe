import { spawn, type ChildProcess } from "node:child_process";
import type { ChildEnv } from "#server/env.ts";

/**
 * Runs "$@" and, when the pipe on stdin ends, sends it the signal named first. The pipe ends when its
 * writer stops the child on purpose and also when the writer is killed with SIGKILL, so nothing outlives it.
 * A shell of 1 MB rather than a Node process of 40. Postgres and Node install their own handlers, so the
 * SIGINT that POSIX shells ignore in background commands reaches them all the same.
 */
const WATCHER = `
signal=$1; shift
exec 3<&0 </dev/null
"$@" 3<&- &
child=$!
(while read -r line <&3; do :; done; kill -s "$signal" "$child") >/dev/null 2>&1 &
watch=$!
exec 3<&-
wait "$child"; code=$?
kill "$watch" 2>/dev/null
exit "$code"
`;

export interface WatchedOptions {
  readonly stopSignal: "INT" | "TERM";
  readonly env: ChildEnv;
  readonly cwd: string;
  /** Open file that takes the child's stdout and stderr. */
  readonly logFd: number;
  /** Account to run as; the caller must be root. */
  readonly account: { readonly uid: number; readonly gid: number } | null;
}

export interface Watched {
  /** Resolves with the exit code once the child and its watcher are gone. */
  readonly exited: Promise<number>;
  readonly process: ChildProcess;
  /** Closes the pipe: the watcher sends the stop signal. Does not wait. */
  stop(): void;
}

/** Starts a child that cannot outlive this process, in its own session so that Ctrl-C does not reach it. */
export function spawnWatched(command: readonly string[], options: WatchedOptions): Watched {
  const child = spawn("/bin/sh", ["-c", WATCHER, "watcher", options.stopSignal, ...command], {
    detached: true,
    cwd: options.cwd,
    env: options.env,
    stdio: ["pipe", options.logFd, options.logFd],
    ...(options.account === null ? {} : { uid: options.account.uid, gid: options.account.gid }),
  });
  // The child may be gone before the pipe is closed; its exit code says so, the write error adds nothing.
  child.stdin?.on("error", () => {});
  const exited = new Promise<number>((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code) => resolve(code ?? -1));
  });
  void exited.then(
    () => child.stdin?.destroy(),
    () => child.stdin?.destroy(),
  );
  return { exited, process: child, stop: () => child.stdin?.end() };
}
