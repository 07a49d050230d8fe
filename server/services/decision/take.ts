import type { Tx } from "#db/client.ts";
import { decisionRecord } from "#db/schema/decision.ts";
import { checkEnvelope } from "#server/domain/decision/check.ts";
import {
  type DecisionEnvelope,
  type DecisionPolicy,
  decideQuestion,
  type DecisionQuestion,
  questionJson,
} from "#server/domain/decision/decide.ts";
import { DomainError } from "#server/domain/error/domain-error.ts";

export interface DecisionAsk {
  question: DecisionQuestion;
  policy: DecisionPolicy;
  /** The job that it lets go on, by the digest that was frozen. */
  job: { id: string; digest: string };
  at: Date;
}

export type TakenDecision =
  | { kind: "answered"; envelope: DecisionEnvelope }
  | { kind: "none"; reason: "policy_unavailable" | "decision_unlogged"; says: string };

/**
 * Decides a question and writes the answer down before anybody can use it. An answer that could not be had, read or
 * written is none, and none denies.
 */
export async function takeDecision(tx: Tx, ask: DecisionAsk): Promise<TakenDecision> {
  const checked = answerTo(ask);
  if (checked.kind === "unfit") return { kind: "none", reason: "policy_unavailable", says: checked.says };
  const { envelope } = checked;
  try {
    // A savepoint: what cannot be written leaves the transaction fit to refuse.
    await tx.transaction((inner) =>
      inner.insert(decisionRecord).values({
        decisionId: envelope.id,
        jobId: ask.job.id,
        digest: ask.job.digest,
        action: ask.question.action,
        effect: envelope.effect,
        reason: envelope.reason,
        question: questionJson(ask.question),
        envelope,
        at: ask.at,
      }),
    );
  } catch {
    return {
      kind: "none",
      reason: "decision_unlogged",
      says: "The decision could not be written down, so it does not count.",
    };
  }
  return { kind: "answered", envelope };
}

/** The same for verbs: answers the id of a decision that allows, or throws `forbidden`. */
export async function requireDecision(tx: Tx, ask: DecisionAsk): Promise<string> {
  const taken = await takeDecision(tx, ask);
  if (taken.kind === "none") {
    throw new DomainError("forbidden", `${taken.says} Nothing was changed; try again later.`, {
      reason: taken.reason,
    });
  }
  const { effect, reason, id } = taken.envelope;
  if (effect === "allow") return id;
  throw new DomainError("forbidden", "The decision about this is not to allow it. Nothing was changed.", {
    reason: effect === "deny" ? reason : "policy_denied",
    facts: { decision: id },
  });
}

function answerTo({ question, policy, at }: DecisionAsk): ReturnType<typeof checkEnvelope> {
  try {
    return checkEnvelope(decideQuestion(question, policy, at), question);
  } catch {
    return { kind: "unfit", fault: "malformed", says: "There is no decision about this." };
  }
}
