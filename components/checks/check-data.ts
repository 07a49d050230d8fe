import type { inferRouterOutputs } from "@trpc/server";
import type { AppRouter } from "#server/api/root.ts";
import type { MarkedState } from "#components/ui/state-mark.tsx";

type Outputs = inferRouterOutputs<AppRouter>;

export type Check = Outputs["checks"]["get"];
export type CheckRun = Check["runs"][number];
export type ListedCheck = Outputs["checks"]["list"]["checks"][number];
export type HostPage = Outputs["hosts"]["list"];
export type HostRow = HostPage["hosts"][number];

type Mark = { state: MarkedState; label: string };

const STATES: Record<string, Mark> = {
  open: { state: "never_run", label: "Never run" },
  passed: { state: "passed", label: "Passed" },
  failed: { state: "failed", label: "Failed" },
  risk_accepted: { state: "waiting", label: "Risk accepted" },
  stale: { state: "expired", label: "Stale" },
  expired: { state: "expired", label: "Acceptance expired" },
  retired: { state: "cancelled", label: "Retired" },
};

/** The state of a check as it stands at this moment: what was passed and counts no more looks stale. */
export function markOf(check: { state: string; standing: ListedCheck["standing"] }): Mark {
  const isOver = check.standing.staleBecause !== null && check.state === "passed";
  if (isOver) return { state: "expired", label: "Passed, now stale" };
  if (check.state === "open" && check.standing.lastRunAt !== null) {
    return { state: "waiting", label: "Waiting to be judged" };
  }
  return STATES[check.state] ?? { state: "unknown_outcome", label: check.state };
}

const ENDS: Record<NonNullable<CheckRun["ending"]>, MarkedState> = {
  exited: "open",
  signalled: "failed",
  limit: "failed",
  cancelled: "cancelled",
  unreachable: "failed",
  not_started: "failed",
  refused: "denied",
  lost: "unknown_outcome",
};

/** How a run ended, or where it is. */
export function markOfRun({ state, ending, exitCode, assertions }: CheckRun): Mark {
  if (state === "requested") return { state: "queued", label: "Queued" };
  if (state === "running" || ending === null) return { state: "running", label: "Running" };
  if (ending === "exited" && assertions !== null) {
    return assertions.every(({ holds }) => holds)
      ? { state: "passed", label: "Passed" }
      : { state: "failed", label: "Failed" };
  }
  return {
    state: ENDS[ending],
    label: ending === "exited" ? `Ended with ${exitCode}, not judged` : WORDS[ending],
  };
}

const WORDS: Record<NonNullable<CheckRun["ending"]>, string> = {
  exited: "Ended",
  signalled: "Failed: ended by a signal",
  limit: "Failed: cut off",
  cancelled: "Cancelled",
  unreachable: "Failed: host not reached",
  not_started: "Failed: not started",
  refused: "Denied: not started",
  lost: "Outcome unknown: lost",
};
