import type { Effect } from "#server/domain/plan/states.ts";
import { heldDenial, type HoldingItem, type Separation } from "#server/domain/policy/decide.ts";
import { lostRight, type PersonNow } from "#server/domain/policy/right-now.ts";
import { isOpenAt, type Requirement } from "#server/domain/rule/requirement.ts";
import { describeWindow } from "#server/domain/rule/sentences.ts";
import type { StandingObstacle } from "#server/domain/standing/decide.ts";
import type { SignatureNow } from "./signature-now.ts";

export interface AuthorityFacts {
  effect: Effect;
  digest: string;
  expiresAt: Date;
  consumedAt: Date | null;
  requester: PersonNow;
  /** What the rules ask, at the request and now; null: no rule, and then nothing runs. */
  requirement: Requirement | null;
  /** Who could not have approved it. */
  separation: Separation;
  /** Set while no change may start. */
  frozen: { setBy: string } | null;
  /** Items that are not ruled on and cover this, also ones that were filed after the approval. */
  heldBy: readonly HoldingItem[];
  approvals: readonly {
    digest: string;
    decision: "approve" | "reject";
    person: PersonNow;
    sessionId: string;
  }[];
  /** Set when an emergency let it go without its approval: by whom, and why they could not now, or null. */
  emergency: { personId: string; lost: string | null } | null;
  /** Set when it goes under a standing approval: why that does not hold now, or null, and for whom it counts. */
  standing: { obstacle: StandingObstacle | null; approvedBy: readonly string[] } | null;
  /** Null when nobody signed. What destroys needs one, and what the rules want signed. */
  signature: SignatureNow | null;
}

export type Authority =
  | { kind: "may_run"; reason: string; approvedBy: readonly string[] }
  | { kind: "refused"; reason: string; says: string; advice: string };

/**
 * Whether a queued job may start now. Policy is asked once more, on the people as they are at this moment: a right that
 * was lost since the request or the approval takes the job with it.
 */
export function decideStart(facts: AuthorityFacts, now: Date): Authority {
  const { effect, requester } = facts;
  if (facts.consumedAt !== null) {
    return refuse("consumed", "The approval of this job was used before. Nothing was sent.");
  }
  if (now >= facts.expiresAt) return refuse("expired", "This request has expired. Nothing was sent.");
  const isRead = effect === "read";
  if (!isRead && facts.frozen !== null) {
    return refuse("frozen", `All changes are frozen by ${facts.frozen.setBy}. Nothing was sent.`);
  }
  const held = heldDenial(facts.heldBy);
  if (held !== null) {
    return refuse(
      held.reason,
      `${held.says} Nothing was sent.`,
      "Have it ruled on, then preview the stage again and ask for a new approval.",
    );
  }
  const lost = lostRight(requester, isRead ? "job.run_read" : "job.request");
  if (lost)
    return refuse("requester_gone", `${requester.name} asked for this and ${lost}. Nothing was sent.`);
  if (isRead) return { kind: "may_run", reason: "reads_only", approvedBy: [] };
  const isSigned =
    effect === "destroy" || facts.emergency !== null || (facts.requirement?.signatures.length ?? 0) > 0;
  return (isSigned ? signatureProblem(facts) : null) ?? decideApprovals(facts, now);
}

/** What destroys needs both: the approval and a signature that holds now, of somebody who may still give it. */
function signatureProblem({ signature, requester }: AuthorityFacts): Authority | null {
  if (signature === null) {
    return refuse("pending_signature", "This plan needs a signature, and there is none. Nothing was sent.");
  }
  const { refusal, person } = signature;
  if (refusal !== null) {
    return refuse(refusal.reason, `The signature does not hold any more. ${refusal.says} Nothing was sent.`);
  }
  const lost = person && lostRight(person, "job.sign", { requestedBy: requester.id });
  if (person && lost === null) return null;
  return refuse(
    "signer_gone",
    `${person?.name ?? "Somebody"} signed this and ${lost ?? "is not known"}. Nothing was sent.`,
  );
}

function decideApprovals(facts: AuthorityFacts, now: Date): Authority {
  const { approvals, digest, requirement } = facts;
  if (requirement === null) {
    return refuse("no_rule", "No approval rule is about this any more. Nothing was sent.");
  }
  if (facts.emergency === null && !isOpenAt(requirement.windows, now)) {
    const when = requirement.windows.map(describeWindow).join("; ");
    return refuse("outside_window", `The rules let this start only ${when}. Nothing was sent.`);
  }
  if (approvals.some(({ decision }) => decision === "reject")) {
    return refuse("rejected", "Somebody refused this request. Nothing was sent.");
  }
  if (facts.emergency !== null) return decideEmergency(facts.emergency);
  if (facts.standing !== null) return decideStanding(facts.standing);
  const given = approvals.filter((one) => one.digest === digest);
  if (given.length === 0)
    return refuse("not_approved", "Nobody approved exactly this plan. Nothing was sent.");
  const lost = given.flatMap(({ person }) => {
    const why = lostRight(person, "job.approve", facts.separation);
    return why === null ? [] : [{ person, why }];
  });
  const gone = new Set(lost.map(({ person }) => person.id));
  // Distinct people count, however many approvals of theirs there are.
  const standing = [...new Set(given.map(({ person }) => person.id))].filter((id) => !gone.has(id));
  // Whatever a rule says, a change takes one other person.
  if (standing.length >= Math.max(1, requirement.approvers))
    return { kind: "may_run", reason: "approved", approvedBy: standing };
  const [first] = lost;
  if (first) {
    return refuse("approver_gone", `${first.person.name} approved this and ${first.why}. Nothing was sent.`);
  }
  return refuse(
    "quorum",
    `The rules want ${requirement.approvers} approvals by now and there are ${standing.length}. Nothing was sent.`,
  );
}

/** It goes without its approval, and with a signature, which was asked before: never the requester's own. */
function decideEmergency({ personId, lost }: NonNullable<AuthorityFacts["emergency"]>): Authority {
  if (lost !== null) return refuse("emergency_gone", `${lost} Nothing was sent.`);
  return { kind: "may_run", reason: "break_glass", approvedBy: [personId] };
}

/** Two people let it run without a fresh approval: they count, as long as what they made holds. */
function decideStanding({ obstacle, approvedBy }: NonNullable<AuthorityFacts["standing"]>): Authority {
  if (obstacle !== null) return refuse(`standing_${obstacle.reason}`, `${obstacle.says} Nothing was sent.`);
  return { kind: "may_run", reason: "standing_approval", approvedBy };
}

function refuse(
  reason: string,
  says: string,
  advice = "Preview the stage again and ask for a new approval.",
): Authority {
  return { kind: "refused", reason, says, advice };
}
