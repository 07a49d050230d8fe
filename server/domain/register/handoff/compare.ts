import { oneLine } from "../text/wrap.ts";
import type { HandoffItem, ItemPart } from "./item.ts";
import { readLead } from "./lead.ts";
import { partsOfItem } from "./view.ts";

/** Numbered items keep their number; a deferred one is known by what it is about, whatever its place. */
export function itemKey(item: HandoffItem): string {
  if (item.kind !== "deferred") return item.id;
  return `deferred:${oneLine(readLead(item).bare).normalize("NFC").toLowerCase()}`;
}

/** Fields of an item by their names; texts without regard to where their lines break, so that wrapping is no change. */
export function itemFields(item: HandoffItem): [string, string][] {
  const parts = partsOfItem(item);
  const flat = (text: string | null) => (text === null ? "" : oneLine(text));
  const fields: [string, string][] = [
    ["title", flat(item.title)],
    ["refs", flat(item.refsText)],
    ["body", flat(parts.body)],
    ["fix", flat(parts.fix)],
    ["accept", parts.accept.join("; ")],
    ["check", parts.check === null ? "" : `${parts.check.host ?? ""}\n${parts.check.script ?? ""}`],
    ["rule on result", flat(parts.ruleOnResult)],
    ["trigger", flat(parts.trigger)],
  ];
  return fields.filter(([, text]) => text !== "");
}

/** The field that a part belongs to. */
function fieldOf(part: ItemPart): string {
  if (part.kind === "block") return "check";
  switch (part.label) {
    case null:
      return "body";
    case "FIX":
      return "fix";
    case "ACCEPT":
      return "accept";
    case "CHECK":
      return "check";
    case "RULE ON RESULT":
      return "rule on result";
    case "TRIGGER":
      return "trigger";
  }
}

/** `base` with these fields as `other` has them; parts stand where they stood, and new ones at the end. */
export function withItemFields(
  base: HandoffItem,
  other: HandoffItem,
  fields: ReadonlySet<string>,
): HandoffItem {
  const done = new Set<string>();
  const taken = (field: string) => {
    if (done.has(field)) return [];
    done.add(field);
    return other.parts.filter((part) => fieldOf(part) === field);
  };
  const parts = base.parts.flatMap((part) => {
    const field = fieldOf(part);
    return fields.has(field) ? taken(field) : [part];
  });
  const further = other.parts.flatMap((part) => {
    const field = fieldOf(part);
    return fields.has(field) ? taken(field) : [];
  });
  return {
    ...base,
    title: fields.has("title") ? other.title : base.title,
    refsText: fields.has("refs") ? other.refsText : base.refsText,
    trigger: fields.has("trigger") ? other.trigger : base.trigger,
    parts: [...parts, ...further],
  };
}
