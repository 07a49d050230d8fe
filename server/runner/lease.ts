import { and, eq, inArray, sql } from "drizzle-orm";
import type { Db, Tx } from "#db/client.ts";
import { lease } from "#db/schema/job.ts";
import { LEASE_MS } from "#server/domain/job/limits.ts";

/** The right to work in a lane. Every write of a run names it; a newer holder has a higher fencing number. */
export interface Lease {
  lane: string;
  jobId: string;
  fencing: number;
}

export class LeaseLostError extends Error {
  override readonly name = "LeaseLostError";

  constructor(jobId: string) {
    super(
      `The lease of job ${jobId} is lost: another runner may hold its lane. Nothing more is written or sent.`,
    );
  }
}

// The database's clock decides for everybody: runners' clocks may differ.
export const LEASE_EXPIRY = sql`now() + make_interval(secs => ${LEASE_MS / 1000})`;

/** True for a lease row whose holder has lost it by time or is known to have stopped. */
const isVoid = sql`(${lease.expiresAt} <= now() or exists (
  select 1 from runner r where r.id = ${lease.runnerId} and r.stopped_at is not null))`;

export interface WantedLane {
  lane: string;
  jobId: string;
  runnerId: string;
}

/** Takes a free or abandoned lane; null when somebody holds it. */
export async function takeLane(tx: Tx, wanted: WantedLane): Promise<Lease | null> {
  return (await takeLanes(tx, [wanted]))[0] ?? null;
}

/** Takes those of the lanes that are free or abandoned. */
export async function takeLanes(tx: Tx, wanted: readonly WantedLane[]): Promise<Lease[]> {
  if (wanted.length === 0) return [];
  const lanes = wanted.map(({ lane }) => lane);
  // New rows, not updates: only an insert draws a higher fencing number.
  await tx.delete(lease).where(and(inArray(lease.lane, lanes), isVoid));
  return tx
    .insert(lease)
    .values(wanted.map((one) => ({ ...one, acquiredAt: sql`now()`, expiresAt: LEASE_EXPIRY })))
    .onConflictDoNothing()
    .returning({ lane: lease.lane, jobId: lease.jobId, fencing: lease.fencing });
}

/** Extends a lease that is still held; false when it is not. */
export async function renewLease(db: Db, held: Lease): Promise<boolean> {
  const rows = await db
    .update(lease)
    .set({ expiresAt: LEASE_EXPIRY })
    .where(and(isHeld(held), sql`${lease.expiresAt} > now()`))
    .returning({ lane: lease.lane });
  return rows.length === 1;
}

/** Locks the lease row until the transaction ends, so that nobody takes the lane under it. Throws LeaseLostError. */
export async function assertLease(tx: Tx, held: Lease): Promise<void> {
  const rows = await tx
    .select({ lane: lease.lane })
    .from(lease)
    .where(and(isHeld(held), sql`${lease.expiresAt} > now()`))
    .for("share");
  if (rows.length !== 1) throw new LeaseLostError(held.jobId);
}

/** Gives the lane free. Does nothing when it is no longer held. */
export async function releaseLease(tx: Tx | Db, held: Lease): Promise<void> {
  await tx.delete(lease).where(isHeld(held));
}

function isHeld(held: Lease) {
  return and(eq(lease.lane, held.lane), eq(lease.jobId, held.jobId), eq(lease.fencing, held.fencing));
}
