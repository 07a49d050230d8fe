import * as z from "zod";
import { isKeepable } from "../canonical/text.ts";
import { reasonSchema } from "../job/schema.ts";
import { DECISION_LINKS } from "../register/decision/decision.ts";

/** How an item hangs together with another. */
export const ITEM_LINKS = ["blocked_by", "changed_by", ...DECISION_LINKS] as const;
export type ItemLinkKind = (typeof ITEM_LINKS)[number];

/** What the other end of a link says, read backwards. */
export const LINK_WORDS: Record<ItemLinkKind, { forth: string; back: string }> = {
  blocked_by: { forth: "waits for", back: "holds back" },
  changed_by: { forth: "is changed by", back: "is the change of" },
  supersedes: { forth: "supersedes", back: "is superseded by" },
  superseded_by: { forth: "is superseded by", back: "supersedes" },
  reconciles: { forth: "reconciles", back: "is reconciled by" },
  resolves: { forth: "resolves", back: "is resolved by" },
  amends: { forth: "amends", back: "is amended by" },
  amended_by: { forth: "is amended by", back: "amends" },
  discharges: { forth: "discharges", back: "is discharged by" },
  refuted_by: { forth: "is refuted by", back: "refutes" },
  validated_by: { forth: "is validated by", back: "validates" },
  mechanism_in: { forth: "has its mechanism in", back: "holds the mechanism of" },
  related: { forth: "is related to", back: "is related to" },
  mentions: { forth: "mentions", back: "is mentioned by" },
};

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
