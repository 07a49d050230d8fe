import { stateOf } from "./decision/view.ts";
import type { Decision } from "./decision/decision.ts";
import type { HandoffItem } from "./handoff/item.ts";
import { readLead } from "./handoff/lead.ts";
import { statedState } from "./handoff/view.ts";
import { isClosedWord } from "./ledger/security.ts";
import { firstState, type RecordKind, type RecordState } from "./record.ts";

/** States in which nothing is left to do, unless time or somebody brings the record back. */
const SETTLED: Record<RecordKind, readonly RecordState[]> = {
  H: ["done", "dropped"],
  V: ["passed", "risk_accepted", "retired"],
  R: ["adopted", "amended", "rejected"],
  D: ["done", "dropped"],
  C: ["done", "dropped"],
  deferred: ["taken_up", "dropped"],
  decision: ["adopted", "amended", "superseded", "closed", "rejected"],
  ledger_row: ["closed", "risk_accepted"],
  change: ["recorded"],
  running_entry: ["recorded"],
  finding: ["done", "dropped"],
  session: ["recorded"],
};

/** Whether a record counts as closed in this state. */
export const isSettled = (kind: RecordKind, state: RecordState): boolean => SETTLED[kind].includes(state);

/** State in which an item comes in: what its title says of itself, where its kind has such a state. */
export function stateOfItem(item: HandoffItem): RecordState {
  const lead = readLead(item).state;
  if (lead !== null) return lead;
  const stated = statedState(item);
  const first = firstState(item.kind);
  if (stated === null) return first;
  switch (item.kind) {
    case "H":
    case "D":
    case "C":
      return stated === "deferred" ? "deferred" : stated === "superseded" ? "dropped" : "done";
    case "V":
      // Words are no result: a check that is called done still has to be seen to pass.
      if (stated === "risk_accepted") return "risk_accepted";
      return stated === "automated" || stated === "retired" || stated === "superseded" ? "retired" : first;
    case "R":
      if (stated === "deferred") return "deferred";
      return stated === "superseded" || stated === "retired" ? "rejected" : "adopted";
    case "deferred":
      return stated === "deferred" || stated === "ruled" ? first : "dropped";
  }
}

/** Status of a decision by its own words; one that says nothing known is open. */
export const stateOfDecision = (decision: Decision): RecordState => stateOf(decision).status ?? "proposed";

/** State of a ledger's row by the words of its state cell. */
export function stateOfRow(cell: string): "open" | "closed" | "risk_accepted" {
  if (/\baccepted\b/i.test(cell.slice(0, 60))) return "risk_accepted";
  return isClosedWord(cell) ? "closed" : "open";
}
