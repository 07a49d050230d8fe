import type { ChangeEntry } from "./changelog/hardening.ts";
import type { RunningEntry } from "./changelog/running.ts";
import { DECISION_STATUSES, type Decision } from "./decision/decision.ts";
import type { DocfixFinding } from "./docfix/docfix.ts";
import { ITEM_KINDS, type HandoffItem } from "./handoff/item.ts";
import type { SessionEntry } from "./ledger/sessions.ts";
import { CHECK_STATES, DEFERRED_STATES, ROW_STATES, RULING_STATES, WORK_STATES } from "./lifecycle/states.ts";

/**
 * Everything that a register keeps a line of: the six kinds of open items, decisions, rows of the security ledger,
 * entries of changelogs, findings of document fixes, and the index of sessions.
 */
export const RECORD_KINDS = [
  ...ITEM_KINDS,
  "decision",
  "ledger_row",
  "change",
  "running_entry",
  "finding",
  "session",
] as const;
export type RecordKind = (typeof RECORD_KINDS)[number];

/** What a record says, in the form that its document gives it. Where it stands is kept beside it, not in it. */
export type RecordContent =
  | { kind: "item"; item: HandoffItem }
  | { kind: "decision"; decision: Decision }
  | { kind: "ledger_row"; head: string[]; cells: string[] }
  | { kind: "change"; entry: ChangeEntry }
  | { kind: "running_entry"; entry: RunningEntry }
  | { kind: "finding"; finding: DocfixFinding }
  | { kind: "session"; session: SessionEntry };

/** Every state that a record of any kind can have; entries and sessions are `recorded` and stay so. */
export const RECORD_STATES = [
  ...new Set([
    ...WORK_STATES,
    ...CHECK_STATES,
    ...RULING_STATES,
    ...DEFERRED_STATES,
    ...ROW_STATES,
    ...DECISION_STATUSES,
    "recorded" as const,
  ]),
] as const;
export type RecordState = (typeof RECORD_STATES)[number];

/** State in which a record of a kind begins, before anything that its document says of itself. */
export function firstState(kind: RecordKind): RecordState {
  switch (kind) {
    case "H":
    case "V":
    case "R":
    case "D":
    case "C":
    case "finding":
    case "ledger_row":
      return "open";
    case "deferred":
      return "waiting";
    case "decision":
      return "proposed";
    case "change":
    case "running_entry":
    case "session":
      return "recorded";
  }
}
