import * as z from "zod";
import { DECISION_EFFECTS } from "../decision/states.ts";
import { reasonSchema } from "../job/schema.ts";
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

/** The package that shall be in force. `base`: the number of the one that whoever asks has seen. */
export const packageChangeSchema = z.strictObject({
  base: z.int().min(0),
  document: z.string().max(200_000),
});
export const proposePackageSchema = z.strictObject({ content: packageChangeSchema, reason: reasonSchema });
export const packageTextSchema = z.strictObject({ document: z.string().max(200_000) });

/** Who shall decide. An origin is scheme, host and port, and nothing behind it. */
export const providerChangeSchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("built_in"), base: z.int().min(0) }),
  z.strictObject({
    kind: z.literal("external"),
    base: z.int().min(0),
    origin: z
      .string()
      .trim()
      .max(300)
      .refine(isOrigin, "Give http:// or https://, a host, and a port where needed: no path, no account."),
    /** Whether it is asked before a job starts as well; the console's own decision has to allow it besides. */
    jobs: z.boolean().default(false),
  }),
]);
export const proposeProviderSchema = z.strictObject({ content: providerChangeSchema, reason: reasonSchema });

/** Addresses that answer for the machine itself in a cloud, and never for a decision service. */
const METADATA = new Set([
  "169.254.169.254",
  "[fd00:ec2::254]",
  "metadata.google.internal",
  "100.100.100.200",
]);

function isOrigin(value: string): boolean {
  if (!URL.canParse(value)) return false;
  const url = new URL(value);
  return (
    (url.protocol === "http:" || url.protocol === "https:") &&
    url.username === "" &&
    url.password === "" &&
    (value === url.origin || value === `${url.origin}/`) &&
    !METADATA.has(url.hostname)
  );
}

const DAY = /^[0-9]{4}-[0-9]{2}-[0-9]{2}$/;

/** Which decisions to list; what is null is not looked at. `before`: only those written before this one. */
export const decisionListSchema = z.strictObject({
  subject: z.string().max(200).nullable(),
  effect: z.enum(DECISION_EFFECTS).nullable(),
  reason: z.string().max(200).nullable(),
  from: z.string().regex(DAY, "A day is written like 2026-03-04.").nullable(),
  to: z.string().regex(DAY, "A day is written like 2026-03-04.").nullable(),
  before: z.int().min(1).nullable(),
});
export const decisionIdSchema = z.strictObject({ decisionId: z.string().min(1).max(200) });
export const askTextSchema = z.strictObject({ text: z.string().max(64_000) });
