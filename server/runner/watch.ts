import { eq } from "drizzle-orm";
import { job } from "#db/schema/job.ts";
import { LEASE_MS } from "#server/domain/job/limits.ts";
import { log } from "#server/log.ts";
import { describeError } from "./database-error.ts";
import { isGivenUp, RunStopped } from "./endings.ts";
import { type Lease, renewLease } from "./lease.ts";
import { LEASE_MARGIN_MS, RENEW_EVERY_MS, WATCH_EVERY_MS } from "./limits.ts";
import type { RunnerParts } from "./parts.ts";

export interface Watch {
  /**
   * Whether this process can still say that the lease is its own, by its own clocks and without asking. False as soon
   * as the last renewal is too old, also when the process, or the whole machine, was asleep meanwhile.
   */
  isCertain(): boolean;
  /** The run did something. */
  touch(): void;
  end(): Promise<void>;
}

/**
 * Keeps a run's lease alive and looks whether somebody asked to cancel it. Aborts `stop` when it was cancelled, when
 * the lease is lost or may be, and when the run has not moved for too long. Resolves once the lease was renewed for
 * the first time, or could not be.
 */
export async function watchRun(parts: RunnerParts, held: Lease, stop: AbortController): Promise<Watch> {
  const ended = new AbortController();
  let renewedAt = { steady: Number.NEGATIVE_INFINITY, wall: Number.NEGATIVE_INFINITY };
  let touchedAt = performance.now();

  const clocks = () => ({ steady: performance.now(), wall: parts.now().getTime() });
  // The steady clock stands still while a machine sleeps, and the other one may be set: the larger one counts.
  const sinceRenewal = () => {
    const { steady, wall } = clocks();
    return Math.max(steady - renewedAt.steady, wall - renewedAt.wall);
  };
  const isCertain = () => sinceRenewal() < LEASE_MS - LEASE_MARGIN_MS;

  async function renew(): Promise<void> {
    const askedAt = clocks();
    if (await renewLease(parts.db, held)) renewedAt = askedAt;
    else stop.abort(new RunStopped("lease_lost"));
  }

  async function lookOnce(): Promise<void> {
    try {
      if (sinceRenewal() >= RENEW_EVERY_MS) await renew();
      if (!stop.signal.aborted && (await isCancelled(parts, held.jobId)))
        stop.abort(new RunStopped("cancelled"));
    } catch (error) {
      log.warn(
        { problem: describeError(error), jobId: held.jobId },
        "cannot renew the lease of a running job",
      );
    }
    if (!isCertain()) stop.abort(new RunStopped("lease_lost"));
    if (performance.now() - touchedAt >= parts.patience.stalledAfterMs) stop.abort(new RunStopped("stalled"));
  }

  async function keepLooking(): Promise<void> {
    // A run that was cancelled or handed back holds its lane until the call it is in has ended.
    while (!ended.signal.aborted && !isGivenUp(stop.signal)) {
      await parts.wait(WATCH_EVERY_MS, ended.signal).catch(() => undefined); // ended: the loop's condition sees it
      if (!ended.signal.aborted) await lookOnce();
    }
  }

  await lookOnce();
  const looking = keepLooking();
  return {
    isCertain,
    touch() {
      touchedAt = performance.now();
    },
    async end() {
      ended.abort();
      await looking;
    },
  };
}

async function isCancelled(parts: RunnerParts, jobId: string): Promise<boolean> {
  const [row] = await parts.db.select({ at: job.cancelRequestedAt }).from(job).where(eq(job.id, jobId));
  return row !== undefined && row.at !== null;
}
