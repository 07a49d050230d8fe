import { type MarkedState, StateMark } from "#components/ui/state-mark.tsx";
import type { JobState, Resolution } from "#server/domain/job/states.ts";

type Look = { state: MarkedState; label: string };

const looks: Record<JobState, Look> = {
  awaiting_approval: { state: "waiting", label: "Waiting for a second person" },
  awaiting_signature: { state: "waiting", label: "Waiting for a signature" },
  approved: { state: "waiting", label: "Approved, waiting to be started" },
  queued: { state: "queued", label: "Queued" },
  running: { state: "running", label: "Running" },
  awaiting_person: { state: "waiting", label: "Waiting for a step by hand" },
  succeeded: { state: "passed", label: "Passed" },
  failed: { state: "failed", label: "Failed" },
  refused: { state: "denied", label: "Denied before it ran" },
  cancelled: { state: "cancelled", label: "Cancelled" },
  outcome_unknown: { state: "unknown_outcome", label: "Outcome unknown" },
  rejected: { state: "denied", label: "Refused by the reviewer" },
  withdrawn: { state: "cancelled", label: "Withdrawn" },
  expired: { state: "expired", label: "Expired" },
};

export const RESOLUTION_WORDS: Record<Resolution, string> = {
  happened: "it happened",
  did_not_happen: "it did not happen",
  partly: "a part of it happened",
};

type JobMarkProps = {
  state: JobState;
  /** What two people settled an unknown outcome as, or null. */
  resolution?: Resolution | null;
  size?: "sm" | "md" | "lg";
};

/** Where a job stands: the same glyph, word and colour wherever a job is named. */
export function JobMark({ state, resolution = null, size = "md" }: JobMarkProps) {
  const look = looks[state];
  const label = resolution === null ? look.label : `Outcome settled: ${RESOLUTION_WORDS[resolution]}`;
  return <StateMark state={look.state} label={label} size={size} />;
}
