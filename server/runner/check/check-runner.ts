import { and, desc, eq } from "drizzle-orm";
import { checkRun } from "#db/schema/check.ts";
import type { HostContent } from "#server/domain/host/host.ts";
import type { CheckRunRow } from "#server/services/check/run-rows.ts";
import { log } from "#server/log.ts";
import { describeError } from "../database-error.ts";
import { POLL_EVERY_MS, STOP_GRACE_MS, WATCH_EVERY_MS } from "../limits.ts";
import { endLeftProcesses } from "../process/left-processes.ts";
import { Listener, Wake } from "../wake.ts";
import { CheckOutput, RunLost } from "./check-output.ts";
import type { CheckParts } from "./check-parts.ts";
import { type BlockEnd, runBlock } from "./check-process.ts";
import { openCheckSecrets } from "./check-secrets.ts";
import { claimCheck, endAbandonedChecks, listCancelled } from "./claim-check.ts";
import { makeHostKey } from "./host-keys.ts";
import { lapseChecks } from "./lapse-checks.ts";
import { keepLocalHost } from "./local-host.ts";
import { recordCheck } from "./record-check.ts";

export interface CheckRunnerSettings {
  databaseAppUrl: string;
  /** Whether blocks may run on this machine itself. */
  isLocalHostOn: boolean;
}

/** Checks at once in one runner: each is a process of its own, or a connection. */
const CHECKS_AT_ONCE = 4;
/** Runs that a dead runner may have left something of, the newest first. */
const LOST_LOOKED_AT = 1000;

const STOPPED: Omit<BlockEnd, "hasBegun"> & { ending: "not_started" } = {
  ending: "not_started",
  exitCode: null,
  says: "The runner met an error of its own. Look at its log, and run the check again.",
  isTruncated: false,
};

/** Runs the checks that somebody asked for, and makes the keys for hosts. It only ever runs what two people attested. */
export class CheckRunner {
  private readonly parts: CheckParts;
  private readonly settings: CheckRunnerSettings;
  private readonly wake = new Wake();
  private readonly listener: Listener;
  private readonly stopping = new AbortController();
  private readonly runs = new Map<string, { stop: AbortController; done: Promise<void> }>();
  private loops: Promise<unknown> = Promise.resolve();

  constructor(parts: CheckParts, settings: CheckRunnerSettings) {
    this.parts = parts;
    this.settings = settings;
    this.listener = new Listener(settings.databaseAppUrl, this.wake);
  }

  /** Resolves when checks are taken. What an earlier life of this runner left on this machine is ended before. */
  async start(): Promise<void> {
    await keepLocalHost(this.parts, this.settings.isLocalHostOn);
    await endAbandonedChecks(this.parts.db, this.parts.now());
    await this.endLeft();
    await this.listener.start();
    this.loops = Promise.all([this.keepTaking(), this.keepWatching()]);
  }

  /** Ends what runs; a check can be run again. */
  async stop(): Promise<void> {
    this.stopping.abort();
    this.wake.raise();
    for (const { stop } of this.runs.values()) stop.abort();
    await Promise.race([this.settle(), this.parts.wait(STOP_GRACE_MS)]);
    await this.listener.stop();
  }

  /** What was claimed in the very moment of stopping begins, and ends, after the loop. */
  private async settle(): Promise<void> {
    await this.loops;
    await Promise.all([...this.runs.values()].map(({ done }) => done));
  }

  private async endLeft(): Promise<void> {
    const lost = await this.parts.db
      .select({ id: checkRun.id })
      .from(checkRun)
      .where(eq(checkRun.ending, "lost"))
      .orderBy(desc(checkRun.finishedAt))
      .limit(LOST_LOOKED_AT);
    // Only ours: a run that this database does not know may be another console's on the same machine.
    const ended = await endLeftProcesses((runId) => !lost.some(({ id }) => id === runId));
    if (ended.length > 0) log.warn({ runs: ended }, "checks of an earlier runner were ended");
  }

  private async keepTaking(): Promise<void> {
    let isTold = false;
    while (!this.stopping.signal.aborted) {
      try {
        await endAbandonedChecks(this.parts.db, this.parts.now());
        await this.takeWaiting();
        await lapseChecks(this.parts);
        while (await makeHostKey(this.parts));
        isTold = false;
      } catch (error) {
        if (!isTold) log.error({ problem: describeError(error) }, "looking for checks failed; trying again");
        isTold = true;
        await this.listener.start().catch(() => undefined); // still away: the next round tries again
      }
      await this.wake.wait(POLL_EVERY_MS);
    }
  }

  private async takeWaiting(): Promise<void> {
    while (!this.stopping.signal.aborted && this.runs.size < CHECKS_AT_ONCE) {
      const claim = await claimCheck(this.parts);
      if (claim === null) return;
      if (claim.kind === "claimed") this.begin(claim.run, claim.host);
    }
  }

  private begin(run: CheckRunRow, host: HostContent): void {
    const stop = new AbortController();
    if (this.stopping.signal.aborted) stop.abort();
    const done = this.carryOut(run, host, stop.signal).finally(() => {
      this.runs.delete(run.id);
      this.wake.raise();
    });
    this.runs.set(run.id, { stop, done });
  }

  /** Never throws: a run whose end cannot be written is given up with its runner's heartbeat. */
  private async carryOut(run: CheckRunRow, host: HostContent, signal: AbortSignal): Promise<void> {
    const { db, sql, runnerId, now, containment } = this.parts;
    const output = new CheckOutput({ sql, runId: run.id, runnerId, now });
    try {
      const { signIn, redactor } = await openCheckSecrets(this.parts, run, host);
      if (signIn?.kind === "refused") {
        await recordCheck(this.parts, run, { end: { ...STOPPED, says: signIn.says }, output });
        return;
      }
      const end = await runBlock({
        runId: run.id,
        script: run.script,
        environment: run.parameters,
        timeSeconds: run.settings.timeSeconds,
        host,
        sshKey: signIn?.signIn.privateKey ?? null,
        sshCertificate: signIn?.signIn.certificate ?? null,
        redactor,
        containment,
        lines: (lines) => output.take(lines),
        signal,
      });
      await signIn?.signIn.end();
      await recordCheck(this.parts, run, { end: this.asStopped(end), output });
    } catch (error) {
      if (error instanceof RunLost) return;
      log.error({ problem: describeError(error), runId: run.id }, "a check could not be carried out");
      await recordCheck(this.parts, run, { end: STOPPED, output }).catch(
        () =>
          db
            .update(checkRun)
            .set({ state: "finished", finishedAt: now(), ending: "lost", says: STOPPED.says })
            .where(and(eq(checkRun.id, run.id), eq(checkRun.state, "running")))
            .then(
              () => undefined,
              () => undefined,
            ), // away: the heartbeat ends it
      );
    }
  }

  /** A runner that is stopped ends its checks, which nobody cancelled. */
  private asStopped(end: BlockEnd): Parameters<typeof recordCheck>[2]["end"] {
    if (end.ending !== "cancelled" || !this.stopping.signal.aborted) return end;
    return {
      ...end,
      ending: "lost",
      exitCode: null,
      says: "The runner was stopped while it ran. Run it again.",
    };
  }

  private async keepWatching(): Promise<void> {
    while (!this.stopping.signal.aborted) {
      const cancelled = await listCancelled(this.parts.db, [...this.runs.keys()]).catch(() => []);
      for (const runId of cancelled) this.runs.get(runId)?.stop.abort();
      await this.parts.wait(WATCH_EVERY_MS, this.stopping.signal).catch(() => undefined); // stopping
    }
  }
}
