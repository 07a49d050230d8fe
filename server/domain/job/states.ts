/**
 * States of a job and who moves it on:
 *
 *   requested --------- (plan frozen; in the same transaction) --> awaiting_approval | queued (a read)
 *   awaiting_approval - reviewer --> approved | queued | rejected;  requester --> withdrawn;  time --> expired
 *                       and for a plan that destroys: reviewer --> awaiting_signature
 *   awaiting_signature - a key of another person than the requester --> approved | queued;  requester --> withdrawn;
 *                       time --> expired
 *   approved ---------- requester --> queued | withdrawn;  time --> expired
 *   queued ------------ runner --> running | refused;  a person --> cancelled;  time --> expired
 *                       (and waits while changes are frozen)
 *   each of these four  runner --> cancelled, when the account of its requester was disabled
 *   running ----------- runner --> succeeded | failed | cancelled | outcome_unknown | refused (drift before the first call)
 *
 *   running ----------- runner --> awaiting_person, at a step that a person does; the lane stays closed, nobody holds it
 *   awaiting_person --- the right person, a cancel, or time --> running, and a runner goes on from the journal
 *
 * An outcome_unknown stays; two people settle it (`job.resolvedAt`), and until then its lane is closed.
 */
export const JOB_STATES = [
  "awaiting_approval",
  "awaiting_signature",
  "approved",
  "queued",
  "running",
  "awaiting_person",
  "succeeded",
  "failed",
  "refused",
  "cancelled",
  "outcome_unknown",
  "rejected",
  "withdrawn",
  "expired",
] as const;
export type JobState = (typeof JOB_STATES)[number];

export const JOB_TRANSITIONS: Record<JobState, readonly JobState[]> = {
  awaiting_approval: [
    "awaiting_signature",
    "approved",
    "queued",
    "rejected",
    "withdrawn",
    "cancelled",
    "expired",
  ],
  awaiting_signature: ["approved", "queued", "withdrawn", "cancelled", "expired"],
  approved: ["queued", "withdrawn", "cancelled", "expired"],
  queued: ["running", "refused", "cancelled", "expired"],
  running: ["succeeded", "failed", "refused", "cancelled", "outcome_unknown", "awaiting_person"],
  awaiting_person: ["running"],
  succeeded: [],
  failed: [],
  refused: [],
  cancelled: [],
  outcome_unknown: [],
  rejected: [],
  withdrawn: [],
  expired: [],
};

export const OPEN_JOB_STATES = [
  "awaiting_approval",
  "awaiting_signature",
  "approved",
  "queued",
  "running",
  "awaiting_person",
] as const satisfies JobState[];

export function canMove(from: JobState, to: JobState): boolean {
  return JOB_TRANSITIONS[from].includes(to);
}

export function isFinal(state: JobState): boolean {
  return JOB_TRANSITIONS[state].length === 0;
}

/** Two people's verdict on an unknown outcome. */
export const RESOLUTIONS = ["happened", "did_not_happen", "partly"] as const;
export type Resolution = (typeof RESOLUTIONS)[number];

/** What a person may choose after a step has failed. */
export const CHOICES = ["retry", "skip", "stop"] as const;
export type Choice = (typeof CHOICES)[number];

/** Kinds of journal entries; every side effect has an `intent` before it and an `outcome` after it. */
export const JOURNAL_KINDS = [
  "claimed",
  "replanned",
  "consumed",
  "step_started",
  "halted",
  "attested",
  "intent",
  "task",
  "probed",
  "outcome",
  "sealed",
  "read_back",
  "step_finished",
  "gate",
  "recovered",
  "finished",
] as const;
export type JournalKind = (typeof JOURNAL_KINDS)[number];

/**
 * Streams of a job's output. `call` lines are HTTP calls, `note` lines are the runner's words, `stdout` and `stderr` are
 * what blocks on hosts print, `pasted` lines what a person says that one printed.
 */
export const OUTPUT_STREAMS = [
  "note",
  "call",
  "value",
  "warn",
  "error",
  "stdout",
  "stderr",
  "pasted",
] as const;
export type OutputStream = (typeof OUTPUT_STREAMS)[number];
