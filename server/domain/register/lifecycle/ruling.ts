import type { DecisionStatus } from "../decision/decision.ts";
import { DECISION_TRANSITIONS, RULING_TRANSITIONS, type RulingState } from "./states.ts";
import { ALLOWED, isSaid, refusal, refuseMove, type RegisterVerdict } from "./verdict.ts";

export const RULINGS = ["adopt", "amend", "reject", "defer"] as const;
export type Ruling = (typeof RULINGS)[number];

/** What an operator says, named and dated by who calls; here only whether it can be said. */
export interface RulingWords {
  ruling: Ruling;
  by: string;
  reason: string | null;
  /** Of an amendment: what holds instead. */
  amendment: string | null;
  /** Of a deferral: what brings it back. */
  trigger: string | null;
}

const RULED: Record<Ruling, Exclude<RulingState, "open">> = {
  adopt: "adopted",
  amend: "amended",
  reject: "rejected",
  defer: "deferred",
};

/** State of an R item after a ruling. */
export const ruledState = (ruling: Ruling): Exclude<RulingState, "open"> => RULED[ruling];

/** Whether a person may rule so on an R item. `mustDifferFrom` is who filed it, where the rule asks for a second person. */
export function decideRuling(
  item: { id: string; state: RulingState; mustDifferFrom: string | null },
  words: RulingWords,
): RegisterVerdict {
  const { id, state: from, mustDifferFrom } = item;
  const refused = refuseMove(RULING_TRANSITIONS, { id, from, to: ruledState(words.ruling) });
  if (refused !== null) return refused;
  if (mustDifferFrom !== null && mustDifferFrom === words.by) {
    return refusal("same_person", `${id} must be ruled by another person than you.`);
  }
  return decideWords(id, words);
}

function decideWords(id: string, { ruling, reason, amendment, trigger }: RulingWords): RegisterVerdict {
  if (!isSaid(reason)) return refusal("no_reason", `Say why ${id} is ruled so.`);
  if (ruling === "amend" && !isSaid(amendment))
    return refusal("no_reason", `Say what holds for ${id} instead.`);
  if (ruling === "defer" && !isSaid(trigger)) return refusal("no_trigger", `Say what brings ${id} back.`);
  return ALLOWED;
}

export interface ProposalFacts {
  id: string;
  status: DecisionStatus;
  /** Marks of the points; empty where the proposal is ruled as a whole. */
  points: readonly string[];
  /** Rulings so far by point mark; "" is the whole. */
  ruled: ReadonlyMap<string, Ruling>;
  mustDifferFrom: string | null;
}

/** Whether a person may rule so on one point of a proposal, or on all of it where it has no points. */
export function decidePointRuling(facts: ProposalFacts, point: string, words: RulingWords): RegisterVerdict {
  const { id, status, points, ruled, mustDifferFrom } = facts;
  if (status !== "proposed" && status !== "deferred") {
    return refusal("not_from_here", `${id} is ${status}: only a proposal is ruled on.`);
  }
  const isKnown = points.length === 0 ? point === "" : points.includes(point);
  if (!isKnown) return refusal("unknown_point", `${id} has no point "${point}".`);
  const before = ruled.get(point);
  if (before !== undefined && before !== "defer") {
    return refusal("not_from_here", `Point "${point}" of ${id} is ruled on already.`);
  }
  if (mustDifferFrom !== null && mustDifferFrom === words.by) {
    return refusal("same_person", `${id} must be ruled by another person than you.`);
  }
  return decideWords(id, words);
}

/**
 * Status of a proposal after its rulings. It stays proposed until every point is ruled; a deferred point holds the whole
 * back, and one that is amended or rejected amends it.
 */
export function statusAfterRulings({
  points,
  ruled,
}: Pick<ProposalFacts, "points" | "ruled">): DecisionStatus {
  const marks = points.length === 0 ? [""] : points;
  const rulings = marks.map((mark) => ruled.get(mark));
  if (rulings.includes(undefined)) return "proposed";
  if (rulings.includes("defer")) return "deferred";
  if (rulings.every((ruling) => ruling === "reject")) return "rejected";
  return rulings.every((ruling) => ruling === "adopt") ? "adopted" : "amended";
}

export interface DecisionFacts {
  id: string;
  status: DecisionStatus;
  /** Gates inside the decision that are not discharged. */
  openGates: readonly string[];
}

/** Whether a decision in force may move: it closes with its gates met, and is superseded by one that is named. */
export function decideDecisionMove(
  facts: DecisionFacts,
  move: { to: DecisionStatus; reason: string | null; successor: string | null },
): RegisterVerdict {
  const { id, status: from, openGates } = facts;
  const refused = refuseMove(DECISION_TRANSITIONS, { id, from, to: move.to });
  if (refused !== null) return refused;
  if (from === "proposed" && move.to !== "closed") {
    return refusal("points_open", `${id} is a proposal: it is ruled on, point by point.`);
  }
  if (!isSaid(move.reason)) return refusal("no_reason", `Say why ${id} becomes ${move.to}.`);
  if (move.to === "superseded" && (!isSaid(move.successor) || move.successor === id)) {
    return refusal("no_successor", `Name the decision that takes the place of ${id}.`);
  }
  if (move.to === "closed" && openGates.length > 0) {
    return refusal("gates_open", `${id} still waits for ${openGates.join(", ")}.`);
  }
  return ALLOWED;
}
