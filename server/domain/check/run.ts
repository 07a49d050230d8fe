/** requested --a runner--> running --> finished;  requested --cancel, or not allowed any more--> finished. */
export const RUN_STATES = ["requested", "running", "finished"] as const;

/**
 * How a run ended. Only `exited` has a result that can be judged: what was cut off, cancelled or lost has shown nothing.
 */
export const RUN_ENDS = [
  "exited",
  "signalled",
  "limit",
  "cancelled",
  "unreachable",
  "not_started",
  "refused",
  "lost",
] as const;
export type RunEnd = (typeof RUN_ENDS)[number];

/** Everything that one check may print, in bytes and lines; more ends it. */
export const RUN_OUTPUT_BYTES = 4 * 1024 * 1024;
export const RUN_OUTPUT_LINES = 50_000;
/** Runs of one item in its list. */
export const RUNS_LISTED = 20;
/** How long a run may wait for a runner before it is too late to mean anything. */
export const RUN_WAITS_MS = 15 * 60 * 1000;
/** People who have to attest a block as read-only. */
export const ATTESTERS_NEEDED = 2;
