import { eq } from "drizzle-orm";
import { lease } from "#db/schema/job.ts";
import { LEASE_MS } from "#server/domain/job/limits.ts";
import type { Boundary } from "#server/runner/boundaries.ts";
import { claimJob } from "#server/runner/claim.ts";
import { RunStopped } from "#server/runner/endings.ts";
import { runJob } from "#server/runner/executor.ts";
import type { Lease } from "#server/runner/lease.ts";
import { leaveRunner } from "#server/runner/presence.ts";
import type { RunnerParts } from "#server/runner/parts.ts";
import { recoverJobs } from "#server/runner/recovery.ts";
import { shortWait } from "./faulty-runner.ts";
import type { Bench } from "./runner-bench.ts";

const IN_A_TRANSACTION: ReadonlySet<Boundary> = new Set([
  "before consumed",
  "after consumed",
  "before recovered",
]);

/** More boundaries than a run of a small stage meets, so that some lives go on to the end. */
const POINTS_MAX = 45;

/**
 * A runner that lives many short lives: each takes up what there is, and ends at a boundary drawn at random, or runs to
 * the end. Some are not killed but stand still until another one has taken over, and then go on as if nothing had been.
 */
export class RandomRunner {
  killCount = 0;
  pauseCount = 0;
  private readonly bench: Bench;
  private readonly random: () => number;
  private readonly paused = new Set<Promise<void>>();
  private isOver = false;

  constructor(bench: Bench, seed: number) {
    this.bench = bench;
    this.random = seededRandom(seed);
  }

  stop(): void {
    this.isOver = true;
  }

  async work(): Promise<void> {
    while (!this.isOver) await this.live();
    await Promise.all(this.paused);
  }

  private async live(): Promise<void> {
    const fate = this.random() < 0.35 ? "pause" : "kill";
    const dieAt = 1 + Math.floor(this.random() * POINTS_MAX);
    const stillFor = 20 + this.random() * 400;
    const stop = new AbortController();
    const reached = Promise.withResolvers<void>();
    const woken = Promise.withResolvers<void>();
    let passed = 0;
    let sleptMs = 0;
    const parts = await this.bench.otherParts({
      wait: shortWait,
      now: () => new Date(Date.now() + sleptMs),
      boundary: async (point) => {
        if ((passed += 1) !== dieAt) return;
        reached.resolve();
        // The database ends the transaction of a process that is gone.
        if (IN_A_TRANSACTION.has(point)) throw new Error("killed");
        if (fate === "kill") return new Promise(() => undefined);
        await woken.promise;
      },
    });
    const held = await this.takeUp(parts, reached.promise);
    if (held === null) {
      // Nothing to do, or gone while it took something: then its lease is void with it.
      await leaveRunner(parts);
      woken.resolve();
      return shortWait(5 + this.random() * 30);
    }
    const running = runJob(parts, held, stop);
    const isHit = await Promise.race([reached.promise.then(() => true), running.then(() => false)]);
    if (!isHit) return;
    await this.expire(held);
    if (fate === "kill") {
      this.killCount += 1;
      stop.abort(new RunStopped("lease_lost"));
      return;
    }
    this.pauseCount += 1;
    // Asleep for longer than its lease, by its own clock as well.
    sleptMs = 2 * LEASE_MS;
    const waking = shortWait(stillFor).then(() => {
      woken.resolve();
      return running;
    });
    this.paused.add(waking);
    void waking.finally(() => this.paused.delete(waking));
  }

  private async takeUp(parts: RunnerParts, reached: Promise<void>): Promise<Lease | null> {
    const taking = recoverJobs(parts, 1).then(async ([left]) => {
      if (left) return left;
      const claim = await claimJob(parts);
      return claim?.kind === "claimed" ? claim.held : null;
    });
    return Promise.race([taking.catch(() => null), reached.then(() => null)]);
  }

  private async expire(held: Lease): Promise<void> {
    await this.bench.database.db
      .update(lease)
      .set({ expiresAt: new Date(0) })
      .where(eq(lease.fencing, held.fencing));
  }
}

/** Mulberry32: the same lives for the same seed, as far as the machine's own timing allows. */
function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
