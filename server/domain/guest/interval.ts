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
