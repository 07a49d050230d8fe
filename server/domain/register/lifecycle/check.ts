import { CHECK_TRANSITIONS, type CheckState } from "./states.ts";
import { ALLOWED, isSaid, refusal, refuseMove, type RegisterVerdict } from "./verdict.ts";

export interface CheckFacts {
  id: string;
  state: CheckState;
  /** How long a result counts. */
  freshForMs: number;
  /** Person from whom whoever attests must differ; null where anybody may. */
  mustDifferFrom: string | null;
  /** When the check ran last, and what it saw, as a digest of its output; null before the first run. */
  lastRun: { at: Date; digest: string } | null;
  /** When something that the check looks at was changed last, or null. */
  targetChangedAt: Date | null;
}

export type CheckMove =
  | { to: "passed" | "failed"; evidenceId: string | null; by: string }
  | {
      to: "risk_accepted";
      by: string;
      owner: string | null;
      expiresAt: Date | null;
      /** Digest of the output whose risk is accepted: another result is another risk. */
      pinnedTo: string | null;
      reason: string | null;
    }
  | { to: "retired" | "open"; reason: string | null; by: string }
  | { to: "stale" | "expired" };

/** Whether the newest result still says something: it is young enough, and its target was not changed after it. */
export function isFresh(
  facts: Pick<CheckFacts, "lastRun" | "freshForMs" | "targetChangedAt">,
  now: Date,
): boolean {
  const { lastRun, freshForMs, targetChangedAt } = facts;
  if (lastRun === null || now.getTime() - lastRun.at.getTime() > freshForMs) return false;
  return targetChangedAt === null || targetChangedAt < lastRun.at;
}

/** Whether a check may move. A result needs fresh evidence; an accepted risk an owner, an end and the result it is about. */
export function decideCheckMove(facts: CheckFacts, move: CheckMove, now: Date): RegisterVerdict {
  const { id } = facts;
  const refused = refuseMove(CHECK_TRANSITIONS, { id, from: facts.state, to: move.to });
  if (refused !== null) return refused;
  switch (move.to) {
    case "passed":
    case "failed":
      return decideResult(facts, move, now);
    case "risk_accepted":
      return decideRisk(facts, move, now);
    case "retired":
    case "open":
      return isSaid(move.reason) ? ALLOWED : refusal("no_reason", `Say why ${id} becomes ${move.to}.`);
    case "stale":
      return isFresh(facts, now) ? refusal("not_from_here", `The result of ${id} is still fresh.`) : ALLOWED;
    case "expired":
      return ALLOWED;
  }
}

function decideResult(
  facts: CheckFacts,
  move: CheckMove & { to: "passed" | "failed" },
  now: Date,
): RegisterVerdict {
  const { id, mustDifferFrom } = facts;
  if (mustDifferFrom !== null && mustDifferFrom === move.by) {
    return refusal("same_person", `${id} must be attested by another person than you.`);
  }
  if (!isSaid(move.evidenceId))
    return refusal("no_evidence", `${id} needs the run or the attestation that shows it.`);
  return isFresh(facts, now)
    ? ALLOWED
    : refusal("not_fresh", `The last run of ${id} is too old, or its target was changed since.`);
}

function decideRisk(
  facts: CheckFacts,
  move: CheckMove & { to: "risk_accepted" },
  now: Date,
): RegisterVerdict {
  const { id, lastRun } = facts;
  if (!isSaid(move.owner)) return refusal("no_owner", `Name who owns the risk of ${id}.`);
  if (!isSaid(move.reason)) return refusal("no_reason", `Say why the risk of ${id} is accepted.`);
  if (move.expiresAt === null) return refusal("no_expiry", `Say until when the risk of ${id} is accepted.`);
  if (move.expiresAt <= now) return refusal("expiry_past", `The end of the risk of ${id} is in the past.`);
  if (lastRun === null || move.pinnedTo !== lastRun.digest) {
    return refusal("not_pinned", `The accepted result of ${id} is not the newest one. Read it again.`);
  }
  return ALLOWED;
}

/** Where an accepted risk stands: it ends with its date, and with the result it was accepted for. */
export function isRiskOver(
  risk: { expiresAt: Date; pinnedTo: string },
  facts: Pick<CheckFacts, "lastRun" | "targetChangedAt">,
  now: Date,
): boolean {
  const { lastRun, targetChangedAt } = facts;
  const isOther = lastRun === null || lastRun.digest !== risk.pinnedTo;
  return now >= risk.expiresAt || isOther || (targetChangedAt !== null && targetChangedAt >= lastRun.at);
}
