import * as z from "zod";
import { isKeepable } from "../canonical/text.ts";
import { REASON_MAX_BYTES } from "./limits.ts";
import { RESOLUTIONS } from "./states.ts";

const byteLength = (text: string) => new TextEncoder().encode(text).length;

export const reasonSchema = z
  .string()
  .trim()
  .min(1, "Give a reason: it is what the next person reads.")
  .refine(isKeepable, "The reason holds a character that cannot be kept.")
  .refine((text) => byteLength(text) <= REASON_MAX_BYTES, {
    message: `A reason has at most ${REASON_MAX_BYTES} bytes.`,
  });

export const digestSchema = z.string().regex(/^sha256:[0-9a-f]{64}$/, "The digest is not one of ours.");

export const jobIdSchema = z.strictObject({ jobId: z.uuid() });
export const stageRefSchema = z.strictObject({ tenantId: z.uuid(), stageKey: z.string().min(1).max(40) });

export const requestJobSchema = z.strictObject({
  planId: z.uuid(),
  contentDigest: digestSchema,
  reason: reasonSchema,
  startsOnApproval: z.boolean(),
  /** Made by the client once per intention: a double click or a retry finds the same job. */
  idempotencyKey: z.uuid(),
});

export const runReadSchema = z.strictObject({
  planId: z.uuid(),
  contentDigest: digestSchema,
  idempotencyKey: z.uuid(),
});

export const approveJobSchema = z.strictObject({
  jobId: z.uuid(),
  digest: digestSchema,
  nonce: z.string().min(16).max(128),
  /** Ids of the mutating calls, each ticked by hand. */
  tickedCallIds: z.array(z.string().min(1).max(120)).max(200),
  reason: reasonSchema,
});

export const rejectJobSchema = z.strictObject({
  jobId: z.uuid(),
  digest: digestSchema,
  reason: reasonSchema,
});
export const withdrawJobSchema = z.strictObject({ jobId: z.uuid(), reason: reasonSchema });
export const resolveJobSchema = z.strictObject({
  jobId: z.uuid(),
  verdict: z.enum(RESOLUTIONS),
  reason: reasonSchema,
});
