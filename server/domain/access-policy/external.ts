import * as z from "zod";
import { canonicalJson } from "../canonical/json.ts";
import { type DecisionEnvelope, type DecisionQuestion, refJson } from "../decision/decide.ts";
import { jsonSchema } from "../plan/schema.ts";
import { DECISION_EFFECTS } from "../decision/states.ts";

export type ExternalFault =
  | "unreachable"
  | "slow"
  | "status"
  | "redirect"
  | "content_type"
  | "too_long"
  | "malformed"
  | "other_request"
  | "id_reused"
  | "unknown_obligation"
  | "ttl";

export type ExternalAnswer =
  { kind: "answered"; envelope: DecisionEnvelope } | { kind: "none"; fault: ExternalFault; says: string };

const codeSchema = z.string().min(1).max(200);
const refSchema = z.strictObject({
  id: codeSchema,
  type: codeSchema,
  system: codeSchema.exactOptional(),
  tenant: codeSchema.exactOptional(),
  attributes: z.record(z.string(), jsonSchema).exactOptional(),
});

/** The envelope of the documented contract: another service may name its decisions as it likes, and say less about them. */
const externalSchema = z.strictObject({
  id: codeSchema,
  request_id: codeSchema.exactOptional(),
  effect: z.enum(DECISION_EFFECTS),
  reason: codeSchema.exactOptional(),
  matched_policy_version: codeSchema.exactOptional(),
  matched_rule: codeSchema.exactOptional(),
  resource: refSchema,
  subject: refSchema,
  obligations: z.array(z.strictObject({ type: codeSchema, parameters: z.record(z.string(), jsonSchema).exactOptional() })).default([]), // prettier-ignore
  diagnostics: z.record(z.string(), jsonSchema).exactOptional(),
  provenance: z.strictObject({
    evaluator: codeSchema,
    mode: codeSchema,
    policy_package: z.string().max(200).exactOptional(),
    policy_version: z.string().max(200).exactOptional(),
    directory_etag: z.string().max(200).exactOptional(),
    decision_time: z.string().max(200).exactOptional(),
  }),
  caring: z.record(z.string(), jsonSchema).exactOptional(),
});

const none = (fault: ExternalFault, says: string): ExternalAnswer => ({ kind: "none", fault, says });

/**
 * Reads what an external service said as the answer to exactly this question. Anything else than the documented envelope
 * about the same subject and resource is no answer, and so is an allow that asks for something.
 */
export function readExternal(text: string, question: DecisionQuestion): ExternalAnswer {
  const parsed = externalSchema.safeParse(parseJson(text));
  if (!parsed.success)
    return none("malformed", "The decision service answered something that is no decision.");
  const { obligations, subject, resource, provenance: from, ...rest } = parsed.data;
  if (!isEcho(subject, question.subject) || !isEcho(resource, question.resource))
    return none("other_request", "The decision service answered about something else than was asked.");
  if (rest.request_id !== question.request_id)
    return none("other_request", "The decision service answered another request.");
  if (obligations.length > 0)
    return none("unknown_obligation", "The decision asks for something that the console cannot do.");
  const {
    id,
    effect,
    reason = "not_said",
    matched_policy_version: version = "not_said",
    matched_rule: rule,
  } = rest;
  return {
    kind: "answered",
    envelope: {
      id,
      ...(rest.request_id === undefined ? {} : { request_id: rest.request_id }),
      effect,
      reason,
      matched_policy_version: version,
      ...(rule === undefined ? {} : { matched_rule: rule }),
      subject: question.subject,
      resource: question.resource,
      obligations: [],
      provenance: {
        evaluator: from.evaluator,
        mode: "external",
        policy_package: from.policy_package ?? "not_said",
        policy_version: from.policy_version ?? version,
        directory_etag: from.directory_etag ?? "not_said",
        decision_time: from.decision_time ?? "not_said",
      },
    },
  };
}

/** The same reference; a tenant that is left out is no other one, attributes that are left out are not. */
function isEcho(
  said: z.output<typeof refSchema>,
  asked: DecisionQuestion["subject"] | DecisionQuestion["resource"],
): boolean {
  const { tenant, ...rest } = said;
  const { tenant: home, ...ours } = refJson(asked);
  return canonicalJson(rest) === canonicalJson(ours) && (tenant === undefined || tenant === home);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
