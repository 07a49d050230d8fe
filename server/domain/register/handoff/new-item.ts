import { readBack } from "../record-form.ts";
import type { DocumentRecord } from "../records.ts";
import { NEW_ITEM_PARTS, type NewItemPart, PARTS_OF_KIND } from "../../item/choices.ts";
import type { NewItem } from "../../item/schema.ts";
import type { HandoffItem, ItemKind, ItemPart } from "./item.ts";
import { acceptPoints } from "./view.ts";

/** The first part that was given and that an item of this kind does not have, or null: nothing is dropped. */
export function strayPart(given: NewItem): NewItemPart | null {
  const isGiven = (part: NewItemPart) => given[part] !== null && given[part] !== "" && !isEmpty(given[part]);
  return NEW_ITEM_PARTS.find((part) => isGiven(part) && !PARTS_OF_KIND[given.kind].includes(part)) ?? null;
}

const isEmpty = (value: NewItem[NewItemPart]) => Array.isArray(value) && value.length === 0;

/**
 * The item under this number as its document will have it, read back from its own text: null when its words would come
 * back as something else, such as a line that begins another part.
 */
export function newItemRecord(given: NewItem, id: string): DocumentRecord | null {
  const accept = acceptText(given.accept);
  if (accept === null) return null;
  const item: HandoffItem = {
    id,
    kind: given.kind,
    refsText: given.refs === "" ? null : given.refs,
    title: given.title,
    trigger: given.trigger === "" ? null : given.trigger,
    parts: [
      ...textPart(null, given.body),
      ...textPart("FIX", given.fix),
      ...checkPart(given.check),
      ...textPart("ACCEPT", accept),
      ...textPart("RULE ON RESULT", given.ruleOnResult),
    ],
  };
  const record = readBack({ kind: "item", item });
  return record === null ? null : { ...record, code: id };
}

function textPart(label: "FIX" | "ACCEPT" | "RULE ON RESULT" | null, text: string): ItemPart[] {
  return text === "" ? [] : [{ kind: "text", label, text }];
}

function checkPart(check: NewItem["check"]): ItemPart[] {
  if (check === null) return [];
  const { host, script } = check;
  return [
    {
      kind: "block",
      label: "CHECK",
      note: "read-only",
      host: host === "" ? null : host,
      language: "bash",
      script,
    },
  ];
}

/** Points in a form that gives them back one by one; null where none does. */
function acceptText(points: readonly string[]): string | null {
  const isGivenBack = (text: string) => JSON.stringify(acceptPoints(text)) === JSON.stringify(points);
  return [points.join("; "), points.map((point) => `- ${point}`).join("\n")].find(isGivenBack) ?? null;
}

const SECTIONS: readonly { title: string; kind: ItemKind }[] = [
  { title: "Immediate", kind: "H" },
  { title: "Verify-live", kind: "V" },
  { title: "Rulings pending", kind: "R" },
  { title: "Deploy path", kind: "D" },
  { title: "Close checklist", kind: "C" },
  { title: "Deferred", kind: "deferred" },
];

/** A register of open items that has none yet. */
export const emptyRegister = () => ({
  title: "Handoff -- open items register",
  snapshot: null,
  numbering: null,
  conventions: null,
  sections: SECTIONS.map((section, at) => ({ ...section, number: String(at + 1), items: [] })),
});
