/** How often a host may be looked at, in seconds. */
const SHORTEST_S = 60;
const LONGEST_S = 3600;

/** What a document that names no interval gets, in seconds. */
const USUAL_S = 300;

/** The interval of a host's reconcile loop, in whole seconds: what was asked for, held within 60 to 3600. */
export function clampInterval(seconds: number | undefined): number {
  if (seconds === undefined || Number.isNaN(seconds)) return USUAL_S;
  return Math.round(Math.min(LONGEST_S, Math.max(SHORTEST_S, seconds)));
}

/**
 * Whole seconds from one look at a host to the next: its interval, and where it could not be read for as long again as it
 * has not been, so that each pause is about twice the one before it, up to an hour.
 */
export function pauseAfterLook(
  intervalSeconds: number,
  look: { failed: boolean; triedAt: Date; readAt: Date | null },
): number {
  if (!look.failed || look.readAt === null) return intervalSeconds;
  const failingSeconds = (look.triedAt.getTime() - look.readAt.getTime()) / 1000;
  return clampInterval(Math.max(intervalSeconds, failingSeconds));
}
