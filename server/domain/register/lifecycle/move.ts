import type { RecordKind, RecordState } from "../record.ts";
import type { DecisionStatus } from "../decision/decision.ts";
import { DECISION_STATUSES } from "../decision/decision.ts";
import { decideCheckMove } from "./check.ts";
import { decideRowMove } from "./ledger-row.ts";
import { decideDecisionMove } from "./ruling.ts";
import { CHECK_STATES, DEFERRED_STATES, ROW_STATES, WORK_STATES } from "./states.ts";
import { decideDeferredMove } from "./trigger.ts";
import type { TriggerInput } from "./trigger-schema.ts";
import { refusal, type RegisterVerdict } from "./verdict.ts";
import { type AcceptPoint, decideWorkMove } from "./work.ts";

export interface MoveFacts {
  code: string;
  kind: RecordKind;
  state: RecordState;
  isChange: boolean;
  ownerId: string | null;
  points: readonly AcceptPoint[];
  changeEntry: { id: string; hasRevert: boolean } | null;
  /** Codes of what it waits for. */
  blockedBy: readonly string[];
  /** What a proposal holds back in the cloud, in words. */
  covers: readonly string[];
}

export interface WantedMove {
  to: RecordState;
  reason: string | null;
  trigger: TriggerInput | null;
  evidence: { kind: string; id: string } | null;
  successor: string | null;
}

const isOneOf = <T extends string>(all: readonly T[], state: string): state is T =>
  all.some((one) => one === state);

/**
 * Whether a person may move a record so, by the lifecycle of its kind. What is ruled, checked or accepted as a risk has
 * acts of its own, with a reason and a second person where one is asked for: it is no mere move.
 */
export function decideLifecycleMove(facts: MoveFacts, move: WantedMove): RegisterVerdict {
  const { code: id, kind, state: from } = facts;
  const never = (says: string) => refusal("not_from_here", says);
  const foreign = never(`${id} is ${from} and cannot become ${move.to}.`);
  switch (kind) {
    case "H":
    case "D":
    case "C":
    case "finding":
      return isOneOf(WORK_STATES, from) && isOneOf(WORK_STATES, move.to)
        ? decideWorkMove(
            { ...facts, id, state: from, accept: facts.points },
            { to: move.to, reason: move.reason, trigger: triggerWords(move.trigger) },
          )
        : foreign;
    case "deferred":
      if (move.to === "fired") return never(`${id} fires by its trigger and not by a person.`);
      return isOneOf(DEFERRED_STATES, from) && isOneOf(DEFERRED_STATES, move.to)
        ? decideDeferredMove(
            { id, state: from },
            { to: move.to, reason: move.reason, trigger: triggerWords(move.trigger) },
          )
        : foreign;
    case "V":
      return isOneOf(CHECK_STATES, from) ? decideOfCheck(facts, from, move) : foreign;
    case "R":
      return never(`${id} moves by a ruling.`);
    case "ledger_row":
      return isOneOf(ROW_STATES, from) ? decideOfRow(facts, from, move) : foreign;
    case "decision":
      return isOneOf(DECISION_STATUSES, from) && isOneOf(DECISION_STATUSES, move.to)
        ? decideOfDecision(facts, from, { ...move, to: move.to })
        : foreign;
    case "change":
    case "running_entry":
    case "session":
      return never(`${id} is recorded and stays so.`);
  }
}

/** What waits by a confirmed link does not close, whatever its kind. */
export const waitsFor = (id: string, blockedBy: readonly string[]): RegisterVerdict =>
  refusal("blocked", `${id} waits for ${blockedBy.join(", ")}.`);

const triggerWords = (trigger: TriggerInput | null) => (trigger === null ? null : trigger.kind);

function decideOfCheck(
  { code: id }: MoveFacts,
  state: (typeof CHECK_STATES)[number],
  { to, reason }: WantedMove,
): RegisterVerdict {
  if (to !== "retired" && to !== "open") {
    return refusal("not_from_here", `${id} becomes ${to} by a result or an accepted risk, not by a move.`);
  }
  const facts = { id, state, freshForMs: 0, mustDifferFrom: null, lastRun: null, targetChangedAt: null };
  return decideCheckMove(facts, { to, reason, by: "" }, new Date(0));
}

function decideOfRow(
  { code: id, ownerId: owner, blockedBy }: MoveFacts,
  state: (typeof ROW_STATES)[number],
  { to, reason, evidence }: WantedMove,
): RegisterVerdict {
  if (to !== "closed" && to !== "open") {
    return refusal("not_from_here", `${id} becomes ${to} by an accepted risk or its end, not by a move.`);
  }
  if (to === "closed" && blockedBy.length > 0) return waitsFor(id, blockedBy);
  const move = to === "closed" ? { to, evidenceId: evidence?.id ?? null } : { to, reason };
  return decideRowMove({ id, state, owner }, move, new Date(0));
}

function decideOfDecision(
  { code: id, points, covers, blockedBy }: MoveFacts,
  status: DecisionStatus,
  { to, reason, successor }: WantedMove & { to: DecisionStatus },
): RegisterVerdict {
  if (status === "deferred" && to !== "proposed") {
    return refusal("points_open", `${id} was put off: it is ruled on, point by point.`);
  }
  if (to === "closed" && blockedBy.length > 0) return waitsFor(id, blockedBy);
  const gates = points.filter(({ isTicked }) => !isTicked).map(({ text }) => text);
  return decideDecisionMove({ id, status, openGates: [...gates, ...covers] }, { to, reason, successor });
}
