import * as z from "zod";
import { jsonSchema } from "../plan/schema.ts";

/** Resources in one batch. */
const BATCH_MAX = 100;

const codeSchema = z.string().min(1).max(200);
const attributes = { attributes: z.record(z.string(), jsonSchema).exactOptional() };
const tenant = { tenant: codeSchema.exactOptional() };

const subjectSchema = z.strictObject({ id: codeSchema, type: codeSchema, ...tenant, ...attributes });
const resourceSchema = z.strictObject({
  id: codeSchema,
  type: codeSchema,
  system: codeSchema,
  ...tenant,
  ...attributes,
});

const common = {
  request_id: codeSchema.exactOptional(),
  /** Of subject and resource where they name none. */
  tenant: codeSchema.exactOptional(),
  subject: subjectSchema,
  action: codeSchema,
  context: z.record(z.string(), jsonSchema).default({}),
};

/** A question as it comes over the wire; a field that nobody knows makes it unreadable. */
export const checkSchema = z.strictObject({ ...common, resource: resourceSchema });

/** The same question about several resources. */
export const batchSchema = z.strictObject({
  ...common,
  resources: z.array(resourceSchema).min(1).max(BATCH_MAX),
});
