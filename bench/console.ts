import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

export interface BenchConsole {
  origin: string;
  dataDir: string;
  /** From the start of the command to the first answered page. */
  startedInMs: number;
  stop(): Promise<void>;
}

export function makeDataDir(): { dataDir: string; remove(): void } {
  const dataDir = mkdtempSync(join(tmpdir(), "countersign-bench-"));
  return { dataDir, remove: () => rmSync(dataDir, { recursive: true, force: true }) };
}

/** Starts the product as a person does, with nothing but its address and data folder set. */
export async function startConsole(dataDir: string): Promise<BenchConsole> {
  const port = await freePort();
  const origin = `http://localhost:${port}`;
  const begun = performance.now();
  const child = spawn(process.execPath, [join(import.meta.dirname, "../bin/start.mjs")], {
    env: { ...process.env, COUNTERSIGN_DATA_DIR: dataDir, PORT: String(port), LOG_LEVEL: "warn" },
    // The channel ends it even when this process is killed.
    stdio: ["ignore", "ignore", "ignore", "ipc"],
  });
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  while (!(await answers(`${origin}/sign-in`))) {
    if (child.exitCode !== null) throw new Error("The console did not start.");
    await sleep(20);
  }
  return {
    origin,
    dataDir,
    startedInMs: performance.now() - begun,
    stop: async () => {
      child.kill("SIGTERM");
      await ended;
    },
  };
}

async function answers(url: string): Promise<boolean> {
  try {
    return (await fetch(url)).ok;
  } catch {
    // Nobody listens yet.
    return false;
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });
}
