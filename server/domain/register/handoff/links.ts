import type { Diagnostic } from "../diagnostics.ts";
import { identifiersIn } from "../text/identifiers.ts";
import { unwrap } from "../text/wrap.ts";
import type { HandoffSection, PlacedItem } from "./item.ts";
import { refsOf } from "./view.ts";

/** `waits_for`: nothing happens to `from` before `to`. `includes`: `to` is one of the points of `from`. */
export const LINK_KINDS = ["waits_for", "includes", "mentions"] as const;
export type LinkKind = (typeof LINK_KINDS)[number];

/** A dependency that prose seems to state. A person confirms or drops it. */
export interface ProposedLink {
  from: string;
  to: string;
  kind: LinkKind;
  /** The sentence that says so. */
  words: string;
  line: Diagnostic["line"];
}

const NEEDS =
  /\b(?:requires?|needs?|depends? on|waits? for|blocked by|gated (?:on|by)|after|once|prerequisites?)\b/i;
const BLOCKS = /\b(?:blocks?|unblocks?|gates)\b|\bbefore\b/i;
const INCLUDES = /\b(?:includ(?:es?|ing)|checklist item|as a point)\b/i;
const WORDS_MAX = 300;
/** That one number is in the hands of more rulings than this says nothing any more. */
const RULINGS_MAX = 20;
/** Per document; more than this nobody confirms one by one. */
const LINKS_MAX = 20_000;

/** Dependencies in the sentences of items and in what section titles say of all their items. */
export function proposeLinks(
  items: readonly PlacedItem[],
  sections: readonly HandoffSection[],
): ProposedLink[] {
  const links = new Map<string, ProposedLink>();
  const add = (link: ProposedLink) => {
    const key = `${link.from} ${link.to}`;
    const known = links.get(key);
    const isStronger = known === undefined || (known.kind === "mentions" && link.kind !== "mentions");
    if (link.from !== link.to && isStronger && links.size < LINKS_MAX) links.set(key, link);
  };
  const rulings = rulingsByReference(items);
  for (const item of items) {
    for (const sentence of sentencesOf(item)) {
      for (const link of linksIn(sentence, item)) {
        add(link);
        // Who waits for the number of a ledger row waits for the ruling about it.
        for (const ruling of link.kind === "waits_for" && link.from === item.id
          ? (rulings.get(link.to) ?? [])
          : []) {
          add({ ...link, to: ruling });
        }
      }
    }
    for (const to of awaitedBySection(sections[item.section])) {
      add({
        from: item.id,
        to,
        kind: "waits_for",
        words: sections[item.section]?.title ?? "",
        line: item.lines.first,
      });
    }
  }
  return [...links.values()];
}

function rulingsByReference(items: readonly PlacedItem[]): Map<string, Set<string>> {
  const rulings = new Map<string, Set<string>>();
  for (const item of items.filter(({ kind }) => kind === "R")) {
    for (const ref of refsOf(item).filter((id) => !/^D-[0-9]{3,}/.test(id))) {
      const known = rulings.get(ref) ?? new Set();
      // An item that stands often, as in documents that were put together, is one all the same.
      if (known.size < RULINGS_MAX) rulings.set(ref, known.add(item.id));
    }
  }
  return rulings;
}

/** "execute after D-011 passes". */
function awaitedBySection(section: HandoffSection | undefined): string[] {
  if (
    section === undefined ||
    !/\b(?:after|once|requires?|waits? for)\b/i.test(section.title.slice(0, WORDS_MAX))
  )
    return [];
  return identifiersIn(section.title.slice(0, WORDS_MAX)).map(({ id }) => id);
}

function sentencesOf(item: PlacedItem): string[] {
  const texts = item.parts.flatMap((part) => (part.kind === "text" ? [unwrap(part.text.split("\n"))] : []));
  const sentence =
    item.kind === "C" || item.kind === "deferred" ? [`${item.title}. ${item.trigger ?? ""}`] : [];
  return [...sentence, ...texts].flatMap(cutSentences);
}

/** At a full stop, question or exclamation mark before a space and a capital, at semicolons, and at " -- ". */
function cutSentences(text: string): string[] {
  return text.split(/(?<=[.!?]) (?=[A-Z`(])|(?<=;) /);
}

function linksIn(sentence: string, item: PlacedItem): ProposedLink[] {
  const words = sentence.length > WORDS_MAX ? `${sentence.slice(0, WORDS_MAX)}...` : sentence;
  const needs = sentence.search(NEEDS);
  const blocks = sentence.search(BLOCKS);
  const isList = INCLUDES.test(sentence);
  return identifiersIn(sentence).map(({ id, at }): ProposedLink => {
    const base = { words, line: item.lines.first };
    // "Phase-07 depends on ...": what is named before the verb is the one that waits.
    if (needs !== -1 && at < needs && startsClause(sentence, at))
      return { ...base, from: id, to: item.id, kind: "waits_for" };
    if (blocks !== -1 && at > blocks) return { ...base, from: id, to: item.id, kind: "waits_for" };
    if (isList) return { ...base, from: item.id, to: id, kind: "includes" };
    if (needs !== -1 && at > needs) return { ...base, from: item.id, to: id, kind: "waits_for" };
    return { ...base, from: item.id, to: id, kind: "mentions" };
  });
}

/** Only the subject of the sentence: it stands first. */
const startsClause = (sentence: string, at: number) => at < 20 && sentence.slice(0, at).trim().length <= 4;
