import type { PlannedStep, StagePlan } from "../plan/plan.ts";
import { RECHECK_MAX_AGE_MS } from "../job/limits.ts";
import type { JobState } from "../job/states.ts";
import { strictestEffect } from "../effect/strictest.ts";
import type { Effect } from "../plan/states.ts";

export type ApprovalRefusal =
  | "not_waiting"
  | "expired"
  | "stale"
  | "not_rechecked"
  | "drift"
  | "blocked"
  | "not_ticked"
  | "requester_gone";

export interface ApprovalFacts {
  state: JobState;
  digest: string;
  nonce: string;
  expiresAt: Date;
  contentDigest: string;
  requesterIsActive: boolean;
  /** The newest comparison with the cloud, or null. */
  recheck: {
    state: "requested" | "ready" | "blocked" | "failed";
    contentDigest: string | null;
    at: Date;
  } | null;
  mutatingCallIds: readonly string[];
}

export interface ApprovalAnswer {
  digest: string;
  nonce: string;
  tickedCallIds: readonly string[];
}

/** Whether this answer approves exactly what is frozen and still true. Who may answer is decided in domain/policy. */
export function decideApproval(
  facts: ApprovalFacts,
  answer: ApprovalAnswer,
  now: Date,
): { kind: "allowed" } | { kind: "refused"; reason: ApprovalRefusal; says: string } {
  const refuse = (reason: ApprovalRefusal, says: string) => ({ kind: "refused", reason, says }) as const;
  if (facts.state !== "awaiting_approval") {
    return refuse("not_waiting", "This request is not waiting for a decision any more. Nothing was changed.");
  }
  if (now >= facts.expiresAt)
    return refuse("expired", "This request has expired. Its requester has to ask again.");
  if (answer.digest !== facts.digest || answer.nonce !== facts.nonce) {
    return refuse(
      "stale",
      "Your page shows another plan than the one on record. Reload it; nothing was approved.",
    );
  }
  if (!facts.requesterIsActive) {
    return refuse(
      "requester_gone",
      "The person who asked can no longer sign in, so this request cannot be approved.",
    );
  }
  const missing = facts.mutatingCallIds.filter((id) => !answer.tickedCallIds.includes(id));
  const unknown = answer.tickedCallIds.filter((id) => !facts.mutatingCallIds.includes(id));
  if (missing.length > 0 || unknown.length > 0) {
    return refuse("not_ticked", "Tick every change of this plan, one by one. Nothing was approved.");
  }
  return decideRecheck(facts, now) ?? { kind: "allowed" };
}

/** Why the newest comparison with the cloud is none to decide on, or null: it has to be fresh and to find the same plan. */
export function decideRecheck(
  facts: Pick<ApprovalFacts, "recheck" | "contentDigest">,
  now: Date,
): { kind: "refused"; reason: ApprovalRefusal; says: string } | null {
  const refuse = (reason: ApprovalRefusal, says: string) => ({ kind: "refused", reason, says }) as const;
  const { recheck } = facts;
  if (recheck?.state === "blocked" || recheck?.state === "failed") {
    return refuse(
      "blocked",
      "The plan could not be made again on the cloud as it is now. Nothing was approved.",
    );
  }
  if (
    recheck === null ||
    recheck.state === "requested" ||
    now.getTime() - recheck.at.getTime() > RECHECK_MAX_AGE_MS
  ) {
    return refuse(
      "not_rechecked",
      "The plan has not been compared with the cloud just now. Check again, then decide.",
    );
  }
  if (recheck.contentDigest !== facts.contentDigest) {
    return refuse(
      "drift",
      "The cloud has changed since this was asked for: the same stage would now do something else.",
    );
  }
  return null;
}

/**
 * What a plan does to the cloud: the strictest of what it declares and what its calls do, so that a plan which calls
 * itself a read and holds a call is no read.
 */
export function planEffect(plan: StagePlan): Effect {
  const declared = [plan.effect, ...plan.steps.map(({ effect }) => effect)];
  const sent = plan.steps.flatMap(({ calls }) => calls.map(({ effect }) => effect));
  return strictestEffect([...declared, ...sent]);
}

/** Calls that change something, in order, with their step. */
export function mutatingCalls(plan: StagePlan): { step: PlannedStep; callId: string; singly: boolean }[] {
  return plan.steps.flatMap((step) =>
    step.calls.map((call) => ({
      step,
      callId: call.id,
      // Destructive and secret-handling calls are never ticked in bulk.
      singly: call.effect === "destroy" || step.generates.length > 0 || Object.keys(call.seals).length > 0,
    })),
  );
}
