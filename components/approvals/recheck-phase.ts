import { RECHECK_MAX_AGE_MS } from "#server/domain/job/limits.ts";
import type { PlanState } from "#server/domain/plan/states.ts";

/** Where the comparison of the frozen plan with the cloud stands, as far as it bears on a decision. */
export type RecheckPhase = "none" | "comparing" | "blocked" | "failed" | "drift" | "same" | "old";

export function recheckPhase(
  recheck: { state: PlanState; at: Date; drift: readonly unknown[] } | null,
  now: number,
): RecheckPhase {
  if (recheck === null) return "none";
  if (recheck.state === "requested") return "comparing";
  if (recheck.state !== "ready") return recheck.state;
  if (recheck.drift.length > 0) return "drift";
  return now - recheck.at.getTime() > RECHECK_MAX_AGE_MS ? "old" : "same";
}
