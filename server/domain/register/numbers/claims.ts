import type { RegisterDocument } from "../document.ts";
import { partsOf } from "../text/identifiers.ts";
import { conflictWords, type KnownNumber, type NumberState, readSeries } from "./ledger.ts";
import { definitionsIn, statementsIn } from "./scan.ts";

/** By what a number is known: a person took it, a text says so, a draft uses it, or a record is called so. */
export const NUMBER_SOURCES = ["person", "statement", "draft", "definition"] as const;
export type NumberSource = (typeof NUMBER_SOURCES)[number];

/** A number that a document uses or speaks of. */
export interface NumberClaimed {
  id: string;
  series: string;
  number: number;
  suffix: string;
  state: NumberState;
  source: Exclude<NumberSource, "person">;
  purpose: string;
  line: number;
}

const PURPOSE_MAX = 300;
const RANK = { definition: 0, draft: 1, statement: 2 } as const;

/** Numbers that a document takes, each once, as what says most about them. */
export function numbersIn(path: string, document: RegisterDocument): NumberClaimed[] {
  const defined = definitionsIn(path, document)
    // An addendum speaks of a change that has its number already.
    .filter(({ kind }) => kind !== "addendum")
    .flatMap(({ id, kind, title, line }) => {
      const isDraft = kind === "draft";
      return claimed(id, {
        state: isDraft ? "provisional" : "assigned",
        source: isDraft ? "draft" : "definition",
        purpose: title,
        line,
      });
    });
  const stated = statementsIn(document).flatMap(({ id, claim, words, line }) => {
    if (claim === "next_free") return [];
    const state = claim === "open" ? "assigned" : claim;
    return claimed(id, { state, source: "statement", purpose: words, line });
  });
  const first = new Map<string, NumberClaimed>();
  for (const claim of [...defined, ...stated].sort((one, other) => RANK[one.source] - RANK[other.source])) {
    if (!first.has(claim.id)) first.set(claim.id, claim);
  }
  return [...first.values()];
}

/** A number that a record uses or speaks of; none where the name is no number of a series. */
export function claimed(
  id: string,
  rest: Pick<NumberClaimed, "state" | "source" | "purpose" | "line">,
): NumberClaimed[] {
  const { series, digits, suffix } = partsOf(id);
  if (digits === "" || digits.length > 6 || readSeries(series, []) === null) return [];
  const purpose = rest.purpose.slice(0, PURPOSE_MAX);
  return [{ id, series, number: Number(digits), suffix, ...rest, purpose }];
}

/** A number as the console has it, and by what. */
export interface HeldNumber extends KnownNumber {
  source: NumberSource;
  personId: string;
}

/** What becomes of a number of a document that the console knows already. */
export type ClaimVerdict =
  | { kind: "new" }
  /** It is what the console has; nothing changes. */
  | { kind: "same" }
  /** It goes on: reserved or provisional before, used now. `holder` keeps it. */
  | { kind: "moves"; state: NumberState; holder: string; source: NumberSource }
  /** Somebody else has it. The number stays where it is, and the document is told. */
  | { kind: "taken"; says: string };

/** Whether a document of this path, brought in by this person, may use the number. */
export function decideClaim(
  held: HeldNumber | null,
  claim: NumberClaimed,
  by: { path: string; personId: string },
): ClaimVerdict {
  if (held === null) return { kind: "new" };
  if (held.source === "person" && held.personId !== by.personId) return taken(held, claim, by.path);
  if (held.state === "relinquished" && claim.state !== "relinquished") return taken(held, claim, by.path);
  const isOfPath = held.holder === by.path;
  if (held.source === "definition" && claim.source === "definition" && !isOfPath)
    return taken(held, claim, by.path);
  const isFurther = ORDER[claim.state] > ORDER[held.state];
  const isStronger = held.source !== "person" && STRENGTH[claim.source] > STRENGTH[held.source];
  if (!isFurther && !isStronger) return { kind: "same" };
  return {
    kind: "moves",
    state: isFurther ? claim.state : held.state,
    holder: held.source === "person" ? held.holder : by.path,
    source: held.source === "person" ? "person" : claim.source,
  };
}

const ORDER: Record<NumberState, number> = { reserved: 0, provisional: 1, assigned: 2, relinquished: 3 };
const STRENGTH = { statement: 0, draft: 1, definition: 2 } as const;

function taken(held: HeldNumber, claim: NumberClaimed, path: string): ClaimVerdict {
  const says = `${path} line ${claim.line} uses ${claim.id}. ${conflictWords(held)} The number stays there; give the document another.`;
  return { kind: "taken", says };
}
