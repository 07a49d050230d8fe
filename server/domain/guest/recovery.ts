/** How long a host's recovery mode may be armed, in seconds. */
const SHORTEST_S = 60;
const LONGEST_S = 4 * 60 * 60;
const USUAL_S = 30 * 60;

/** For how many whole seconds recovery mode is armed: what was asked for, held within a minute and four hours. */
export function clampRecovery(seconds: number | undefined): number {
  if (seconds === undefined || Number.isNaN(seconds)) return USUAL_S;
  return Math.round(Math.min(LONGEST_S, Math.max(SHORTEST_S, seconds)));
}
