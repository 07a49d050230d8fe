import type { JobState } from "../job/states.ts";

/** What the stage rail and the board show of one stage of one tenant. */
export const STAGE_STATES = [
  "locked",
  "open",
  "waiting",
  "approved",
  "queued",
  "running",
  "by_hand",
  "passed",
  "failed",
  "unknown",
] as const;
export type StageState = (typeof STAGE_STATES)[number];

/** The facts of one job that progress is computed from. */
export interface StageJob {
  id: string;
  number: number;
  stageKey: string;
  state: JobState;
  /** It got as far as running, so the cloud may have changed. */
  wasStarted: boolean;
  isResolved: boolean;
}

export interface StageProgress {
  state: StageState;
  /** The job behind the state, or null. */
  jobId: string | null;
  /** True when this stage's last finished run was green: the next stage may open. */
  isPassed: boolean;
  /** True when something may be planned for it now. */
  isOpen: boolean;
}

/**
 * Progress of every stage in order. The newest run decides: a green one opens the next stage, a later failed, cancelled
 * or unknown one closes it and all after it again.
 */
export function stageProgress(
  stageKeys: readonly string[],
  jobs: readonly StageJob[],
): Map<string, StageProgress> {
  const progress = new Map<string, StageProgress>();
  let isReachable = true;
  for (const key of stageKeys) {
    const own = jobs.filter((job) => job.stageKey === key).sort((a, b) => b.number - a.number);
    const stage = ofStage(own, isReachable);
    progress.set(key, stage);
    isReachable = isReachable && stage.isPassed;
  }
  return progress;
}

function ofStage(newestFirst: readonly StageJob[], isReachable: boolean): StageProgress {
  const decisive = newestFirst.find((job) => verdictOf(job) !== null);
  const verdict = decisive ? verdictOf(decisive) : null;
  const isPassed = verdict === "passed";
  const live = newestFirst.find((job) => LIVE[job.state] !== undefined);
  const isUnknown = newestFirst.some((job) => job.state === "outcome_unknown" && !job.isResolved);
  const isOpen = isReachable && !live && !isUnknown;
  const liveState = live ? LIVE[live.state] : undefined;
  if (live && liveState) return { state: liveState, jobId: live.id, isPassed, isOpen };
  if (decisive && verdict) return { state: verdict, jobId: decisive.id, isPassed, isOpen };
  return { state: isReachable ? "open" : "locked", jobId: null, isPassed, isOpen };
}

const LIVE: Partial<Record<JobState, StageState>> = {
  awaiting_approval: "waiting",
  awaiting_signature: "waiting",
  approved: "approved",
  queued: "queued",
  running: "running",
  awaiting_person: "by_hand",
};

function verdictOf(job: StageJob): "passed" | "failed" | "unknown" | null {
  switch (job.state) {
    case "succeeded":
      return "passed";
    case "failed":
      return "failed";
    case "outcome_unknown":
      return job.isResolved ? "failed" : "unknown";
    case "cancelled":
    case "refused":
      // Cancelled or refused before it ran changes nothing; cut short while running leaves the stage unproven.
      return job.wasStarted && job.state === "cancelled" ? "failed" : null;
    case "awaiting_approval":
    case "awaiting_signature":
    case "approved":
    case "queued":
    case "running":
    case "awaiting_person":
    case "rejected":
    case "withdrawn":
    case "expired":
      return null;
  }
}
