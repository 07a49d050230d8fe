import * as z from "zod";
import { digestSchema, reasonSchema } from "../job/schema.ts";

/** One exact plan, by what the page showed, and why it cannot wait. */
export const breakGlassSchema = z.strictObject({
  jobId: z.uuid(),
  digest: digestSchema,
  nonce: z.string().min(16).max(64),
  reason: reasonSchema,
  /** The tenant's name typed by hand, where something is destroyed. */
  typedTarget: z.string().max(100).optional(),
});

/** What somebody found who looked at it afterwards. */
export const reviewBreakGlassSchema = z.strictObject({ jobId: z.uuid(), note: reasonSchema });
