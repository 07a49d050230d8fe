import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { connect, type Db } from "#db/client.ts";
import { now, type Clock } from "#server/clock.ts";
import type { ChildEnv, SupervisorEnv } from "#server/env.ts";
import { deciderChildEnv, runnerChildEnv, sandboxChildEnv, webChildEnv, type Runtime } from "./child-env.ts";
import { prepareDatabase, startDatabase } from "./database.ts";
import { keepPort, refusalOfPort } from "./free-port.ts";
import { keepSecret } from "./kept-file.ts";
import { lockDataDir } from "./lock.ts";
import { keepPeople, readPeople, type ListedPerson } from "./people-file.ts";
import { Supervised, type ReadyMessage } from "./processes.ts";
import { SentenceError } from "./sentence-error.ts";
import { storageSentence } from "./storage-sentence.ts";
import { summaryLines } from "./summary.ts";
import { paint, say, step } from "./terminal.ts";

/** The programs the supervisor starts: arguments of node, without the supervisor's own additions. */
export interface Scripts {
  readonly sandbox: readonly string[];
  readonly runner: readonly string[];
  readonly decider: readonly string[];
  readonly web: readonly string[];
}

export interface ConsoleOptions {
  readonly env: SupervisorEnv;
  /** Folder of the project: working folder of every child. */
  readonly root: string;
  readonly scripts: Scripts;
  readonly isDevelopment: boolean;
  readonly seedPeople: (db: Db, clock: Clock) => Promise<readonly ListedPerson[]>;
  /** Brings the example into empty registers. */
  readonly seedRegisters: (
    db: Db,
    clock: Clock,
    documents: readonly { path: string; text: string }[],
  ) => Promise<boolean>;
  /** Gives an installation the policy by which access is decided, and a registry. */
  readonly seedAccess: (
    db: Db,
    clock: Clock,
    how: { document: string; hasExamples: boolean },
  ) => Promise<boolean>;
}

export interface RunningConsole {
  /** Starts the runner again, for development. */
  restartRunner(): Promise<void>;
  /** Ends everything in the reverse of the order it was started in. Safe to call more than once. */
  stop(): Promise<void>;
}

const embeddedCloudReady = z.looseObject({ cloudsFile: z.string() });
/** What the runner left out, such as a cloud that is badly described. */
const runnerReady = z.looseObject({ notes: z.array(z.string()).default([]) });

const LABELS = { sandbox: "Embedded cloud", runner: "Runner", decider: "Decision service", web: "Web" };
const NAMES = {
  sandbox: "embedded cloud",
  runner: "runner",
  decider: "decision service",
  web: "web process",
};
const READY_TIMEOUT_MS = { sandbox: 30_000, runner: 30_000, decider: 30_000, web: 120_000 };
/** The runner finishes the call in flight and writes its outcome down; the others keep nothing. */
const STOP_GRACE_MS = { sandbox: 3_000, runner: 10_000, decider: 5_000, web: 2_000 };

const tell = (sentence: string) => say(`  ${paint("yellow", "note")}  ${sentence}`);

/** Starts everything in order. When one part does not start, ends the others and throws its sentence. */
export async function startConsole(options: ConsoleOptions): Promise<RunningConsole> {
  const undo: (() => Promise<void> | void)[] = [];
  let stopping: Promise<void> | null = null;
  const stop = () => (stopping ??= stopAll(undo));
  try {
    return { stop, restartRunner: await startParts(options, undo) };
  } catch (error) {
    await stop();
    throw storageSentence(options.env.dataDir, error) ?? error;
  }
}

async function stopAll(undo: (() => Promise<void> | void)[]): Promise<void> {
  const failures: unknown[] = [];
  for (const end of undo.reverse()) {
    try {
      await end();
    } catch (error) {
      // The rest still has to end; the first failure is told afterwards.
      failures.push(error);
    }
  }
  if (failures.length > 0) throw failures[0];
}

async function startParts(
  options: ConsoleOptions,
  undo: (() => Promise<void> | void)[],
): Promise<() => Promise<void>> {
  const { env, root, isDevelopment } = options;
  mkdirSync(join(env.dataDir, "logs"), { recursive: true });
  undo.push(lockDataDir(env.dataDir));
  await requireFreePort(env);

  const database = await step("Postgres", () => startDatabase(env, tell));
  undo.push(() => database.stop());
  const migrations = join(root, "db/migrations");
  const appUrl = await step("Tables, roles and grants", () =>
    prepareDatabase(env, database.ownerUrl, migrations),
  );

  const runtime: Runtime = {
    appUrl,
    authSecret: env.authSecret ?? keepSecret(env.dataDir, "auth-secret", "base64"),
    sealKey: env.sealKey ?? keepSecret(env.dataDir, "seal-key", "base64"),
    embeddedCloudsFile: null,
    decisionPort: env.decisionPort ?? (await keepPort(env.dataDir, "decision-port")),
    isDevelopment,
  };
  const people = env.hasDemoPeople ? await step("People", () => seed(options, appUrl)) : [];
  await seedPolicy(options, appUrl);
  const children = new Map<keyof Scripts, Supervised>();
  undo.push(() => stopChildren(children));
  await startChildren(options, runtime, children);

  const facts = {
    origin: env.origin,
    people,
    hasLostPasswords: env.hasDemoPeople && people.length === 0,
    clouds: env.clouds,
    decisions: `http://${env.decisionHost}:${runtime.decisionPort}`,
    database: database.place,
    logs: join(env.dataDir, "logs"),
    notice: database.notice,
  };
  for (const line of summaryLines(facts)) say(line);
  return async () => children.get("runner")?.restart();
}

async function requireFreePort({ host, port }: SupervisorEnv): Promise<void> {
  const place = `Port ${port} on ${host}`;
  switch (await refusalOfPort(host, port)) {
    case null:
      return;
    case "EACCES":
      throw new SentenceError(
        `${place} is for privileged programs, and this user may not use it. Nothing was started. Set PORT to 1024 or more.`,
      );
    case "EADDRNOTAVAIL":
    case "ENOTFOUND":
      throw new SentenceError(
        `${host} is no address of this machine. Nothing was started. Correct HOST, or leave it out.`,
      );
    default:
      throw new SentenceError(
        `${place} is used by another program. Nothing was started. Stop that program, or set PORT to a free port.`,
      );
  }
}

/** The web process beside the cloud and the runner, which needs what the cloud writes. */
async function startChildren(
  options: ConsoleOptions,
  runtime: Runtime,
  children: Map<keyof Scripts, Supervised>,
): Promise<void> {
  const { env } = options;
  const start = async (part: keyof Scripts, how: { env: ChildEnv; args?: readonly string[] }) => {
    const { child, ready } = await step(LABELS[part], () => startPart(options, part, how));
    children.set(part, child);
    return ready;
  };
  const startCloudAndRunner = async () => {
    const embeddedCloudsFile = env.hasEmbeddedCloud
      ? embeddedCloudReady.parse(
          await start("sandbox", { env: sandboxChildEnv(runtime), args: await cloudArgs(env) }),
        ).cloudsFile
      : null;
    const ready = await start("runner", { env: runnerChildEnv(env, { ...runtime, embeddedCloudsFile }) });
    runnerReady.parse(ready).notes.forEach(tell);
  };
  // Both come to their end before a failure of one is told: what has started is then known, and is stopped.
  const outcomes = await Promise.allSettled([
    startCloudAndRunner(),
    start("decider", { env: deciderChildEnv(env, runtime) }),
    start("web", { env: webChildEnv(env, runtime), args: [env.host, String(env.port)] }),
  ]);
  for (const outcome of outcomes) if (outcome.status === "rejected") throw outcome.reason;
}

async function stopChildren(children: ReadonlyMap<keyof Scripts, Supervised>): Promise<void> {
  for (const part of ["web", "decider", "runner", "sandbox"] as const) await children.get(part)?.stop();
}

function startPart(
  options: ConsoleOptions,
  part: keyof Scripts,
  how: { env: ChildEnv; args?: readonly string[] },
): Promise<{ child: Supervised; ready: ReadyMessage }> {
  return Supervised.start({
    name: NAMES[part],
    args: [...options.scripts[part], ...(how.args ?? [])],
    env: how.env,
    cwd: options.root,
    logFile: options.isDevelopment ? null : join(options.env.dataDir, `logs/${part}.log`),
    readyTimeoutMs: READY_TIMEOUT_MS[part],
    stopGraceMs: STOP_GRACE_MS[part],
    tell,
  });
}

async function cloudArgs(env: SupervisorEnv): Promise<string[]> {
  const port = await keepPort(env.dataDir, "cloud-port");
  return ["--data-dir", join(env.dataDir, "cloud"), "--port", String(port)];
}

/** Documents of the example registers, by the path that they have in the console. */
function readExample(root: string): { path: string; text: string }[] {
  const folder = join(root, "runbooks/registers");
  return readdirSync(folder)
    .filter((name) => name.endsWith(".md"))
    .sort()
    .map((name) => ({ path: `docs/${name}`, text: readFileSync(join(folder, name), "utf8") }));
}

async function seedPolicy({ env, root, seedAccess }: ConsoleOptions, appUrl: string): Promise<void> {
  const connection = connect(appUrl, { max: 1 });
  try {
    const document = readFileSync(join(root, "policies/ssh-signing.md"), "utf8");
    await seedAccess(connection.db, now, { document, hasExamples: env.hasDemoPeople });
  } finally {
    await connection.close();
  }
}

/** Makes the demonstration people and registers in an empty installation, and answers them with their first passwords. */
async function seed(options: ConsoleOptions, appUrl: string): Promise<readonly ListedPerson[]> {
  const connection = connect(appUrl, { max: 1 });
  try {
    const made = await options.seedPeople(connection.db, now);
    if (made.length > 0) {
      keepPeople(options.env.dataDir, made);
      await options.seedRegisters(connection.db, now, readExample(options.root));
    }
  } finally {
    await connection.close();
  }
  return readPeople(options.env.dataDir);
}
