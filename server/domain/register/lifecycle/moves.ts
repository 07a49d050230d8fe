import { DECISION_STATUSES } from "../decision/decision.ts";
import type { RecordKind, RecordState } from "../record.ts";
import {
  CHECK_STATES,
  CHECK_TRANSITIONS,
  DECISION_TRANSITIONS,
  DEFERRED_STATES,
  DEFERRED_TRANSITIONS,
  ROW_STATES,
  ROW_TRANSITIONS,
  WORK_STATES,
  WORK_TRANSITIONS,
} from "./states.ts";

/**
 * States that a person may move a record to from here, by its kind's table and without what has an act of its own: a
 * ruling, a result, an accepted risk, or time.
 */
export function movesOf(kind: RecordKind, state: RecordState): RecordState[] {
  switch (kind) {
    case "H":
    case "D":
    case "C":
    case "finding":
      return from(WORK_STATES, WORK_TRANSITIONS, state);
    case "deferred":
      return from(DEFERRED_STATES, DEFERRED_TRANSITIONS, state).filter((to) => to !== "fired");
    case "V":
      return from(CHECK_STATES, CHECK_TRANSITIONS, state).filter((to) => to === "retired" || to === "open");
    case "ledger_row":
      return from(ROW_STATES, ROW_TRANSITIONS, state).filter((to) => to === "closed" || to === "open");
    case "decision":
      return ofDecision(state);
    case "R":
    case "change":
    case "running_entry":
    case "session":
      return [];
  }
}

function ofDecision(state: RecordState): RecordState[] {
  const moves = from(DECISION_STATUSES, DECISION_TRANSITIONS, state);
  if (state === "proposed") return moves.filter((to) => to === "closed");
  return state === "deferred" ? moves.filter((to) => to === "proposed") : moves;
}

function from<T extends RecordState>(
  states: readonly T[],
  transitions: Record<T, readonly RecordState[]>,
  state: RecordState,
): RecordState[] {
  const known = states.find((one) => one === state);
  return known === undefined ? [] : [...transitions[known]];
}
