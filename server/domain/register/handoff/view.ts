import { uniqueIdentifiers } from "../text/identifiers.ts";
import { unwrap } from "../text/wrap.ts";
import type { HandoffItem, ItemPart } from "./item.ts";

export interface CheckView {
  host: string | null;
  note: string | null;
  /** Whether the label says that it changes nothing. */
  isReadOnly: boolean;
  language: string;
  script: string | null;
}

/** The parts of an item by name, as screens and commands want them. Texts keep their lines. */
export interface ItemParts {
  body: string;
  fix: string | null;
  /** Points of ACCEPT, one by one. */
  accept: string[];
  check: CheckView | null;
  ruleOnResult: string | null;
  trigger: string | null;
}

export function partsOfItem(item: HandoffItem): ItemParts {
  const text = (label: string | null) => {
    const texts = item.parts.flatMap((part) =>
      part.kind === "text" && part.label === label ? [part.text] : [],
    );
    return texts.length === 0 ? null : texts.join("\n\n");
  };
  return {
    body: text(null) ?? "",
    fix: text("FIX"),
    accept: acceptPoints(text("ACCEPT") ?? ""),
    check: checkOf(item.parts) ?? inlineCheck(text("CHECK")),
    ruleOnResult: text("RULE ON RESULT"),
    trigger: item.trigger ?? text("TRIGGER"),
  };
}

function checkOf(parts: readonly ItemPart[]): CheckView | null {
  const block = parts.find((part) => part.kind === "block");
  if (block === undefined) return null;
  const { host, note, language, script } = block;
  return {
    host,
    note,
    isReadOnly: block.label === "CHECK" && note !== null && /read.?only/i.test(note),
    language,
    script,
  };
}

function inlineCheck(text: string | null): CheckView | null {
  return text === null ? null : { host: null, note: null, isReadOnly: false, language: "", script: text };
}

/**
 * What an item cites: the identifiers in the parentheses of its head. Items of a checklist and deferred ones have no
 * such parentheses; theirs are those of their sentence.
 */
export function refsOf(item: HandoffItem): string[] {
  if (item.refsText !== null) return uniqueIdentifiers(item.refsText);
  if (item.kind !== "C" && item.kind !== "deferred") return [];
  return uniqueIdentifiers(`${item.title} ${item.trigger ?? ""}`);
}

/** Whether the item is something that another person than a named one has to do or confirm. */
export function needsOtherPerson(item: HandoffItem): boolean {
  const { body } = partsOfItem(item);
  return /\b(?:someone|somebody|a person|anyone|an operator) other than\b|\bsecond[- ](?:person|human|operator)\b/i.test(
    unwrap([item.title, body.slice(0, 4000)]),
  );
}

/** Words by which a register says in a title that nothing is left to do, or what was decided. */
const STATED = /\b(AUTOMATED|RETIRED|DONE|CLOSED|RULED|DEFERRED|SUPERSEDED|RISK-ACCEPTED)\b/;

/** A state that the title itself names, in capitals; a person confirms it. */
export function statedState(item: HandoffItem): string | null {
  return STATED.exec(item.title)?.[1]?.toLowerCase().replace("-", "_") ?? null;
}

const BULLET = /^(?:[-*+]|\(?[0-9a-z]{1,2}[.)])[ \t]+/;

/** Points of an ACCEPT part: its bullets, or what stands between semicolons outside parentheses, quotes and code. */
export function acceptPoints(text: string): string[] {
  const lines = text.split("\n").flatMap((line) => (line.trim() === "" ? [] : [line.trim()]));
  if (lines.length > 0 && lines.every((line, at) => (at === 0 ? BULLET.test(line) : true))) {
    const groups: string[][] = [];
    for (const line of lines) {
      if (BULLET.test(line)) groups.push([line.replace(BULLET, "")]);
      else groups.at(-1)?.push(line);
    }
    return groups.map((group) => withoutDot(unwrap(group))).filter(Boolean);
  }
  return atSemicolons(unwrap(lines)).map(withoutDot).filter(Boolean);
}

const withoutDot = (text: string) => {
  const point = text.trim();
  return /[.;]$/.test(point.slice(-1)) ? point.slice(0, -1).trimEnd() : point;
};

function atSemicolons(text: string): string[] {
  const points: string[] = [];
  let depth = 0;
  let quote = "";
  let from = 0;
  for (let at = 0; at < text.length; at += 1) {
    const char = text[at] ?? "";
    if (quote !== "") quote = char === quote ? "" : quote;
    else if (char === "`" || char === '"') quote = char;
    else if (char === "(") depth += 1;
    else if (char === ")") depth = Math.max(0, depth - 1);
    else if (char === ";" && depth === 0) {
      points.push(text.slice(from, at));
      from = at + 1;
    }
  }
  return [...points, text.slice(from)];
}
