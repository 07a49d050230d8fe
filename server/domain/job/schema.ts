import * as z from "zod";
import { isKeepable } from "../canonical/text.ts";
import { REASON_MAX_BYTES } from "./limits.ts";
import { CHOICES, RESOLUTIONS } from "./states.ts";

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
  /** For a plan that destroys: the name of what it is about, typed by hand by whoever asks. */
  typedTarget: z.string().max(200).exactOptional(),
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
  /** For a plan that destroys: the name of what it is about, typed by hand. */
  typedTarget: z.string().max(200).exactOptional(),
});

/** What is longer is no signature; the pipeline has a tighter limit and words for it. */
const ARMORED_MAX = 64 * 1024;
const base64Bytes = z
  .string()
  .max(ARMORED_MAX * 2)
  .regex(/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/, "The operation is not base64.");

export const signJobSchema = z.strictObject({
  jobId: z.uuid(),
  /** What `ssh-keygen -Y sign` wrote. */
  armored: z.string().min(1, "Paste the signature.").max(ARMORED_MAX, "This is longer than any signature."),
  /** The bytes that were signed, in base64, or null for those of the job's page. */
  operation: base64Bytes.nullable(),
});

export const rejectJobSchema = z.strictObject({
  jobId: z.uuid(),
  digest: digestSchema,
  reason: reasonSchema,
});
export const withdrawJobSchema = z.strictObject({ jobId: z.uuid(), reason: reasonSchema });
export const chooseSchema = z.strictObject({
  jobId: z.uuid(),
  choice: z.enum(CHOICES),
  reason: reasonSchema,
});
export const resolveJobSchema = z.strictObject({
  jobId: z.uuid(),
  verdict: z.enum(RESOLUTIONS),
  reason: reasonSchema,
});
