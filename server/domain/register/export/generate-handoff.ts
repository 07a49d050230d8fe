import { registerFromInput } from "../handoff/schema.ts";
import type { HandoffItem, HandoffRegister, ItemKind } from "../handoff/item.ts";
import { writeHandoff } from "../handoff/write.ts";
import { wrap } from "../text/wrap.ts";

/** What is true of the registers when a handoff is made. */
export interface HandoffFacts {
  /** ISO date. */
  day: string;
  /** Open items of all handoff registers, where they stand written into them, in the order in which they go in. */
  items: readonly HandoffItem[];
  /** Next free number of each series, as written. */
  nextFree: readonly string[];
  openDecisions: readonly string[];
  openRows: readonly string[];
  failingChecks: readonly string[];
  /** Items that are late, and those that nobody owns. */
  overdue: number;
  unowned: number;
}

const CONVENTIONS =
  "Conventions for whoever picks this up: the registers win over memory. Numbers come from the numbers desk. " +
  "Every change ships with a changelog entry and a revert. Changes are countersigned one by one.";

/** The handoff of everything that is open. Reading it gives the same register again. */
export function handoffOf(facts: HandoffFacts): HandoffRegister {
  const register = registerFromInput({ register: null, items: [] });
  const items = renumbered(facts.items);
  return {
    ...register,
    title: `Handoff -- open items register (${facts.day})`,
    snapshot: paragraph(snapshotWords(facts)),
    numbering:
      facts.nextFree.length === 0
        ? null
        : paragraph(
            `Numbering at handoff (from the numbers desk; read it again before you take one): next free ${facts.nextFree.join(", ")}.`,
          ),
    conventions: paragraph(CONVENTIONS),
    sections: register.sections.map((section) => ({
      ...section,
      items: items.filter(({ kind }) => kind === section.kind),
    })),
  };
}

/** The handoff as a document. */
export const generateHandoff = (facts: HandoffFacts): string => writeHandoff(handoffOf(facts));

const paragraph = (text: string) => wrap(text, { first: "", rest: "" });

const listed = (ids: readonly string[]) => (ids.length === 0 ? "none" : ids.join(", "));

function snapshotWords(facts: HandoffFacts): string {
  const kinds: readonly ItemKind[] = ["H", "V", "R", "D", "C", "deferred"];
  const counts = kinds.map((kind) => `${kind} ${facts.items.filter((item) => item.kind === kind).length}`);
  return (
    `STATUS SNAPSHOT at handoff: ${facts.items.length} items open (${counts.join(", ")}). ` +
    `${facts.overdue} overdue, ${facts.unowned} without an owner. ` +
    `Decisions PROPOSED/OPEN: ${listed(facts.openDecisions)}. Open security rows: ${listed(facts.openRows)}. ` +
    `Checks that failed or are stale: ${listed(facts.failingChecks)}.`
  );
}

/** Items of several registers under one roof: whose number is taken gets the next of its kind. */
function renumbered(items: readonly HandoffItem[]): HandoffItem[] {
  const taken = new Set<string>();
  const largest = new Map<ItemKind, number>();
  for (const { kind, id } of items) {
    const number = Number(/[0-9]+/.exec(id)?.[0] ?? 0);
    largest.set(kind, Math.max(largest.get(kind) ?? 0, kind === "deferred" ? 0 : number));
  }
  const next = (kind: ItemKind) => {
    const number = (largest.get(kind) ?? 0) + 1;
    largest.set(kind, number);
    return `${kind}-${number}`;
  };
  return items.map((item) => {
    const id = item.kind === "deferred" || taken.has(item.id) ? next(item.kind) : item.id;
    taken.add(id);
    return { ...item, id };
  });
}
