import type { LineSpan } from "../diagnostics.ts";

/** H immediate, V verify-live, R ruling pending, D deploy path, C close checklist; deferred ones have no number. */
export const ITEM_KINDS = ["H", "V", "R", "D", "C", "deferred"] as const;
export type ItemKind = (typeof ITEM_KINDS)[number];

export const TEXT_LABELS = ["FIX", "ACCEPT", "RULE ON RESULT", "TRIGGER", "CHECK"] as const;
export type TextLabel = (typeof TEXT_LABELS)[number];

/** Part of an item, in the order in which the parts stand. Texts hold their lines without the body's indentation. */
export type ItemPart =
  | { kind: "text"; label: TextLabel | null; text: string }
  | {
      kind: "block";
      label: "CHECK" | "RUN";
      /** What stands in parentheses behind the label, such as `read-only`. */
      note: string | null;
      /** Where it runs, such as `jumphost`. */
      host: string | null;
      language: string;
      /** Null when no fenced block follows the label. */
      script: string | null;
    };

export interface HandoffItem {
  /** `H-1`; a deferred item, which has none, is named by its place: `deferred-1`. */
  id: string;
  kind: ItemKind;
  /** Text of the parentheses behind the number, or null. */
  refsText: string | null;
  title: string;
  /** Of a deferred item: what brings it back. */
  trigger: string | null;
  parts: ItemPart[];
}

/** An item with its place in the document that it was read from: its section's position and its own lines. */
export interface PlacedItem extends HandoffItem {
  section: number;
  lines: LineSpan;
}

export type SectionKind = ItemKind | "other";

export interface HandoffSection {
  /** As written, such as `6`; null when the heading has none. */
  number: string | null;
  title: string;
  kind: SectionKind;
}

/** What stands before the sections. Paragraphs hold their lines as they are, label included. */
export interface HandoffHead {
  title: string;
  snapshot: string | null;
  numbering: string | null;
  conventions: string | null;
}

export interface HandoffRegister extends HandoffHead {
  sections: (HandoffSection & { items: HandoffItem[] })[];
}
