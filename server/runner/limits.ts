import { LEASE_MS } from "#server/domain/job/limits.ts";

/** Three chances to renew before the lease runs out. */
export const RENEW_EVERY_MS = LEASE_MS / 3;
/** A cancel is seen within a second; this leaves room for the query and the wait it interrupts. */
export const WATCH_EVERY_MS = 400;
/** Fallback when a notification was lost, and the pace of retries while the database is away. */
export const POLL_EVERY_MS = 2_000;
export const HEARTBEAT_EVERY_MS = 5_000;
/** Six missed heartbeats: a paused machine gets a chance to come back. */
export const DEAD_AFTER_MS = 30_000;
/** How often the clouds' rows are refreshed. */
export const CLOUDS_EVERY_MS = 60_000;
/** The same while one of them does not answer: people wait for it to come back. */
export const AWAY_CLOUDS_EVERY_MS = 10_000;
/** How often the registers are looked through for what has come due. */
export const REGISTERS_EVERY_MS = 60_000;
/** A cloud's row that no runner has refreshed for so long belongs to none of them. */
export const ABANDONED_AFTER_MS = 3 * CLOUDS_EVERY_MS;
/** A page of output lines is written at most this often: a line is on screen within 150 ms. */
export const FLUSH_EVERY_MS = 20;
export const FLUSH_MAX_LINES = 500;
/** Plans at once in one runner. They only read, and mostly wait for the cloud. */
export const PLANS_AT_ONCE = 6;
/** Jobs at once in one runner, each in a lane of its own. Most of them wait for a cluster, for up to an hour. */
export const JOBS_AT_ONCE = 32;
/** A preview that takes longer is given up: somebody is looking at a spinner. */
export const PLAN_DEADLINE_MS = 60_000;
/** Between the two looks that settle a lost answer: a call still under way in the cloud has ended by then. */
export const PROBE_PAUSE_MS = 1_500;
/** Bytes of a generated password; base64url makes 32 characters of them. */
export const SECRET_BYTES = 24;
/** A job taken over more often than this has something in it that breaks the runner. */
export const RECOVERIES_MAX = 5;
/** How long a job may go on after a stop was asked for, until it is handed back between two calls. */
export const STOP_GRACE_MS = 8_000;
/** Beyond every wait that says nothing meanwhile: a call's own limit, a sign-in before it, and a look after it. */
export const STALLED_AFTER_MS = 10 * 60_000;
/** Taken off a lease when this process asks itself whether it still holds it: for the answer's way and the call's. */
export const LEASE_MARGIN_MS = 2_000;
/** How often a transaction that the database rolled back is made. */
export const TRANSACTION_TRIES = 5;
/** A loop that has not gone round for so long hangs: its process ends, and the next one recovers. */
export const HUNG_AFTER_MS = 90_000;
/** Jobs that one transaction takes over. */
export const TAKEOVER_PAGE = 100;
/** Lost answers looked up at once after a start. */
export const SETTLES_AT_ONCE = 64;
/** How long a run that was cut off may take to notice, until its process no longer waits for it. */
export const CUT_OFF_GRACE_MS = 1_000;
/** Pause between attempts to write down what already happened. */
export const RECORD_RETRY_MS = 500;

/** Between two looks for hosts whose guests are to be looked at again. */
export const OBSERVE_EVERY_MS = 3_000;
/** Before a step is tried again that its plan lists for it. */
export const RETRY_PAUSE_MS = 1_000;
