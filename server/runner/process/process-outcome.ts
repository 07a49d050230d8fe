import type { ProcessLimits } from "./process-limits.ts";

/** Which bound a process met. */
export type MetLimit = "time" | "output_bytes" | "output_lines" | "processes";

export type ProcessRefusal =
  "empty" | "nul" | "too_large" | "secret_in_script" | "environment" | "secret_name" | "no_containment";

/** How a process ended. Only `exited` with code 0 is a success, and only the journal makes it one. */
export type ProcessEnd =
  | { kind: "exited"; code: number }
  /** The shell said 128 + n: as a rule, that a signal ended what it ran (POSIX 2.8.2). */
  | { kind: "signalled"; code: number; signal: number }
  | { kind: "limit"; limit: MetLimit }
  | { kind: "cancelled" }
  | { kind: "not_started"; code: string };

export interface ProcessOutcome {
  end: ProcessEnd;
  lines: number;
  bytes: number;
  /** Output was left out: a line was cut, or a bound ended the process. */
  isTruncated: boolean;
  /** Processes that could not be ended; never unknown and unlisted. */
  survivors: readonly number[];
}

const SIGNALLED_FROM = 128;
const SIGNAL_MAX = 64;

/** What the exit of the shell means. A bound that was met, and a cancel, come first: they are why it ended. */
export function judgeExit(seen: {
  code: number | null;
  signal: NodeJS.Signals | null;
  stoppedBy: MetLimit | "cancelled" | null;
}): ProcessEnd {
  const { code, signal, stoppedBy } = seen;
  if (stoppedBy === "cancelled") return { kind: "cancelled" };
  if (stoppedBy !== null) return { kind: "limit", limit: stoppedBy };
  // The guard around the shell was killed from outside.
  if (code === null) return { kind: "not_started", code: signal ?? "unknown" };
  if (code > SIGNALLED_FROM && code <= SIGNALLED_FROM + SIGNAL_MAX) {
    return { kind: "signalled", code, signal: code - SIGNALLED_FROM };
  }
  return { kind: "exited", code };
}

/** One sentence about the end, for the record. */
export function endInWords(end: ProcessEnd, limits: ProcessLimits): string {
  switch (end.kind) {
    case "exited":
      return end.code === 0 ? "The block ended with 0." : `The block ended with ${end.code}.`;
    case "signalled":
      return `The block ended with ${end.code}: signal ${end.signal} ended it or what it ran.`;
    case "limit":
      return `The block was ended: ${limitInWords(end.limit, limits)}.`;
    case "cancelled":
      return "The block was cancelled.";
    case "not_started":
      return `The block's shell did not start or was killed from outside (${end.code}).`;
  }
}

function limitInWords(limit: MetLimit, limits: ProcessLimits): string {
  switch (limit) {
    case "time":
      return `it ran longer than ${Math.round(limits.timeMs / 1000)} seconds`;
    case "output_bytes":
      return `it printed more than ${limits.outputBytes} bytes`;
    case "output_lines":
      return `it printed more than ${limits.outputLines} lines`;
    case "processes":
      return `it started more than ${limits.processes} processes at once`;
  }
}
