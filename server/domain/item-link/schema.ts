import * as z from "zod";
import { isKeepable } from "../canonical/text.ts";
import { reasonSchema } from "../job/schema.ts";
import { ITEM_LINKS } from "./words.ts";

export const addLinkSchema = z.strictObject({
  itemId: z.uuid(),
  kind: z.enum(ITEM_LINKS),
  /** Code of the other, such as R-3. */
  to: z.string().trim().min(1, "Name the other item.").max(80).refine(isKeepable),
  /** Which one is meant, where several documents have an item of this code; null where one does, or none. */
  toItemId: z.uuid().nullable(),
  reason: reasonSchema,
});

export const decideLinkSchema = z.strictObject({
  linkId: z.uuid(),
  verdict: z.enum(["confirm", "dismiss"]),
  /** A confirmed link is dismissed for a reason; what was only proposed needs none. */
  reason: reasonSchema.nullable(),
});
