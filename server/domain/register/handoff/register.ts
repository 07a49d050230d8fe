import type { Handoff } from "../document.ts";
import type { HandoffItem, HandoffRegister, PlacedItem } from "./item.ts";

/** The register without the places of its lines: items below their sections, in the order of the document. */
export function registerOf({ head, sections, items }: Omit<Handoff, "links">): HandoffRegister {
  const bySection = Map.groupBy(items, ({ section }) => section);
  return {
    ...head,
    sections: sections.map((section, at) => ({
      ...section,
      items: (bySection.get(at) ?? []).map(withoutPlace),
    })),
  };
}

function withoutPlace({ id, kind, refsText, title, trigger, parts }: PlacedItem): HandoffItem {
  return { id, kind, refsText, title, trigger, parts };
}
