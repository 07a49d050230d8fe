import { spawn, type ChildProcess } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";

const ROOT = join(import.meta.dirname, "..");
const SUPERVISOR = join(ROOT, "dist/supervisor.js");
const START_DEADLINE_MS = 90_000;
const POLL_MS = 100;

/** A whole console in a folder of its own: embedded Postgres, embedded cloud, runner and web. */
export interface TestConsole {
  origin: string;
  dataDir: string;
  /** Of its supervisor. */
  pid: number;
  /** What the supervisor has printed so far. */
  printed(): string;
  /** Ends it in order, keeps its logs under test-results/ and removes its folder. */
  stop(): Promise<void>;
}

export interface TestConsoleOptions {
  /** Names the folder of its logs. */
  name: string;
  /** Settings beside the address and the folder. */
  env?: Readonly<Record<string, string>>;
  /** An existing data folder; a new one otherwise. */
  dataDir?: string;
  port?: number;
}

/** Starts the built console through the real supervisor. Throws with the supervisor's own words when it does not start. */
export async function startConsole(options: TestConsoleOptions): Promise<TestConsole> {
  if (!existsSync(SUPERVISOR)) throw new Error("There is no build to test. Run `npm run build` first.");
  const dataDir = options.dataDir ?? mkdtempSync(join(tmpdir(), `countersign-${options.name}-`));
  const port = options.port ?? (await freePort());
  const child = launch({ ...options.env, COUNTERSIGN_DATA_DIR: dataDir, PORT: String(port) });
  const heard = { text: "" };
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on("data", (chunk: Buffer) => (heard.text += chunk.toString()));
  }
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const stop = async () => {
    child.kill("SIGTERM");
    await ended;
    const logs = join(dataDir, "logs");
    if (existsSync(logs))
      cpSync(logs, join(ROOT, "test-results/console-logs", options.name), { recursive: true });
    rmSync(dataDir, { recursive: true, force: true });
  };
  const origin = `http://localhost:${port}`;
  try {
    await untilHealthy({ origin, child });
  } catch (error) {
    await stop();
    throw new Error(`${String(error)}\n${heard.text}`, { cause: error });
  }
  return { origin, dataDir, pid: child.pid ?? 0, printed: () => heard.text, stop };
}

/** Only what a program needs to run: a setting of the developer's shell must not change what is tested. */
function launch(settings: Readonly<Record<string, string>>): ChildProcess {
  const kept = ["PATH", "HOME", "TMPDIR", "LANG"].flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return spawn(process.execPath, [SUPERVISOR], {
    cwd: ROOT,
    env: { ...Object.fromEntries(kept), NODE_ENV: "production", ...settings },
    // With a channel the supervisor ends when the tests are killed.
    stdio: ["ignore", "pipe", "pipe", "ipc"],
  });
}

async function untilHealthy({ origin, child }: { origin: string; child: ChildProcess }): Promise<void> {
  const deadline = Date.now() + START_DEADLINE_MS;
  while (!(await isHealthy(origin))) {
    if (child.exitCode !== null) throw new Error("The console ended while starting.");
    if (Date.now() > deadline) throw new Error(`The console did not answer at ${origin} in time.`);
    await wait(POLL_MS);
  }
}

/** Whether the console answers that it is well. */
export async function isHealthy(origin: string): Promise<boolean> {
  try {
    return (await fetch(`${origin}/healthz`)).ok;
  } catch {
    // Nobody listens there.
    return false;
  }
}

/** Address of a test console's embedded database for the owner of its tables. */
export function ownerUrl(dataDir: string): string {
  return `postgres://countersign_owner@localhost/countersign?host=${encodeURIComponent(join(dataDir, "run"))}`;
}

/** A loopback port that was free a moment ago. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      const port = address !== null && typeof address === "object" ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}
