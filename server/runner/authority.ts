import type { Effect } from "#server/domain/plan/states.ts";
import { lostRight, type PersonNow } from "#server/domain/policy/right-now.ts";
import type { SignatureNow } from "./signature-now.ts";

export interface AuthorityFacts {
  effect: Effect;
  digest: string;
  expiresAt: Date;
  consumedAt: Date | null;
  requester: PersonNow;
  approvals: readonly {
    digest: string;
    decision: "approve" | "reject";
    person: PersonNow;
    sessionId: string;
  }[];
  /** Of a plan that destroys; null when nobody signed. */
  signature: SignatureNow | null;
}

export type Authority =
  | { kind: "may_run"; approvedBy: readonly string[] }
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
  const lost = lostRight(requester, isRead ? "job.run_read" : "job.request");
  if (lost)
    return refuse("requester_gone", `${requester.name} asked for this and ${lost}. Nothing was sent.`);
  if (isRead) return { kind: "may_run", approvedBy: [] };
  return (effect === "destroy" ? signatureProblem(facts) : null) ?? decideApprovals(facts);
}

/** What destroys needs both: the approval and a signature that holds now, of somebody who may still give it. */
function signatureProblem({ signature, requester }: AuthorityFacts): Authority | null {
  if (signature === null) {
    return refuse(
      "pending_signature",
      "A destructive plan needs a signature, and there is none. Nothing was sent.",
    );
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

function decideApprovals({ approvals, digest, requester }: AuthorityFacts): Authority {
  if (approvals.some(({ decision }) => decision === "reject")) {
    return refuse("rejected", "Somebody refused this request. Nothing was sent.");
  }
  const given = approvals.filter((one) => one.digest === digest);
  if (given.length === 0)
    return refuse("not_approved", "Nobody approved exactly this plan. Nothing was sent.");
  const standing = given.filter(
    ({ person }) => lostRight(person, "job.approve", { requestedBy: requester.id }) === null,
  );
  if (standing.length > 0) return { kind: "may_run", approvedBy: standing.map(({ person }) => person.id) };
  const [first] = given;
  const why = first ? (lostRight(first.person, "job.approve", { requestedBy: requester.id }) ?? "") : "";
  return refuse(
    "approver_gone",
    `${first?.person.name ?? "The approver"} approved this and ${why}. Nothing was sent.`,
  );
}

function refuse(reason: string, says: string): Authority {
  return { kind: "refused", reason, says, advice: "Preview the stage again and ask for a new approval." };
}
