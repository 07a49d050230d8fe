import * as z from "zod";
import { reasonSchema } from "../job/schema.ts";
import { hostIdSchema } from "./vmid.ts";

export const addHostSchema = z.strictObject({ cloudId: z.uuid(), node: hostIdSchema });

export const hostRefSchema = z.strictObject({ tenantId: z.uuid() });

/** A document as it was typed; what is wrong with it is told field by field. */
export const saveDesiredSchema = z.strictObject({
  tenantId: z.uuid(),
  /** The generation that the writer saw; 0 where there was none. */
  seenGeneration: z.int().min(0),
  document: z
    .string()
    .min(1, "Write a document.")
    .max(8 * 1024 * 1024, "This is longer than any document."),
  reason: reasonSchema,
});

export const armRecoverySchema = z.strictObject({
  tenantId: z.uuid(),
  /** Held within its bounds. */
  seconds: z.number("is a number of seconds").optional(),
  reason: reasonSchema,
});
