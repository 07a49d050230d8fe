import type { DecisionStatus } from "../decision/decision.ts";

/**
 * States of what stands in registers and who moves it on. Every move is a person's, with a name and a date; only
 * `stale`, `fired` and `expired` are reached by time or by something else that happened.
 *
 *   H, D, C   open --> in_progress --> done;  open | in_progress --> deferred | dropped;  done | deferred | dropped --> open
 *   V         open --> passed | failed | risk_accepted | retired;  passed --time or change--> stale;
 *             risk_accepted --time or change--> expired;  stale | expired | failed --> passed | failed | risk_accepted | retired
 *   R         open --> adopted | amended | rejected | deferred;  deferred --> open (its trigger fired) and the same again
 *   deferred  waiting --trigger--> fired --> waiting (with another trigger) | taken_up | dropped
 *   row       open --> closed | risk_accepted;  risk_accepted --time--> expired --> closed | risk_accepted;  closed --> open
 *   decision  proposed --> adopted | amended | rejected | deferred | closed;  adopted --> amended | superseded | closed;  ...
 */
export const WORK_STATES = ["open", "in_progress", "done", "deferred", "dropped"] as const;
export type WorkState = (typeof WORK_STATES)[number];

export const CHECK_STATES = [
  "open",
  "passed",
  "failed",
  "risk_accepted",
  "stale",
  "expired",
  "retired",
] as const;
export type CheckState = (typeof CHECK_STATES)[number];

export const RULING_STATES = ["open", "adopted", "amended", "rejected", "deferred"] as const;
export type RulingState = (typeof RULING_STATES)[number];

export const DEFERRED_STATES = ["waiting", "fired", "taken_up", "dropped"] as const;
export type DeferredState = (typeof DEFERRED_STATES)[number];

export const ROW_STATES = ["open", "risk_accepted", "expired", "closed"] as const;
export type RowState = (typeof ROW_STATES)[number];

export const WORK_TRANSITIONS: Record<WorkState, readonly WorkState[]> = {
  open: ["in_progress", "done", "deferred", "dropped"],
  in_progress: ["open", "done", "deferred", "dropped"],
  done: ["open"],
  deferred: ["open", "dropped"],
  dropped: ["open"],
};

export const CHECK_TRANSITIONS: Record<CheckState, readonly CheckState[]> = {
  open: ["passed", "failed", "risk_accepted", "retired"],
  passed: ["passed", "failed", "stale", "retired"],
  failed: ["passed", "failed", "risk_accepted", "retired"],
  risk_accepted: ["passed", "failed", "expired", "retired"],
  stale: ["passed", "failed", "risk_accepted", "retired"],
  expired: ["passed", "failed", "risk_accepted", "retired"],
  retired: ["open"],
};

export const RULING_TRANSITIONS: Record<RulingState, readonly RulingState[]> = {
  open: ["adopted", "amended", "rejected", "deferred"],
  deferred: ["open", "adopted", "amended", "rejected", "deferred"],
  adopted: ["amended"],
  amended: ["amended"],
  rejected: [],
};

export const DEFERRED_TRANSITIONS: Record<DeferredState, readonly DeferredState[]> = {
  waiting: ["fired", "taken_up", "dropped"],
  fired: ["waiting", "taken_up", "dropped"],
  taken_up: [],
  dropped: ["waiting"],
};

export const ROW_TRANSITIONS: Record<RowState, readonly RowState[]> = {
  open: ["closed", "risk_accepted"],
  risk_accepted: ["expired", "closed"],
  expired: ["closed", "risk_accepted"],
  closed: ["open"],
};

export const DECISION_TRANSITIONS: Record<DecisionStatus, readonly DecisionStatus[]> = {
  proposed: ["adopted", "amended", "rejected", "deferred", "closed"],
  deferred: ["proposed", "adopted", "amended", "rejected"],
  adopted: ["amended", "superseded", "closed"],
  amended: ["amended", "superseded", "closed"],
  superseded: [],
  rejected: [],
  closed: [],
};
