/**
 * Numbered names: `D-064`, `DOCFIX-082`, `SEC-003`, `FLEX-WP-0007`, and of one handoff register `H-1` to `C-5`. The
 * letter D is in both: a decision always has three digits or more, an item of a register never.
 */
export interface Identifier {
  id: string;
  /** Offset of its first character. */
  at: number;
}

const NAMED =
  /(?<![A-Za-z0-9_-])(?:[A-Z][A-Z0-9]{0,15}(?:-[A-Z]{1,8}[0-9]{0,2}){0,2}-[0-9]{1,6}[a-z]?|[Pp]hase-[0-9]{2})(?![A-Za-z0-9_])/g;

/** Names of standards and algorithms, which look the same. */
const NOT_OURS = new Set([
  "UTF",
  "SHA",
  "MD",
  "ISO",
  "RFC",
  "AES",
  "RSA",
  "ED",
  "ECDSA",
  "CVE",
  "IPV",
  "TCP",
]);

const FURTHER = /^(?:\s*(?:\/|,|or|and|&)\s*)([0-9]{2,6})(?![0-9A-Za-z.-])/;
const RANGE = /^(?:\.\.|\s*-\s*|\s+to\s+)(?:([A-Z]{1,16})-)?([0-9]{1,6})(?![0-9A-Za-z.-])/;
const RANGE_MAX = 200;
/** Ranges of one text make at most so many names, so that a short text cannot become a long list. */
const EXPANDED_MAX = 5000;

/** Identifiers in the order in which they stand, each as often as it is named; `D-057/058` and `V-1..V-3` in full. */
export function identifiersIn(text: string): Identifier[] {
  const found: Identifier[] = [];
  if (!text.includes("-")) return found;
  let expanded = 0;
  for (const match of text.matchAll(NAMED)) {
    const id = match[0].startsWith("P") && match[0][1] === "h" ? match[0].toLowerCase() : match[0];
    if (NOT_OURS.has(id.slice(0, id.indexOf("-")))) continue;
    found.push({ id, at: match.index });
    if (expanded > EXPANDED_MAX) continue;
    for (const more of furtherOf(id, text, match.index + id.length)) {
      expanded += 1;

      found.push({ id: more, at: match.index });
    }
  }
  return found;
}

/** Each identifier once. */
export function uniqueIdentifiers(text: string): string[] {
  return [...new Set(identifiersIn(text).map(({ id }) => id))];
}

/** What is named without its series, behind an identifier: `DOCFIX-082 or 083`, `V-1..V-3`. */
function furtherOf(id: string, text: string, from: number): string[] {
  const tail = text.slice(from, from + 40);
  const { series, digits } = partsOf(id);
  const further = FURTHER.exec(tail)?.[1];
  if (further !== undefined && further.length === digits.length) return [`${series}-${further}`];
  const range = RANGE.exec(tail);
  if (range === null || (range[1] !== undefined && range[1] !== series)) return [];
  // "H-1 -- 3" and a date are no ranges: only two dots, "to", or the series again make one.
  if (range[1] === undefined && !tail.startsWith("..")) return [];
  const first = Number(digits) + 1;
  const last = Number(range[2]);
  if (last < first || last - first > RANGE_MAX) return [];
  const numbers = Array.from({ length: last - first + 1 }, (_, step) => first + step);
  return numbers.map((number) => `${series}-${String(number).padStart(digits.length, "0")}`);
}

/** `D-004a` is number 4 of series D, suffix a. */
export function partsOf(id: string): { series: string; digits: string; suffix: string } {
  const dash = id.lastIndexOf("-");
  const tail = id.slice(dash + 1);
  const end = tail.search(/[^0-9]/);
  return {
    series: id.slice(0, dash),
    digits: end === -1 ? tail : tail.slice(0, end),
    suffix: end === -1 ? "" : tail.slice(end),
  };
}

const ITEM_ID = /^(?:[HVRC]-[0-9]{1,4}|D-[0-9]{1,2})[a-z]?$/;

/** Whether this names an item of a handoff register and not a number of a series. */
export const isItemId = (id: string): boolean => ITEM_ID.test(id);
