import type { ProposalState } from "./states.ts";

export type ProposalRefusal = "not_waiting" | "expired" | "stale" | "requester_gone" | "drift";

export interface ProposalFacts {
  state: ProposalState;
  /** The digest on record. */
  digest: string;
  /** The digest of the content as it would be rendered at this moment, or null when it cannot be rendered. */
  digestNow: string | null;
  expiresAt: Date;
  /** Whether the person who asked may still sign in and still has the right to ask. */
  requesterStands: boolean;
}

/**
 * Whether an answer that echoes this digest applies exactly what is on record and still true. Who may answer is decided
 * in domain/policy.
 */
export function decideProposal(
  facts: ProposalFacts,
  answer: { digest: string },
  now: Date,
): { kind: "allowed" } | { kind: "refused"; reason: ProposalRefusal; says: string } {
  const waiting = decideWaiting(facts, answer, now);
  if (waiting.kind === "refused") return waiting;
  if (!facts.requesterStands) {
    return refuse(
      "requester_gone",
      "The person who asked may no longer sign in or ask for this, so it cannot be approved.",
    );
  }
  if (facts.digestNow !== facts.digest) {
    return refuse(
      "drift",
      "What this would change has changed since it was asked for. Nothing was applied; ask again.",
    );
  }
  return { kind: "allowed" };
}

/** Whether it still waits for a decision and this answer is about what is on record: all that a refusal needs. */
export function decideWaiting(
  facts: Pick<ProposalFacts, "state" | "digest" | "expiresAt">,
  answer: { digest: string },
  now: Date,
): { kind: "allowed" } | { kind: "refused"; reason: ProposalRefusal; says: string } {
  if (facts.state !== "awaiting") {
    return refuse(
      "not_waiting",
      "This proposal is not waiting for a decision any more. Nothing was changed.",
    );
  }
  if (now >= facts.expiresAt) {
    return refuse("expired", "This proposal has expired. Nothing was changed; ask again.");
  }
  if (answer.digest !== facts.digest) {
    return refuse(
      "stale",
      "Your page shows something else than what is on record. Reload it; nothing was changed.",
    );
  }
  return { kind: "allowed" };
}

function refuse(reason: ProposalRefusal, says: string) {
  return { kind: "refused", reason, says } as const;
}
