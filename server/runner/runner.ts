import { log } from "#server/log.ts";
import { agreesOnTime } from "#server/services/clock/agree.ts";
import { answerHandover } from "./handover.ts";
import { cancelOrphans } from "./cancel-orphans.ts";
import { claimJob } from "./claim.ts";
import { refreshClouds } from "./clouds.ts";
import { describeError } from "./database-error.ts";
import { RunStopped } from "./endings.ts";
import { runJob, settleJob } from "./executor.ts";
import { expireRequests } from "./expire.ts";
import type { Lease } from "./lease.ts";
import {
  AWAY_CLOUDS_EVERY_MS,
  CLOUDS_EVERY_MS,
  JOBS_AT_ONCE,
  PLANS_AT_ONCE,
  HUNG_AFTER_MS,
  POLL_EVERY_MS,
  SETTLES_AT_ONCE,
  STOP_GRACE_MS,
} from "./limits.ts";
import type { RunnerParts } from "./parts.ts";
import { claimDraftPreview, runDraftPreview } from "./draft-tasks.ts";
import { claimPlan, freeAbandonedPlans, runPlan } from "./plan-tasks.ts";
import { beatHeart, enterRunner, leaveRunner, type Place } from "./presence.ts";
import { publishRunbooks } from "./publish.ts";
import { keepObserving } from "./observe-guests.ts";
import { keepRegisters } from "./registers.ts";
import { ParkedJobs } from "./parked.ts";
import { Listener, Wake } from "./wake.ts";

export interface RunnerSettings {
  databaseAppUrl: string;
  place: Place;
  runbooksFolder: string;
  tenantPool: string;
}

/**
 * The loop of a runner: looks for work whenever the database announces some, and every two seconds anyway. What ends by
 * time and what a dead runner left is looked for every two seconds, before plans, new jobs and hand-overs.
 */
export class Runner {
  private readonly parts: RunnerParts;
  private readonly settings: RunnerSettings;
  private readonly wake = new Wake();
  private readonly listener: Listener;
  private readonly stopping = new AbortController();
  private readonly jobs = new Map<Promise<void>, AbortController>();
  private readonly plans = new Set<Promise<void>>();
  private readonly parked: ParkedJobs;
  /** Whether what earlier lives left in the air is looked up; until then nothing is sent that changes anything. */
  private isSettled = false;
  private loops: Promise<unknown> = Promise.resolve();
  private isDatabaseAway = false;
  /** Whether this process and the database agree about the time, to two minutes. */
  private isInTime = true;
  private roundAt = performance.now();
  private tidiedAt = Number.NEGATIVE_INFINITY;

  constructor(parts: RunnerParts, settings: RunnerSettings) {
    this.parts = parts;
    this.settings = settings;
    this.listener = new Listener(settings.databaseAppUrl, this.wake);
    this.parked = new ParkedJobs(parts);
  }

  /**
   * Resolves when the runner is at work. Throws when the database is not there. Jobs that
   * an earlier runner left are taken over before the first new one.
   */
  async start(): Promise<void> {
    await enterRunner(this.parts, this.settings.place);
    await publishRunbooks(this.parts, this.settings.runbooksFolder);
    await this.listener.start();
    await this.parked.takeOver();
    this.loops = Promise.all([
      beatHeart(this.parts, this.stopping.signal),
      this.parked.keep(this.stopping.signal),
      this.settleLeft(),
      this.keepClouds(),
      keepRegisters(this.parts, this.stopping.signal),
      keepObserving(this.parts, this.stopping.signal),
      this.keepWorking(),
    ]);
  }

  /**
   * Whether its loop still goes round. When it does not, nothing this process holds can be trusted to come back: a lost
   * connection can leave a query that is never answered (https://github.com/porsager/postgres/issues/1208).
   */
  isTurning(): boolean {
    return performance.now() - this.roundAt < HUNG_AFTER_MS;
  }

  /** Takes nothing new, hands jobs back between two calls, and leaves. */
  async stop(): Promise<void> {
    this.stopping.abort(new RunStopped("handed_back"));
    this.wake.raise();
    for (const stop of this.jobs.values()) stop.abort(new RunStopped("handed_back"));
    await Promise.race([this.settle(), this.parts.wait(STOP_GRACE_MS)]);
    await this.listener.stop();
    await this.parked.release();
    // With jobs still inside a call the row stays: their leases run out by themselves.
    if (this.jobs.size === 0) await leaveRunner(this.parts);
  }

  private async settle(): Promise<void> {
    await this.loops;
    await Promise.all([...this.jobs.keys(), ...this.plans]);
  }

  private async keepWorking(): Promise<void> {
    while (!this.stopping.signal.aborted) {
      try {
        if (this.isDatabaseAway) await this.listener.start();
        await this.round();
        if (this.isDatabaseAway) log.info("the database is back");
        this.isDatabaseAway = false;
      } catch (error) {
        if (!this.isDatabaseAway)
          log.error({ problem: describeError(error) }, "looking for work failed; trying again");
        this.isDatabaseAway = true;
      }
      this.roundAt = performance.now();
      await this.wake.wait(POLL_EVERY_MS);
    }
  }

  private async round(): Promise<void> {
    await this.compareClocks();
    if (performance.now() - this.tidiedAt >= POLL_EVERY_MS) await this.tidy();
    while (this.hasRoom(this.plans.size, PLANS_AT_ONCE)) {
      const task = await claimPlan(this.parts);
      if (task === null) break;
      this.track(this.plans, runPlan(this.parts, task));
    }
    while (this.hasRoom(this.plans.size, PLANS_AT_ONCE)) {
      const task = await claimDraftPreview(this.parts);
      if (task === null) break;
      this.track(this.plans, runDraftPreview(this.parts, task));
    }
    if (this.isSettled && this.isInTime) await this.startJobs();
    while (!this.stopping.signal.aborted && (await answerHandover(this.parts)));
  }

  private async tidy(): Promise<void> {
    if (this.isInTime) {
      await expireRequests(this.parts);
      await cancelOrphans(this.parts);
    }
    await freeAbandonedPlans(this.parts.db);
    await this.parked.takeOver();
    this.tidiedAt = performance.now();
  }

  /**
   * Expiry, windows, signatures and leases are judged by this process's clock and by the database's: while nobody can say
   * which of them is right, nothing ends by time and nothing is started or gone on with.
   */
  private async compareClocks(): Promise<void> {
    const wasInTime = this.isInTime;
    this.isInTime = await agreesOnTime(this.parts.sql, this.parts.now);
    if (wasInTime && !this.isInTime) {
      log.error(
        "the clocks of the runner and of its database are more than 2 minutes apart: no job is started until they agree",
      );
    }
    if (!wasInTime && this.isInTime) log.info("the clocks agree again");
  }

  /** What was begun comes before what is new. */
  private async startJobs(): Promise<void> {
    while (this.hasRoom(this.jobs.size, JOBS_AT_ONCE)) {
      const left = this.parked.take();
      if (left === null) break;
      this.run(left);
    }
    while (this.hasRoom(this.jobs.size, JOBS_AT_ONCE)) {
      const claim = await claimJob(this.parts);
      if (claim === null || claim.kind === "taken") break;
      if (claim.kind === "claimed") this.run(claim.held);
    }
  }

  /** Before the first change of this life: every call that an earlier one left in the air is looked up. */
  private async settleLeft(): Promise<void> {
    const waiting = await this.parked.takeUnsettled().catch((error: unknown) => {
      // Each of them looks up its own call before anything else when it goes on.
      log.error({ problem: describeError(error) }, "what hangs in the air could not be listed");
      return [];
    });
    const settleNext = async (): Promise<void> => {
      for (let held = waiting.pop(); held !== undefined; held = waiting.pop()) {
        if (this.stopping.signal.aborted) this.parked.park(held);
        else if (await this.settleOne(held)) this.parked.park(held);
      }
    };
    await Promise.all(Array.from({ length: SETTLES_AT_ONCE }, settleNext));
    this.isSettled = true;
    this.wake.raise();
  }

  /** True when the job can go on. */
  private async settleOne(held: Lease): Promise<boolean> {
    const stop = new AbortController();
    const settling = settleJob(this.parts, held, stop);
    const done = settling.then(() => undefined);
    this.jobs.set(done, stop);
    try {
      return await settling;
    } finally {
      this.jobs.delete(done);
    }
  }

  private hasRoom(size: number, limit: number): boolean {
    return !this.stopping.signal.aborted && size < limit;
  }

  private run(held: Lease): void {
    const stop = new AbortController();
    // Claimed in the very moment of stopping.
    if (this.stopping.signal.aborted) stop.abort(new RunStopped("handed_back"));
    const running = runJob(this.parts, held, stop);
    this.jobs.set(running, stop);
    void running.finally(() => {
      this.jobs.delete(running);
      this.wake.raise();
    });
  }

  private track(set: Set<Promise<void>>, work: Promise<void>): void {
    set.add(work);
    void work.finally(() => {
      set.delete(work);
      this.wake.raise();
    });
  }

  private async keepClouds(): Promise<void> {
    while (!this.stopping.signal.aborted) {
      const isWell = await refreshClouds(this.parts, this.settings.tenantPool).catch((error: unknown) => {
        log.error({ problem: describeError(error) }, "the clouds could not be looked at");
        return false;
      });
      const pause = isWell ? CLOUDS_EVERY_MS : AWAY_CLOUDS_EVERY_MS;
      await this.parts.wait(pause, this.stopping.signal).catch(() => undefined); // stopping
    }
  }
}
