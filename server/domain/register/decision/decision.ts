import type { LineSpan } from "../diagnostics.ts";
import type { Field } from "../text/fields.ts";

/** Status words of decisions; `open` is a proposal on which an operator must rule. */
export const DECISION_STATUSES = [
  "proposed",
  "adopted",
  "amended",
  "superseded",
  "closed",
  "rejected",
  "deferred",
] as const;
export type DecisionStatus = (typeof DECISION_STATUSES)[number];

export const DECISION_LINKS = [
  "supersedes",
  "superseded_by",
  "reconciles",
  "resolves",
  "amends",
  "amended_by",
  "discharges",
  "refuted_by",
  "validated_by",
  "mechanism_in",
  "related",
  "mentions",
] as const;
export type DecisionLinkKind = (typeof DECISION_LINKS)[number];

export interface DecisionLink {
  kind: DecisionLinkKind;
  to: string;
}

/** `[LIVE-READ PENDING]` and the like, where a decision waits for something. */
export interface PendingGate {
  text: string;
  isDischarged: boolean;
}

export interface Decision {
  id: string;
  title: string;
  /** Old ones name alternatives and consequences; new ones have a status and a context. */
  generation: "old" | "new";
  /** Such as `v2-scope`, from brackets behind the title. */
  tags: string[];
  fields: Field[];
}

export interface PlacedDecision extends Decision {
  lines: LineSpan;
}
