import { partsOf } from "../text/identifiers.ts";

/** Conditions of a number. `free` is never stored: it is what has none of the others. */
export const NUMBER_STATES = ["reserved", "provisional", "assigned", "relinquished"] as const;
export type NumberState = (typeof NUMBER_STATES)[number];

/** What is known of one number, from the console's own table or from an imported document. */
export interface KnownNumber {
  /** `DOCFIX-064`. */
  id: string;
  state: NumberState;
  /** Person or work stream that holds it. */
  holder: string;
  /** What it is for, or the document that names it. */
  purpose: string;
}

export interface Series {
  /** Letters before the last dash: `D`, `DOCFIX`, `FLEX-WP`. */
  name: string;
  /** Digits of a number, zeros in front. */
  width: number;
}

const SERIES = /^[A-Z][A-Z0-9]{0,15}(?:-[A-Z][A-Z0-9]{0,7}){0,2}$/;
const NUMBER_MAX = 999_999;

/** A series by its name, as a person writes it; null for anything else. The width is that of what is known. */
export function readSeries(name: string, known: readonly string[]): Series | null {
  const bare = name.endsWith("-") ? name.slice(0, -1) : name;
  if (!SERIES.test(bare)) return null;
  const widths = known
    .map(partsOf)
    .filter(({ series }) => series === bare)
    .map(({ digits }) => digits.length);
  return { name: bare, width: Math.max(3, ...widths.slice(0, 10_000)) };
}

/** `DOCFIX-065`. */
export function numberName({ name, width }: Series, number: number): string {
  return `${name}-${String(number).padStart(width, "0")}`;
}

/** The number of an identifier within a series, or null when it belongs to another one. */
export function numberIn({ name }: Series, id: string): number | null {
  const { series, digits } = partsOf(id);
  return series === name && digits.length > 0 && digits.length <= 6 ? Number(digits) : null;
}

/**
 * The next free number: one more than the largest that is known in any state, because a number that was reserved or
 * given up is consumed as well. Null when the series is exhausted.
 */
export function nextFree(series: Series, known: readonly string[]): string | null {
  let largest = 0;
  for (const id of known) largest = Math.max(largest, numberIn(series, id) ?? 0);
  return largest >= NUMBER_MAX ? null : numberName(series, largest + 1);
}

export type NumberRefusal =
  "not_of_series" | "taken" | "not_held" | "not_yours" | "no_reason" | "no_purpose" | "final";

export type NumberDecision =
  { kind: "allowed"; number: KnownNumber } | { kind: "refused"; reason: NumberRefusal; says: string };

/** Which state may follow which. What is assigned stays: a number in a document is never given to something else. */
export const NUMBER_TRANSITIONS: Record<NumberState, readonly NumberState[]> = {
  reserved: ["provisional", "assigned", "relinquished"],
  provisional: ["assigned", "relinquished"],
  assigned: [],
  relinquished: [],
};

/** Taking a number that nobody has: reserved, provisional in a draft, or assigned at once. */
export function decideTake(
  known: KnownNumber | null,
  ask: { id: string; state: Exclude<NumberState, "relinquished">; holder: string; purpose: string },
): NumberDecision {
  if (partsOf(ask.id).digits === "")
    return refuse("not_of_series", `${ask.id} is not a number of a series. Nothing was taken.`);
  if (ask.purpose.trim() === "") return refuse("no_purpose", `Say what ${ask.id} is for. Nothing was taken.`);
  if (known !== null)
    return refuse("taken", `${conflictWords(known)} ${ask.holder} takes the next free one instead.`);
  return { kind: "allowed", number: { ...ask, purpose: ask.purpose.trim() } };
}

/** Moving a number on: provisional, assigned, or given up with a reason. Only who holds it may. */
export function decideMove(
  known: KnownNumber | null,
  ask: { id: string; to: NumberState; holder: string; reason: string },
): NumberDecision {
  if (known === null)
    return refuse("not_held", `${ask.id} is held by nobody. Reserve it first; nothing was changed.`);
  if (known.holder !== ask.holder) {
    return refuse(
      "not_yours",
      `${known.id} is held by ${known.holder}, who has to move it. Nothing was changed.`,
    );
  }
  if (!NUMBER_TRANSITIONS[known.state].includes(ask.to)) {
    return refuse("final", `${known.id} is ${known.state} and cannot become ${ask.to}. Nothing was changed.`);
  }
  if (ask.to === "relinquished" && ask.reason.trim() === "") {
    return refuse("no_reason", `Say why ${known.id} is given up. Nothing was changed.`);
  }
  const purpose = ask.to === "relinquished" ? `given up: ${ask.reason.trim()}` : known.purpose;
  return { kind: "allowed", number: { ...known, state: ask.to, purpose } };
}

const refuse = (reason: NumberRefusal, says: string): NumberDecision => ({ kind: "refused", reason, says });

/** Who has a number that somebody else wants. */
export function conflictWords({ id, state, holder, purpose }: KnownNumber): string {
  const what = purpose === "" ? "" : ` for ${purpose}`;
  return `${id} is ${state} by ${holder}${what}.`;
}

export interface NumberConflict {
  id: string;
  has: KnownNumber;
  wants: KnownNumber;
  /** Who gave way, where one of the two did. */
  gaveWay: string | null;
  says: string;
}

/** Numbers that two holders claim, in the order of their names. Documents of one work stream have one holder. */
export function findConflicts(claims: readonly KnownNumber[]): NumberConflict[] {
  const first = new Map<string, KnownNumber>();
  const conflicts: NumberConflict[] = [];
  for (const claim of claims) {
    const has = first.get(claim.id);
    if (has === undefined) first.set(claim.id, claim);
    else if (has.holder !== claim.holder) conflicts.push(conflictOf(has, claim));
  }
  return conflicts.sort((one, other) => (one.id < other.id ? -1 : one.id > other.id ? 1 : 0));
}

function conflictOf(has: KnownNumber, wants: KnownNumber): NumberConflict {
  const gaveWay =
    has.state === "relinquished" ? has.holder : wants.state === "relinquished" ? wants.holder : null;
  const end = gaveWay === null ? "One of them has to give way." : `${gaveWay} gave way.`;
  const says = `${conflictWords(has)} ${wants.holder} claims it as well. ${end}`;
  return { id: has.id, has, wants, gaveWay, says };
}
