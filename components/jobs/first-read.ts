import { OUTPUT_PAGE_LINES } from "#server/domain/job/limits.ts";
import type { JobState } from "#server/domain/job/states.ts";

/** Where the first read of an output begins: a job that writes is followed at its end, one that is over is read. */
export function firstReadAfter(state: JobState, lastLine: number): number {
  return state === "running" ? Math.max(0, lastLine - OUTPUT_PAGE_LINES) : 0;
}
