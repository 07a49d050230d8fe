import { eq } from "drizzle-orm";
import { job } from "#db/schema/job.ts";
import { LEASE_MS } from "#server/domain/job/limits.ts";
import { log } from "#server/log.ts";
import { describeError } from "./database-error.ts";
import { RunStopped } from "./endings.ts";
import { type Lease, renewLease } from "./lease.ts";
import { RENEW_EVERY_MS, WATCH_EVERY_MS } from "./limits.ts";
import type { RunnerParts } from "./parts.ts";

/**
 * Keeps a run's lease alive and looks whether somebody asked to cancel it. Aborts `stop` when it was cancelled, when
 * the lease is lost, and when it could not be renewed for so long that it may be.
 */
export function watchRun(parts: RunnerParts, held: Lease, stop: AbortController): { end(): Promise<void> } {
  const ended = new AbortController();
  const looking = look();

  async function look(): Promise<void> {
    let renewedAt = performance.now();
    while (!ended.signal.aborted && !stop.signal.aborted) {
      try {
        if (performance.now() - renewedAt >= RENEW_EVERY_MS) {
          if (!(await renewLease(parts.db, held))) return stop.abort(new RunStopped("lease_lost"));
          renewedAt = performance.now();
        }
        if (await isCancelled(parts, held.jobId)) return stop.abort(new RunStopped("cancelled"));
      } catch (error) {
        log.warn(
          { problem: describeError(error), jobId: held.jobId },
          "cannot renew the lease of a running job",
        );
      }
      if (performance.now() - renewedAt >= LEASE_MS) return stop.abort(new RunStopped("lease_lost"));
      await parts.wait(WATCH_EVERY_MS, ended.signal).catch(() => undefined); // ended: the loop's condition sees it
    }
  }

  return {
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
