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
