import { oneLine } from "../text/wrap.ts";
import type { ItemKind } from "./item.ts";

export interface ItemHeader {
  id: string;
  kind: Exclude<ItemKind, "deferred">;
  refsText: string | null;
  title: string;
  /** Whether ` -- ` or another mark stands between number and title. */
  hasSeparator: boolean;
  /** Whether the line is a heading, a bullet or bold, so that it cannot be prose that begins with a number. */
  isMarked: boolean;
}

/** A decision has three digits or more, so D-001 is never an item. */
const NUMBER =
  /^[ \t]?((?:#{1,6}[ \t]{1,3}|[-*+][ \t]{1,3})?(?:\[[ xX]\][ \t]{1,3})?(?:\*\*|__)?)((?:[HVRC]-[0-9]{1,4}|D-[0-9]{1,2})[a-z]?)(?![0-9A-Za-z_/]|-[A-Za-z0-9]|\.[0-9])/;
const SEPARATOR = /^(?:-{1,3}(?=[ \t]|$)|\u2014|\u2013|:(?=[ \t]|$))/;
const TITLE_MAX = 4000;

/** The first line of an item, such as `R-3 (D-063, PROPOSED/OPEN) -- title`, or null for any other line. */
export function readHeader(line: string): ItemHeader | null {
  const found = NUMBER.exec(line.slice(0, 40));
  const id = found?.[2];
  if (found === null || id === undefined) return null;
  const kind = kindOf(id);
  if (kind === null) return null;
  const mark = found[1] ?? "";
  const isMarked = mark !== "";
  const behindId = line.slice(found[0].length);
  const rest = (mark.endsWith("**") || mark.endsWith("__") ? withoutBold(behindId) : behindId).trim();
  const refs = parenthesised(rest);
  const behind = (refs === null ? rest : rest.slice(refs.length + 2)).trim();
  const separator = SEPARATOR.exec(behind)?.[0];
  if (separator === undefined) {
    // A checklist item has neither references nor a separator: parentheses are part of its words.
    const title = kind === "C" ? rest : behind;
    const refsText = kind === "C" || refs === null ? null : oneLine(refs);
    return { id, kind, refsText, title: titleOf(title), hasSeparator: false, isMarked };
  }
  const title = titleOf(behind.slice(separator.length));
  return { id, kind, refsText: refs === null ? null : oneLine(refs), title, hasSeparator: true, isMarked };
}

const ITEM_LETTERS = ["H", "V", "R", "D", "C"] as const;

function kindOf(id: string): ItemHeader["kind"] | null {
  return ITEM_LETTERS.find((letter) => id.startsWith(letter)) ?? null;
}

const withoutBold = (text: string): string =>
  text.slice(0, TITLE_MAX).replaceAll("**", "") + text.slice(TITLE_MAX);

function titleOf(text: string): string {
  return oneLine(text);
}

/** What stands between the first parenthesis, with which the text begins, and the one that closes it. */
function parenthesised(text: string): string | null {
  if (!text.startsWith("(")) return null;
  let depth = 0;
  for (let at = 0; at < Math.min(text.length, TITLE_MAX); at += 1) {
    if (text[at] === "(") depth += 1;
    if (text[at] === ")") depth -= 1;
    if (depth === 0) return text.slice(1, at);
  }
  return null;
}

/** Whether a line with the number of an item begins one, when nothing is known of the lines around it. */
export function isStrictHeader(line: string): boolean {
  const header = readHeader(line);
  return header !== null && (header.hasSeparator || header.isMarked || header.kind === "C");
}
