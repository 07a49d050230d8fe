import { canonicalJson } from "../canonical/json.ts";
import { type DecisionEnvelope, decisionId, type DecisionQuestion, refJson } from "./decide.ts";
import { envelopeSchema } from "./schema.ts";

export type EnvelopeFault = "malformed" | "other_request" | "wrong_id" | "unknown_obligation";

export type CheckedEnvelope =
  { kind: "read"; envelope: DecisionEnvelope } | { kind: "unfit"; fault: EnvelopeFault; says: string };

/**
 * Reads an answer as the answer to exactly this question: of the right shape, echoing who and what was asked about, with
 * the id that its own inputs give, and asking nothing of us that we do not know how to do. Whatever else came is no
 * answer, and no answer denies.
 */
export function checkEnvelope(answer: unknown, question: DecisionQuestion): CheckedEnvelope {
  const parsed = envelopeSchema.safeParse(answer);
  if (!parsed.success) return unfit("malformed", "The decision cannot be read.");
  const envelope = parsed.data;
  const isEcho =
    canonicalJson(refJson(envelope.subject)) === canonicalJson(refJson(question.subject)) &&
    canonicalJson(refJson(envelope.resource)) === canonicalJson(refJson(question.resource)) &&
    envelope.request_id === question.request_id;
  if (!isEcho) return unfit("other_request", "The decision is about something else than was asked.");
  const { directory_etag: etag, policy_version: version } = envelope.provenance;
  if (
    envelope.id !== decisionId(question, { etag, version }) ||
    version !== envelope.matched_policy_version
  ) {
    return unfit("wrong_id", "The decision does not have the id of this question.");
  }
  if (envelope.obligations.length > 0) {
    return unfit("unknown_obligation", "The decision asks for something that the console cannot do.");
  }
  return { kind: "read", envelope };
}

function unfit(fault: EnvelopeFault, says: string): CheckedEnvelope {
  return { kind: "unfit", fault, says };
}
