import { spawn, type ChildProcess } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

const STUB = join(import.meta.dirname, "../testing/stub-console.ts");
const DEADLINE_MS = 60_000;

interface Started {
  child: ChildProcess;
  /** Everything written so far. */
  output: () => string;
  exited: Promise<number | null>;
}

let folder: string;
let port: number;
const started: Started[] = [];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "countersign-console-"));
  chmodSync(folder, 0o711);
  port = await freePort();
});

afterEach(async () => {
  for (const { child, exited } of started.splice(0)) {
    if (child.exitCode === null && child.signalCode === null) child.kill("SIGTERM");
    await exited;
  }
  await until(() => postmasters().length === 0);
  rmSync(folder, { recursive: true, force: true });
}, DEADLINE_MS);

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
    });
  });
}

async function until(isSo: () => boolean): Promise<void> {
  for (const deadline = Date.now() + DEADLINE_MS; !isSo(); await wait(20)) {
    if (Date.now() > deadline) throw new Error("It did not become so within a minute.");
  }
}

function start(): Started {
  const env = {
    PATH: process.env["PATH"] ?? "",
    PORT: String(port),
    COUNTERSIGN_DATA_DIR: join(folder, "data"),
  };
  const child = spawn(process.execPath, [STUB, folder], { env: { ...env, NODE_ENV: "test" }, stdio: "pipe" });
  let text = "";
  for (const stream of [child.stdout, child.stderr]) stream?.on("data", (chunk) => (text += String(chunk)));
  const exited = new Promise<number | null>((resolve) => child.once("close", resolve));
  const handle = { child, output: () => text, exited };
  started.push(handle);
  return handle;
}

async function startReady(): Promise<Started> {
  const console = start();
  await until(() => console.output().includes("is ready at") || console.child.exitCode !== null);
  expect(console.output()).toContain(`is ready at http://localhost:${port}`);
  return console;
}

const pidOf = (name: string) => Number(readFileSync(join(folder, `${name}.pid`), "utf8"));

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    // A zombie answers signals and does nothing else; its parent collects it in its own time.
    const file = `/proc/${pid}/status`;
    return !existsSync(file) || !/^State:\s+Z/m.test(readFileSync(file, "utf8"));
  } catch {
    // No such process, or it went between the two looks.
    return false;
  }
}

function postmasters(): number[] {
  const file = join(folder, "data/postgres/postmaster.pid");
  if (!existsSync(file)) return [];
  return [Number(readFileSync(file, "utf8").split("\n")[0])].filter(isAlive);
}

const NAMES = ["sandbox", "runner", "decider", "web"];

describe("the supervisor", { timeout: 3 * DEADLINE_MS }, () => {
  it("leaves no orphan and no damage when it is killed, and keeps what it had", async () => {
    const first = await startReady();
    expect(first.output()).toMatch(/ada@x\.org +first-pass +admin/);
    const pids = [...NAMES.map(pidOf), ...postmasters()];
    expect(pids).toHaveLength(NAMES.length + 1);
    expect(pids.every(isAlive)).toBe(true);
    const seal = readFileSync(join(folder, "data/seal-key"), "utf8");

    first.child.kill("SIGKILL");
    await first.exited;
    await until(() => !pids.some(isAlive));

    const second = await startReady();
    expect(second.output()).toMatch(/ada@x\.org +first-pass +admin/);
    expect(readFileSync(join(folder, "data/seal-key"), "utf8")).toBe(seal);
  });

  it("stops in the reverse order and does not wait for a web process with open streams", async () => {
    const console = await startReady();
    const pids = [...NAMES.map(pidOf), ...postmasters()];
    console.child.kill("SIGTERM");
    expect(await console.exited).toBe(0);
    expect(readFileSync(join(folder, "stopped.txt"), "utf8").trim().split("\n")).toEqual([
      "web",
      "decider",
      "runner",
      "sandbox",
    ]);
    expect(pids.filter(isAlive)).toEqual([]);
    expect(existsSync(join(folder, "data/supervisor.lock"))).toBe(false);
  });

  it("refuses a second one on the same data with a sentence, and the first goes on", async () => {
    const first = await startReady();
    const second = start();
    expect(await second.exited).toBe(1);
    expect(second.output()).toContain(`already runs on ${join(folder, "data")} (process ${first.child.pid})`);
    expect(isAlive(pidOf("runner"))).toBe(true);
  });

  it("starts a child again that ended by itself, even when nobody reads its words any more", async () => {
    const console = await startReady();
    console.child.stdout?.destroy();
    console.child.stderr?.destroy();
    const before = pidOf("runner");
    process.kill(before, "SIGKILL");
    await until(() => pidOf("runner") !== before && isAlive(pidOf("runner")));
    expect(console.child.exitCode).toBe(null);
  });

  it("starts Postgres again on the same address", async () => {
    const console = await startReady();
    const [before] = postmasters();
    expect(before).toBeDefined();
    process.kill(before ?? 0, "SIGQUIT");
    await until(() => console.output().includes("Postgres runs again."));
    expect(postmasters()).not.toEqual([before]);
  });

  it("refuses a port in use before it starts anything", async () => {
    const other = createServer().listen(port, "127.0.0.1");
    const console = start();
    expect(await console.exited).toBe(1);
    expect(console.output()).toContain(`Port ${port} on 127.0.0.1 is used by another program.`);
    expect(existsSync(join(folder, "data/postgres"))).toBe(false);
    other.close();
  });

  it("tells the words of a child that refuses to start, and ends what had started", async () => {
    writeFileSync(join(folder, "runner.refuses"), "");
    const console = start();
    expect(await console.exited).toBe(1);
    expect(console.output()).toContain("The runner will not.");
    expect([...NAMES.map(pidOf), ...postmasters()].filter(isAlive)).toEqual([]);
  });

  it("gives each child only what it may know, and keeps secrets to its owner", async () => {
    await startReady();
    const envOf = (name: string) => readFileSync(join(folder, `${name}.env`), "utf8");
    const seal = readFileSync(join(folder, "data/seal-key"), "utf8").trim();
    const auth = readFileSync(join(folder, "data/auth-secret"), "utf8").trim();
    expect(envOf("runner")).toContain(seal);
    expect(envOf("runner")).not.toContain(auth);
    for (const secret of [seal, auth]) expect(envOf("decider")).not.toContain(secret);
    expect(envOf("web")).toContain(auth);
    expect(envOf("web")).not.toContain(seal);
    expect(envOf("sandbox")).not.toMatch(/AUTH_SECRET|SEAL_KEY|DATABASE/);
    for (const name of ["web", "runner", "decider"]) expect(envOf(name)).not.toContain("countersign_owner");
    for (const file of ["seal-key", "auth-secret", "app-role-password", "people.txt"]) {
      expect(statSync(join(folder, "data", file)).mode & 0o777).toBe(0o600);
    }
  });
});
