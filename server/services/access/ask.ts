import type { Db, Tx } from "#db/client.ts";
import { accessDecision } from "#db/schema/access.ts";
import { accessPolicy } from "#server/domain/access-policy/access.ts";
import type { Asker } from "#server/domain/access-policy/states.ts";
import {
  type DecisionEnvelope,
  decideQuestion,
  type DecisionQuestion,
  questionJson,
} from "#server/domain/decision/decide.ts";
import { jsonSchema } from "#server/domain/plan/schema.ts";
import { askExternal } from "./external.ts";
import { findProvider, getAccess } from "./rows.ts";

export type AskedAccess =
  | { kind: "answered"; envelope: DecisionEnvelope; isAllowed: boolean }
  | { kind: "none"; reason: "policy_unavailable" | "decision_unlogged"; says: string };

/**
 * Asks whether a subject may do something, of whoever decides now: the console's own registry and policy, or the external
 * service. The answer is written down before it is given; one that could not be had or written is none, and none denies.
 * Called outside of the transaction that goes on with it, so that a denial stays on record.
 */
export async function askAccess(
  db: Db | Tx,
  { question, at }: { question: DecisionQuestion; at: Date },
): Promise<AskedAccess> {
  const answer = await answerOf(db, question, at);
  try {
    await writeDecisions(db, [{ asker: "console", question, envelope: answer.envelope, at }]);
  } catch {
    return {
      kind: "none",
      reason: "decision_unlogged",
      says: "The decision could not be written down, so it does not count.",
    };
  }
  if (answer.says !== null) return { kind: "none", reason: "policy_unavailable", says: answer.says };
  return { kind: "answered", envelope: answer.envelope, isAllowed: answer.envelope.effect === "allow" };
}

/** `says`: why there is no answer; the envelope is then a local denial. */
interface Answer {
  envelope: DecisionEnvelope;
  says: string | null;
}

async function answerOf(db: Db | Tx, question: DecisionQuestion, at: Date): Promise<Answer> {
  try {
    const provider = await findProvider(db);
    if (provider?.kind !== "external") {
      const { registry, package: inForce } = await getAccess(db);
      return { envelope: decideQuestion(question, accessPolicy(registry, inForce), at), says: null };
    }
    const asked = await askExternal(provider.origin ?? "", question);
    return asked.kind === "answered"
      ? { envelope: asked.envelope, says: null }
      : { envelope: localDenial(question, `external/${asked.fault}`, at), says: asked.says };
  } catch {
    return { envelope: localDenial(question, "none", at), says: "There is no decision about this." };
  }
}

/** The record of an answer that could not be had: an id of our own, and a denial. */
function localDenial(question: DecisionQuestion, version: string, at: Date): DecisionEnvelope {
  const none = { effect: "deny", reason: "policy_unavailable", rule: "unavailable" } as const;
  const etag = `sha256:${"0".repeat(64)}`;
  return decideQuestion(question, { package: "none", version, etag, evaluate: () => none }, at);
}

interface LoggedDecision {
  asker: Asker;
  question: DecisionQuestion;
  envelope: DecisionEnvelope;
  at: Date;
}

/** Writes decisions down, in their order. */
export async function writeDecisions(db: Db | Tx, decisions: readonly LoggedDecision[]): Promise<void> {
  if (decisions.length === 0) return;
  await db.insert(accessDecision).values(
    decisions.map(({ asker, question, envelope, at }) => ({
      decisionId: envelope.id,
      asker,
      subject: question.subject.id,
      resource: question.resource.id,
      action: question.action,
      effect: envelope.effect,
      reason: envelope.reason,
      question: questionJson(question),
      envelope: jsonSchema.parse(envelope),
      at,
    })),
  );
}
