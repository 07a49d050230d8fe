import { type ChildProcess, spawn } from "node:child_process";
import type { Readable } from "node:stream";
import type { Redactor } from "#server/domain/secret/redact.ts";
import { type CapturedLine, LineCapture, type OutputBudget } from "./captured-lines.ts";
import { type Containment, CONTAINED_BY } from "./containment.ts";
import { processEnvironment, refusedNames } from "./environment.ts";
import { makePrivateFolder, type PrivateFolder } from "./private-folder.ts";
import { COUNT_EVERY_MS, type ProcessLimits } from "./process-limits.ts";
import { judgeExit, type MetLimit, type ProcessOutcome, type ProcessRefusal } from "./process-outcome.ts";
import { countProcesses, killIfThere, type RunMarks, sweep } from "./survivors.ts";
import { wait } from "../wait.ts";

export interface ProcessGiven {
  runId: string;
  /** The bytes of a bash script, as they are. */
  script: Uint8Array;
  /** Names of environment.ts only. A value may not hold a secret. */
  environment: Readonly<Record<string, string>>;
  /** By file name: each becomes a file (0600) in the folder that COUNTERSIGN_SECRETS names. */
  secrets: ReadonlyMap<string, string>;
  redactor: Redactor;
  limits: ProcessLimits;
  containment: Containment | null;
  /** Told of every line, in order, masked. The process waits while the promise is pending. */
  lines: (lines: readonly CapturedLine[]) => Promise<void>;
  /** Cancels: politely first, then for good. */
  signal: AbortSignal;
}

/** The process was not started. */
export class ProcessRefused extends Error {
  override readonly name = "ProcessRefused";
  readonly reason: ProcessRefusal;

  constructor(reason: ProcessRefusal, says: string) {
    super(`${says} Nothing was started.`);
    this.reason = reason;
  }
}

const SECRET_FILE_NAME = /^[a-z][a-z0-9_]{0,63}$/;

// The outer shell sets the bounds and stays: with it as the first process of a namespace, signals work in the inner one
// as anywhere, and whatever the block left behind ends when it ends. No text of the block stands on a command line.
const GUARD = `unset NODE_ENV; ulimit -c 0 && ulimit -v "$2" && ulimit -f "$3" && ulimit -n "$4" || exit 125
/bin/bash --noprofile --norc -euo pipefail "$1" </dev/null
exit $?`;

/**
 * Runs a bash script to its end, or to the end of its patience, and leaves no process of it behind. Throws
 * ProcessRefused when it may not be started; how it ended, once started, is the outcome.
 */
export async function runProcess(given: ProcessGiven): Promise<ProcessOutcome> {
  const containment = requireAllowed(given);
  const folder = await makePrivateFolder(given);
  try {
    return await new ProcessRun(given, folder).run(containment);
  } finally {
    await folder.remove();
  }
}

function requireAllowed(given: ProcessGiven): Containment {
  const { script, environment, secrets, redactor, limits, containment } = given;
  if (script.length === 0) throw new ProcessRefused("empty", "The block has no text.");
  if (script.includes(0)) throw new ProcessRefused("nul", "The block has a NUL byte.");
  if (script.length > limits.scriptBytes) {
    throw new ProcessRefused("too_large", `The block has more than ${limits.scriptBytes} bytes.`);
  }
  if (holdsSecret(redactor, script)) {
    throw new ProcessRefused(
      "secret_in_script",
      "The block's text holds a sealed value; it must refer to it.",
    );
  }
  const names = refusedNames(environment);
  const values = Object.entries(environment).filter(([, value]) => holdsSecret(redactor, Buffer.from(value)));
  const [refused] = [...names, ...values.map(([name]) => name)];
  if (refused !== undefined) {
    throw new ProcessRefused("environment", `The block may not set ${JSON.stringify(refused)}.`);
  }
  for (const name of secrets.keys()) {
    if (!SECRET_FILE_NAME.test(name)) {
      throw new ProcessRefused("secret_name", `${JSON.stringify(name)} is no name for a secret's file.`);
    }
  }
  if (containment === null) {
    throw new ProcessRefused("no_containment", "This host has no unshare and no setpriv (util-linux).");
  }
  return containment;
}

function holdsSecret(redactor: Redactor, bytes: Uint8Array): boolean {
  const stream = redactor.stream();
  return !Buffer.concat([stream.push(bytes), stream.end()]).equals(Buffer.from(bytes));
}

/** One process from its start to the last of its children. */
class ProcessRun {
  private readonly given: ProcessGiven;
  private readonly folder: PrivateFolder;
  private readonly budget: OutputBudget;
  private stoppedBy: MetLimit | "cancelled" | null = null;
  private stopping: Promise<void> | null = null;
  private cutLines = 0;
  private failure: Error | null = null;
  private readonly over = new AbortController();

  constructor(given: ProcessGiven, folder: PrivateFolder) {
    this.given = given;
    this.folder = folder;
    this.budget = { bytes: given.limits.outputBytes, lines: given.limits.outputLines };
  }

  async run(containment: Containment): Promise<ProcessOutcome> {
    const { limits, signal } = this.given;
    const child = this.start(CONTAINED_BY[containment]);
    const exited = exitOf(child);
    const groupId = child.pid;
    if (groupId === undefined) {
      const { problem } = await exited;
      return { ...this.counts(), end: { kind: "not_started", code: problem }, survivors: [] };
    }
    const marks: RunMarks = { runId: this.given.runId, folder: this.folder.home, groupId };
    const cancel = () => this.stop(marks, "cancelled");
    signal.addEventListener("abort", cancel);
    if (signal.aborted) cancel();
    const deadline = setTimeout(() => this.stop(marks, "time"), limits.timeMs);
    const counting = this.count(marks);
    const reading = [this.read(child.stdout, "stdout", marks), this.read(child.stderr, "stderr", marks)];
    try {
      const { code, by } = await exited;
      // Whoever still holds the pipes does not keep the run open.
      await Promise.race([Promise.all(reading), wait(limits.drainMs)]);
      child.stdout?.destroy();
      child.stderr?.destroy();
      await Promise.all(reading);
      const survivors = this.endedWhole(containment, by) ? [] : await sweep(marks);
      if (this.failure !== null) throw this.failure;
      return { ...this.counts(), end: judgeExit({ code, signal: by, stoppedBy: this.stoppedBy }), survivors };
    } finally {
      clearTimeout(deadline);
      signal.removeEventListener("abort", cancel);
      this.over.abort();
      await counting;
      await this.stopping;
    }
  }

  /**
   * A namespace whose first process has ended holds no process any more: the kernel ends all of them before anybody can
   * wait for the first (pid_namespaces(7)). Whoever was ended from outside says nothing about what was inside.
   */
  private endedWhole(containment: Containment, by: NodeJS.Signals | null): boolean {
    return containment !== "process_group" && by === null && this.stopping === null;
  }

  private start([command = "", ...before]: readonly string[]): ChildProcess {
    const { limits, runId, environment } = this.given;
    const { script, home, secrets } = this.folder;
    const kilobytes = (bytes: number) => String(Math.ceil(bytes / 1024));
    const bounds = [kilobytes(limits.memoryBytes), kilobytes(limits.fileBytes), String(limits.openFiles)];
    const shell = ["/bin/bash", "--noprofile", "--norc", "-c", GUARD, "block", script, ...bounds];
    return spawn(command, [...before, ...shell], {
      cwd: home,
      env: processEnvironment({ runId, home, secretsFolder: secrets, given: environment }),
      stdio: ["ignore", "pipe", "pipe"],
      // A session of its own: no terminal to ask at, and one group to signal.
      detached: true,
    });
  }

  private async read(from: Readable | null, stream: CapturedLine["stream"], marks: RunMarks): Promise<void> {
    const { redactor, limits } = this.given;
    const capture = new LineCapture({
      stream,
      masking: redactor.stream(),
      lineBytes: limits.lineBytes,
      budget: this.budget,
    });
    const tell = async (pages: Iterable<CapturedLine[]>) => {
      for (const lines of pages) {
        this.cutLines += lines.filter(({ cutBytes }) => cutBytes > 0).length;
        await this.given.lines(lines);
      }
    };
    try {
      for await (const chunk of from ?? []) {
        if (!(chunk instanceof Uint8Array)) continue;
        if (this.isSpent()) continue; // drained and dropped while it is being ended
        await tell(capture.push(chunk));
        if (this.budget.bytes < 0) this.stop(marks, "output_bytes");
        else if (this.budget.lines <= 0) this.stop(marks, "output_lines");
      }
      await tell(capture.end());
    } catch (error) {
      if (isClosedEarly(error)) return tell(capture.end());
      // Whoever takes the lines cannot: what nobody sees does not go on.
      this.failure = error instanceof Error ? error : new Error("a line was not taken");
      this.stop(marks, "cancelled");
    }
  }

  private isSpent(): boolean {
    return this.budget.bytes < 0 || this.budget.lines <= 0;
  }

  private async count(marks: RunMarks): Promise<void> {
    for (;;) {
      await wait(COUNT_EVERY_MS, this.over.signal).catch(() => undefined); // over: the next line sees it
      if (this.over.signal.aborted) return;
      // The guard and what contains it are not the block's.
      if (countProcesses(marks.groupId) > this.given.limits.processes + 2) this.stop(marks, "processes");
    }
  }

  /** The first reason counts. A fork bomb and a flood are not asked politely. */
  private stop(marks: RunMarks, by: MetLimit | "cancelled"): void {
    if (this.stopping !== null) return;
    this.stoppedBy = by;
    const grace = by === "cancelled" || by === "time" ? this.given.limits.graceMs : 0;
    this.stopping = this.end(marks, grace);
  }

  private async end(marks: RunMarks, graceMs: number): Promise<void> {
    if (graceMs > 0 && killIfThere(-marks.groupId, "SIGTERM")) {
      await wait(graceMs, this.over.signal).catch(() => undefined); // it ended by itself
    }
    killIfThere(-marks.groupId, "SIGKILL");
    await sweep(marks);
  }

  private counts(): Pick<ProcessOutcome, "lines" | "bytes" | "isTruncated"> {
    const { outputBytes, outputLines } = this.given.limits;
    return {
      lines: outputLines - this.budget.lines,
      bytes: Math.min(outputBytes, outputBytes - this.budget.bytes),
      isTruncated: this.cutLines > 0 || this.isSpent(),
    };
  }
}

interface Exit {
  code: number | null;
  by: NodeJS.Signals | null;
  /** Why it never started. */
  problem: string;
}

function exitOf(child: ChildProcess): Promise<Exit> {
  return new Promise((resolve) => {
    child.once("exit", (code, by) => resolve({ code, by, problem: "" }));
    child.once("error", (error) => {
      // Never the error itself: it carries the arguments and the environment.
      const problem = "code" in error && typeof error.code === "string" ? error.code : "unknown";
      resolve({ code: null, by: null, problem });
    });
  });
}

function isClosedEarly(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ERR_STREAM_PREMATURE_CLOSE";
}
