import { createHash } from "node:crypto";
import type * as z from "zod";
import { canonicalJson, type Json } from "../canonical/json.ts";
import type { envelopeSchema, questionSchema } from "./schema.ts";

export type DecisionQuestion = z.output<typeof questionSchema>;
export type DecisionEnvelope = z.output<typeof envelopeSchema>;

/** What a policy says to a question. `rule`: which of its rules decided. */
export interface Ruling {
  effect: DecisionEnvelope["effect"];
  reason: string;
  rule: string;
}

/** A policy at one version over one immutable directory: the same question gets the same answer. */
export interface DecisionPolicy {
  package: string;
  version: string;
  /** Digest of everything beside the question that the answer follows from: people, roles, requirements. */
  etag: string;
  evaluate: (question: DecisionQuestion) => Ruling;
}

/**
 * Answers one question as an envelope. Pure: whoever calls writes it down before using it. The id is the first 16 hex
 * digits of the SHA-256 over question, directory and policy version, so that equal inputs have one id and any change of
 * them another.
 */
export function decideQuestion(
  question: DecisionQuestion,
  policy: DecisionPolicy,
  at: Date,
): DecisionEnvelope {
  const { etag } = policy;
  const { effect, reason, rule } = policy.evaluate(question);
  const { request_id: requestId, subject, resource } = question;
  return {
    id: decisionId(question, { etag, version: policy.version }),
    ...(requestId === undefined ? {} : { request_id: requestId }),
    effect,
    reason,
    matched_policy_version: policy.version,
    matched_rule: rule,
    subject,
    resource,
    obligations: [],
    provenance: {
      evaluator: "countersign",
      mode: "in_process",
      policy_package: policy.package,
      policy_version: policy.version,
      directory_etag: etag,
      decision_time: at.toISOString(),
    },
  };
}

/** `decision:` and 16 hex digits. */
export function decisionId(question: DecisionQuestion, of: { etag: string; version: string }): string {
  const text = canonicalJson({
    request: questionJson(question),
    registry_digest: of.etag,
    policy_version: of.version,
  });
  return `decision:${createHash("sha256").update(text, "utf8").digest("hex").slice(0, 16)}`;
}

/** The question as plain data: what is not said has no member. */
export function questionJson(question: DecisionQuestion): { readonly [key: string]: Json } {
  const { request_id: requestId, subject, action, resource, context } = question;
  return {
    ...(requestId === undefined ? {} : { request_id: requestId }),
    subject: refJson(subject),
    action,
    resource: refJson(resource),
    context,
  };
}

/** A reference as plain data. */
export function refJson(ref: DecisionQuestion["subject"] | DecisionQuestion["resource"]): {
  readonly [key: string]: Json;
} {
  const { attributes, ...rest } = ref;
  return { ...rest, ...(attributes === undefined ? {} : { attributes }) };
}
