import type { MarkedState } from "#components/ui/state-mark.tsx";
import type { Grade, Marker, MarkerKind } from "#server/domain/marker/compute.ts";
import type { StageState } from "#server/domain/tenant/progress.ts";

type Words = { state: MarkedState; label: string };

const STAGES: Record<StageState, Words> = {
  locked: { state: "locked", label: "Locked" },
  open: { state: "open", label: "Open" },
  waiting: { state: "waiting", label: "Waiting for a second person" },
  approved: { state: "waiting", label: "Waiting to be started" },
  queued: { state: "queued", label: "Queued" },
  running: { state: "running", label: "Running" },
  by_hand: { state: "waiting", label: "Waiting for a step by hand" },
  passed: { state: "passed", label: "Passed" },
  failed: { state: "failed", label: "Failed" },
  unknown: { state: "unknown_outcome", label: "Outcome unknown" },
};

/** Trio and words of a stage of one tenant; a locked one says what it waits for when that is given. */
export function stageWords(state: StageState, opensAfter?: string | null): Words {
  const words = STAGES[state];
  return state === "locked" && opensAfter ? { ...words, label: `Opens after ${opensAfter}` } : words;
}

const MARKERS: Record<MarkerKind, Words & { means: string }> = {
  validated: {
    state: "passed",
    label: "Validated",
    means: "A recorded run of exactly this text on this cloud was green.",
  },
  corrected_pending: {
    state: "corrected",
    label: "Corrected, not re-run",
    means:
      "It was proven with another text, or an earlier stage was corrected since. The next green run proves it.",
  },
  procedure_pending: {
    state: "never_run",
    label: "Never run",
    means: "No green run of this stage is recorded on this cloud.",
  },
  refuted: {
    state: "failed",
    label: "Refuted",
    means: "Something observed since says that the text does not hold.",
  },
};

const BY_HAND: Partial<Record<MarkerKind, Words & { means: string }>> = {
  procedure_pending: {
    state: "by_hand",
    label: "Done by hand",
    means: "It came to its end with what people did themselves. No machine has reproduced the text.",
  },
  corrected_pending: {
    state: "corrected",
    label: "Corrected, not re-run, done by hand",
    means:
      "It was proven with another text. This one came to its end with what people did themselves; no machine has reproduced it.",
  },
};

/** Trio, words and meaning of what is proven about a stage's text. */
export function markerWords(marker: Pick<Marker, "kind" | "isByHand"> | null) {
  const kind = marker?.kind ?? "procedure_pending";
  return (marker?.isByHand === true ? BY_HAND[kind] : undefined) ?? MARKERS[kind];
}

const GRADES: Record<Grade, { words: string; short: string } | null> = {
  none: null,
  read_through: { words: "read through", short: "read" },
  reproduced: { words: "commands reproduced", short: "reproduced" },
  reproduced_here: { words: "reproduced for this tenant", short: "reproduced here" },
};

/** How much is proven: in full, and in a word where there is little room; null where nothing is. */
export function gradeWords(marker: Pick<Marker, "grade"> | null) {
  return GRADES[marker?.grade ?? "none"];
}

/** "run by Olivia Operator, approved by Rita Reviewer", "by Rita Reviewer", or null when nothing is proven. */
export function markerPeople(marker: Marker | null): string | null {
  if (marker === null) return null;
  const { run, readBy } = marker;
  if (run === null) return readBy.length === 0 ? null : `by ${readBy.join(", ")}`;
  return `run by ${run.requestedBy}${run.approvedBy === null ? "" : `, approved by ${run.approvedBy}`}`;
}

/** The stage's number as people write it: `6-7` in addresses is 6/7. */
export function stageNumber(key: string): string {
  return key.replace("-", "/");
}
