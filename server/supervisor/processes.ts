import { spawn, type ChildProcess } from "node:child_process";
import { closeSync } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";
import * as z from "zod";
import type { ChildEnv } from "#server/env.ts";
import { HEALTHY_AFTER_MS, backoffMs } from "./backoff.ts";
import { openLog, tailOf } from "./log-file.ts";
import { SentenceError } from "./sentence-error.ts";

const readyMessage = z.looseObject({ type: z.literal("ready") });
export type ReadyMessage = z.output<typeof readyMessage>;
/** Why a child cannot start, in its own words for people; it ends after that. */
const refusedMessage = z.object({ type: z.literal("refused"), says: z.string() });

export interface ChildSpec {
  /** How people know it: web, runner, embedded cloud. */
  readonly name: string;
  /** Arguments of node: the script and its own arguments. */
  readonly args: readonly string[];
  readonly env: ChildEnv;
  readonly cwd: string;
  /** Takes stdout and stderr; null shows them in this terminal. */
  readonly logFile: string | null;
  readonly readyTimeoutMs: number;
  /** Time between SIGTERM and SIGKILL. */
  readonly stopGraceMs: number;
  /** Told when it ended by itself and when it runs again. */
  readonly tell: (sentence: string) => void;
}

interface Running {
  readonly child: ChildProcess;
  /** Why it ended, in words. */
  readonly exited: Promise<string>;
  readonly ready: Promise<ReadyMessage>;
}

/** A child process that is started again, with growing waits, whenever it ends by itself. */
export class Supervised {
  private readonly spec: ChildSpec;
  private readonly stopAsked = Promise.withResolvers<void>();
  private isStopping = false;
  private isRestarting = false;
  private running: Running;
  private loop: Promise<void> = Promise.resolve();

  private constructor(spec: ChildSpec) {
    this.spec = spec;
    this.running = launch(spec);
  }

  /**
   * Starts a child. Resolves when it has said `{ type: "ready" }` over IPC for the first time; rejects with a
   * sentence when it ends or stays silent before that. The child itself ends when IPC disconnects.
   */
  static async start(spec: ChildSpec): Promise<{ child: Supervised; ready: ReadyMessage }> {
    const child = new Supervised(spec);
    const ready = await untilReady(spec, child.running);
    child.loop = child.keepRunning();
    return { child, ready };
  }

  /** Ends the present process; the next one starts at once and this does not count as a failure. */
  async restart(): Promise<void> {
    this.isRestarting = true;
    await end(this.running, this.spec.stopGraceMs);
  }

  /** Ends it for good. */
  async stop(): Promise<void> {
    this.isStopping = true;
    this.stopAsked.resolve();
    await end(this.running, this.spec.stopGraceMs);
    await this.loop;
  }

  private async keepRunning(): Promise<void> {
    for (let attempt = 0; ;) {
      const startedAt = performance.now();
      const reason = await this.running.exited;
      if (this.isStopping) return;
      if (this.isRestarting || performance.now() - startedAt > HEALTHY_AFTER_MS) attempt = 0;
      if (!this.isRestarting) {
        attempt += 1;
        this.spec.tell(`The ${this.spec.name} ended (${reason}); starting it again.${seeLog(this.spec)}`);
        await Promise.race([wait(backoffMs(attempt), null, { ref: false }), this.stopAsked.promise]);
        if (this.isStopping) return;
      }
      this.isRestarting = false;
      this.running = launch(this.spec);
      void this.announce(this.running);
    }
  }

  private async announce(running: Running): Promise<void> {
    try {
      await untilReady(this.spec, running);
      this.spec.tell(`The ${this.spec.name} runs again.`);
    } catch (error) {
      // Its end shows in `exited`, where the loop handles it.
      if (!this.isStopping && error instanceof Error) this.spec.tell(error.message);
    }
  }
}

const seeLog = (spec: ChildSpec) => (spec.logFile === null ? "" : ` See ${spec.logFile}`);

function launch(spec: ChildSpec): Running {
  const logFd = spec.logFile === null ? null : openLog(spec.logFile);
  const output = logFd ?? "inherit";
  // Its own session: Ctrl-C reaches the supervisor alone, which ends its children in order.
  const child = spawn(process.execPath, spec.args, {
    cwd: spec.cwd,
    env: spec.env,
    detached: true,
    stdio: ["ignore", output, output, "ipc"],
  });
  if (logFd !== null) closeSync(logFd);
  const exited = new Promise<string>((resolve) => {
    child.once("error", (error) => resolve(error.message));
    child.once("exit", (code, signal) => resolve(signal ?? `code ${code ?? "unknown"}`));
  });
  const ready = new Promise<ReadyMessage>((resolve, reject) => {
    child.on("message", (message) => {
      const ready = readyMessage.safeParse(message);
      const refused = refusedMessage.safeParse(message);
      if (ready.success) resolve(ready.data);
      else if (refused.success) reject(new SentenceError(refused.data.says));
    });
    void exited.then((reason) => reject(new Error(reason)));
  });
  // An end after the first message rejects nothing; one before it is told by whoever awaits `ready`.
  ready.catch(() => {});
  return { child, exited, ready };
}

async function untilReady(spec: ChildSpec, running: Running): Promise<ReadyMessage> {
  const tail = () => (spec.logFile === null ? "" : `\n${tailOf(spec.logFile)}`);
  const silence = wait(spec.readyTimeoutMs, null, { ref: false });
  try {
    const said = await Promise.race([running.ready, silence]);
    if (said !== null) return said;
  } catch (error) {
    if (error instanceof SentenceError) {
      await end(running, 0);
      throw error;
    }
    const reason = error instanceof Error ? error.message : String(error);
    throw new SentenceError(`The ${spec.name} ended while starting (${reason}).${tail()}`, error);
  }
  await end(running, 0);
  throw new SentenceError(
    `The ${spec.name} was not ready after ${spec.readyTimeoutMs / 1000} seconds and was ended.${tail()}`,
  );
}

async function end({ child, exited }: Running, graceMs: number): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  child.kill("SIGTERM");
  const inTime = await Promise.race([exited.then(() => true), wait(graceMs, false, { ref: false })]);
  if (!inTime) child.kill("SIGKILL");
  await exited;
}
