import { and, eq, inArray, sql } from "drizzle-orm";
import { alias } from "drizzle-orm/pg-core";
import { journalEntry, lease } from "#db/schema/job.ts";
import { log } from "#server/log.ts";
import { describeError } from "./database-error.ts";
import { LEASE_EXPIRY, type Lease } from "./lease.ts";
import { RENEW_EVERY_MS, TAKEOVER_PAGE } from "./limits.ts";
import type { RunnerParts } from "./parts.ts";
import { recoverJobs } from "./recovery.ts";

/**
 * Jobs that were taken over and wait until there is room to go on with them. Their lanes are this runner's meanwhile,
 * so nobody else looks at them in vain.
 */
export class ParkedJobs {
  private readonly parts: RunnerParts;
  private readonly held = new Map<string, Lease>();
  private renewedAt = performance.now();

  constructor(parts: RunnerParts) {
    this.parts = parts;
  }

  /** Takes over every job that nobody works on; resolves to their number. */
  async takeOver(): Promise<number> {
    for (let count = 0; ;) {
      // A slow database must not lose at one end what is taken at the other.
      if (performance.now() - this.renewedAt >= RENEW_EVERY_MS) await this.renew();
      const taken = await recoverJobs(this.parts, TAKEOVER_PAGE);
      for (const one of taken) {
        log.warn({ jobId: one.jobId }, "took over a job that its runner left");
        this.held.set(one.jobId, one);
      }
      count += taken.length;
      if (taken.length < TAKEOVER_PAGE) return count;
    }
  }

  /** The next one to go on with; from then on its lease is the caller's. */
  take(): Lease | null {
    for (const [jobId, one] of this.held) {
      this.held.delete(jobId);
      return one;
    }
    return null;
  }

  /** Takes those out of which a call hangs in the air: announced, and nothing known of it since. */
  async takeUnsettled(): Promise<Lease[]> {
    const outcome = alias(journalEntry, "outcome");
    const rows = await this.parts.db
      .selectDistinct({ jobId: journalEntry.jobId })
      .from(journalEntry)
      .where(
        and(
          eq(journalEntry.kind, "intent"),
          inArray(journalEntry.jobId, [...this.held.keys()]),
          sql`not exists (select 1 from ${journalEntry} ${outcome} where ${outcome.jobId} = ${journalEntry.jobId}
            and ${outcome.callId} = ${journalEntry.callId} and ${outcome.kind} = 'outcome' and ${outcome.seq} > ${journalEntry.seq})`,
        ),
      );
    return rows.flatMap(({ jobId }) => {
      const one = this.held.get(jobId);
      this.held.delete(jobId);
      return one ? [one] : [];
    });
  }

  /** Puts one back that is settled and still held. */
  park(one: Lease): void {
    this.held.set(one.jobId, one);
  }

  /** Renews what waits until the signal is aborted. What is lost meanwhile is somebody else's. */
  async keep(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.parts.wait(RENEW_EVERY_MS, signal).catch(() => undefined); // aborted: the loop's condition sees it
      if (!signal.aborted && this.held.size > 0) await this.renew();
    }
  }

  /** Gives every lane free that still waits. */
  async release(): Promise<void> {
    const fencings = [...this.held.values()].map(({ fencing }) => fencing);
    this.held.clear();
    if (fencings.length > 0) await this.parts.db.delete(lease).where(inArray(lease.fencing, fencings));
  }

  private async renew(): Promise<void> {
    const fencings = [...this.held.values()].map(({ fencing }) => fencing);
    this.renewedAt = performance.now();
    try {
      const kept = await this.parts.db
        .update(lease)
        .set({ expiresAt: LEASE_EXPIRY })
        .where(and(inArray(lease.fencing, fencings), sql`${lease.expiresAt} > now()`))
        .returning({ jobId: lease.jobId });
      const known = new Set(kept.map(({ jobId }) => jobId));
      for (const [jobId, { fencing }] of this.held) {
        if (fencings.includes(fencing) && !known.has(jobId)) this.held.delete(jobId);
      }
    } catch (error) {
      log.warn({ problem: describeError(error) }, "cannot renew the leases of waiting jobs");
    }
  }
}
