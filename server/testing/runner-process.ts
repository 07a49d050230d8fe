import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { plainEnv } from "#server/env.ts";
import type { Bench } from "./runner-bench.ts";

/** A runner as the supervisor starts it: a process of its own, with its own connections and clocks. */
export interface RunnerProcess {
  child: ChildProcess;
  pid: number;
  /** Its log so far. */
  said: () => string;
  /** Resolves with its first message, "ready"; throws with its log when it ends instead. */
  ready: () => Promise<unknown>;
  /** Sends the signal and answers the exit status once it is gone; null when a signal ended it. */
  end: (signal: NodeJS.Signals) => Promise<number | null>;
}

export async function launchRunner(bench: Bench, sealKey = bench.sealKey): Promise<RunnerProcess> {
  const dataDir = await mkdtemp(join(dirname(bench.cloud.cloudsFile), "runner-"));
  const child = spawn(process.execPath, ["server/runner/main.ts"], {
    cwd: resolve("."),
    stdio: ["ignore", "ignore", "pipe", "ipc"],
    env: {
      ...plainEnv(),
      LOG_LEVEL: "debug",
      DATABASE_APP_URL: bench.database.appUrl,
      COUNTERSIGN_DATA_DIR: dataDir,
      COUNTERSIGN_CLOUDS: "embedded",
      COUNTERSIGN_EMBEDDED_CLOUDS_FILE: bench.cloud.cloudsFile,
      COUNTERSIGN_SEAL_KEY: sealKey.toString("base64"),
    },
  });
  const chunks: string[] = [];
  child.stderr?.on("data", (chunk: Buffer) => chunks.push(chunk.toString("utf8")));
  const said = () => chunks.join("");
  const message = once(child, "message");
  const ended = once(child, "exit").then(() => Promise.reject(new Error(said())));
  // Whoever does not wait for it to be ready waits for its end.
  const readiness = Promise.race([message, ended]);
  readiness.catch(() => undefined);
  return {
    child,
    pid: child.pid ?? 0,
    said,
    ready: async () => (await readiness)[0],
    end: async (signal) => {
      if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
      const exited = once(child, "exit");
      child.kill(signal);
      await exited;
      return child.exitCode;
    },
  };
}
