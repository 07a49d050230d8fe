import type { MarkedState } from "#components/ui/state-mark.tsx";
import type { RecordKind, RecordState } from "#server/domain/register/record.ts";

/** What one line of each kind is called, and many. */
export const KIND_WORDS: Record<RecordKind, { one: string; many: string }> = {
  H: { one: "Immediate", many: "Immediate items" },
  V: { one: "Check", many: "Checks" },
  R: { one: "Ruling", many: "Rulings" },
  D: { one: "Deploy path", many: "Deploy path" },
  C: { one: "Close checklist", many: "Close checklist" },
  deferred: { one: "Deferred", many: "Deferred items" },
  decision: { one: "Decision", many: "Decisions" },
  ledger_row: { one: "Security", many: "Security ledger" },
  change: { one: "Change", many: "Changes" },
  running_entry: { one: "Running entry", many: "Running entries" },
  finding: { one: "Finding", many: "Findings" },
  session: { one: "Session", many: "Sessions" },
};

/** Glyph and word of every state that a line of a register can have. */
export const STATE_WORDS: Record<RecordState, { mark: MarkedState; word: string }> = {
  open: { mark: "open", word: "Open" },
  in_progress: { mark: "running", word: "In progress" },
  done: { mark: "passed", word: "Done" },
  deferred: { mark: "expired", word: "Deferred" },
  dropped: { mark: "cancelled", word: "Dropped" },
  passed: { mark: "passed", word: "Passed" },
  failed: { mark: "failed", word: "Failed" },
  risk_accepted: { mark: "corrected", word: "Risk accepted" },
  stale: { mark: "unknown_outcome", word: "Stale" },
  expired: { mark: "unknown_outcome", word: "Risk expired" },
  retired: { mark: "cancelled", word: "Retired" },
  adopted: { mark: "passed", word: "Adopted" },
  amended: { mark: "passed", word: "Amended" },
  rejected: { mark: "denied", word: "Rejected" },
  waiting: { mark: "queued", word: "Waiting for its trigger" },
  fired: { mark: "waiting", word: "Trigger fired" },
  taken_up: { mark: "passed", word: "Taken up" },
  proposed: { mark: "waiting", word: "Proposed" },
  superseded: { mark: "cancelled", word: "Superseded" },
  closed: { mark: "passed", word: "Closed" },
  recorded: { mark: "already_so", word: "Recorded" },
};
