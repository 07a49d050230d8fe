import { identifiersIn, isItemId, partsOf } from "../text/identifiers.ts";
import { unwrap } from "../text/wrap.ts";

/** What a text says about a number: `next_free` is a claim about its series, the others about the number. */
export const NUMBER_CLAIMS = [
  "next_free",
  "assigned",
  "reserved",
  "provisional",
  "relinquished",
  "open",
] as const;
export type NumberClaim = (typeof NUMBER_CLAIMS)[number];

export interface NumberStatement {
  id: string;
  claim: NumberClaim;
  /** What the number is for, as said. */
  words: string;
}

const SHORT = /\b([A-Z]{1,12})[ ]?=[ ]?([0-9]{2,6})\b/g;
const CLAIM = /^[ :=]{0,3}(?:is )?\(?(ASSIGNED|RESERVED|PROVISIONAL|RELINQUISHED|PROPOSED(?:\/OPEN)?)\b/i;

/**
 * Reads a text about next-free numbers, as it stands in registers, session ledgers and changelogs: the numbers named
 * before any parenthesis are the next free ones, those within it were said to be assigned, reserved and so on.
 */
export function readNumberStatements(text: string): NumberStatement[] {
  const words = unwrap(text.split("\n"));
  const found: NumberStatement[] = [];
  for (const match of words.matchAll(SHORT)) {
    found.push({ id: `${match[1] ?? ""}-${match[2] ?? ""}`, claim: "next_free", words: "" });
  }
  const depths = depthsIn(words);
  const seen = new Set<string>();
  for (const { id, at } of identifiersIn(words)) {
    if (isItemId(id) || id.startsWith("phase-")) continue;
    const tail = words.slice(at + id.length, at + id.length + 300);
    const claim = claimOf(tail);
    if (claim === null && depths(at) > 0 && !/^ ?=/.test(tail)) continue;
    const kind = claim ?? (depths(at) > 0 ? "assigned" : "next_free");
    if (seen.has(id)) continue;
    seen.add(id);
    found.push({ id, claim: kind, words: kind === "next_free" ? "" : purposeOf(tail) });
  }
  return found.filter(({ id }) => partsOf(id).digits.length >= 2);
}

function claimOf(tail: string): NumberClaim | null {
  switch (CLAIM.exec(tail)?.[1]?.toLowerCase()) {
    case "assigned":
      return "assigned";
    case "reserved":
      return "reserved";
    case "provisional":
      return "provisional";
    case "relinquished":
      return "relinquished";
    case undefined:
      return null;
    default:
      return "open";
  }
}

/** What stands behind the equals sign, to the end of the statement. */
function purposeOf(tail: string): string {
  const sign = tail.indexOf("=");
  if (sign === -1 || sign > 30) return "";
  const text = tail.slice(sign + 1).trim();
  const end = text.search(/\. [A-Z]|[.)]*$/);
  return end === -1 ? text : text.slice(0, end);
}

/** Depth of parentheses at an offset; offsets must be asked for in order. */
function depthsIn(text: string): (at: number) => number {
  let depth = 0;
  let done = 0;
  return (at) => {
    for (; done < at; done += 1) {
      if (text[done] === "(") depth += 1;
      else if (text[done] === ")") depth = Math.max(0, depth - 1);
    }
    return depth;
  };
}
