import * as z from "zod";
import { jsonSchema } from "../plan/schema.ts";
import { DECISION_EFFECTS } from "./states.ts";

const codeSchema = z.string().min(1).max(200);

/** Who asks. `type`: what kind of principal, such as human or service. */
const subjectRefSchema = z.strictObject({
  id: codeSchema,
  type: codeSchema,
  tenant: codeSchema,
  attributes: z.record(z.string(), jsonSchema).optional(),
});

const resourceRefSchema = z.strictObject({
  id: codeSchema,
  type: codeSchema,
  system: codeSchema,
  tenant: codeSchema,
  attributes: z.record(z.string(), jsonSchema).optional(),
});

/** May this subject do this action on this resource, in this context. */
export const questionSchema = z.strictObject({
  request_id: codeSchema.optional(),
  subject: subjectRefSchema,
  action: codeSchema,
  resource: resourceRefSchema,
  context: z.record(z.string(), jsonSchema),
});

/** The answer; a field that nobody knows makes it unreadable. */
export const envelopeSchema = z.strictObject({
  id: z.string().regex(/^decision:[0-9a-f]{16}$/),
  request_id: codeSchema.optional(),
  effect: z.enum(DECISION_EFFECTS),
  reason: codeSchema,
  matched_policy_version: codeSchema,
  matched_rule: codeSchema.optional(),
  subject: subjectRefSchema,
  resource: resourceRefSchema,
  obligations: z.array(
    z.strictObject({ type: codeSchema, parameters: z.record(z.string(), jsonSchema).optional() }),
  ),
  provenance: z.strictObject({
    evaluator: codeSchema,
    mode: codeSchema,
    policy_package: codeSchema,
    policy_version: codeSchema,
    /** Digest of everything beside the question that the answer follows from. */
    directory_etag: z.string().regex(/^sha256:[0-9a-f]{64}$/),
    decision_time: z.iso.datetime(),
  }),
});
