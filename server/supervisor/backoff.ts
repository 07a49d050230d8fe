/** First and longest wait before a process that ended by itself is started again. */
const FIRST_MS = 500;
const LONGEST_MS = 30_000;
/** A process that ran this long was well: its next failure starts from the first wait again. */
export const HEALTHY_AFTER_MS = 60_000;

/** Wait before start number `attempt` after a failure, counted from 1. */
export function backoffMs(attempt: number): number {
  return Math.min(LONGEST_MS, FIRST_MS * 2 ** (Math.max(1, attempt) - 1));
}
