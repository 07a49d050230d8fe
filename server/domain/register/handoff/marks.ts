import { type DocumentText, headingAt, isBlank, isRule, textAt } from "../source/document-text.ts";
import { type ItemHeader, readHeader } from "./header.ts";
import type { HandoffSection, SectionKind } from "./item.ts";

/** A line that begins something. Lines count from 0. */
export type Mark = { at: number } & (
  | { kind: "title"; text: string }
  | { kind: "paragraph"; which: HeadParagraph; hasHeading: boolean }
  | { kind: "section"; section: HandoffSection }
  | { kind: "item"; header: ItemHeader }
  | { kind: "bullet" }
  | { kind: "end" }
);

export type HeadParagraph = "snapshot" | "numbering" | "conventions";

const BULLET = /^[ ]?(?:[-*+\u2022]|[0-9]{1,3}[.)])[ \t]+\S/;
const END = /^-{2,}\s?end of (?:the )?(?:\S{1,40} )?register\b/i;
const SECTION_NUMBER = /^([0-9]{1,3})[.):]?[ \t]+(\S.*)$/;
const PARAGRAPHS: readonly [HeadParagraph, RegExp][] = [
  ["snapshot", /^\*{0,2}(?:status )?snapshot\b/i],
  ["numbering", /^\*{0,2}(?:next-free )?number(?:ing|s)\b/i],
  ["conventions", /^\*{0,2}conventions?\b/i],
];
/** In this order: "v1-close checklist" is C although a later word may fit another kind. */
const SECTION_KINDS: readonly [SectionKind, RegExp][] = [
  ["deferred", /\bdeferred\b|\bparked\b|\brevisit/i],
  ["C", /\bchecklist\b|\bclose\b/i],
  ["V", /\bverify|\bchecks?\b/i],
  ["R", /\brulings?\b/i],
  ["H", /\bimmediate\b/i],
  ["D", /\bdeploy\b|\bpath\b/i],
];

/** Every line that begins a part of a handoff register, in order. */
export function findMarks(document: DocumentText): Mark[] {
  const marks: Mark[] = [];
  let state: MarkState = { isTitled: false, section: null, isBehindItem: false };
  for (let at = 0; at < document.source.count; at += 1) {
    if ((document.lines.indents[at] ?? 0) > 1 || isBlank(document, at) || isRule(document, at)) continue;
    if ((document.fenceOf[at] ?? 0) !== 0) continue;
    const mark = markAt(document, at, state);
    if (mark === null) continue;
    marks.push(mark);
    state = nextState(state, mark);
  }
  return marks;
}

interface MarkState {
  isTitled: boolean;
  section: SectionKind | null;
  isBehindItem: boolean;
}

function nextState(state: MarkState, mark: Mark): MarkState {
  switch (mark.kind) {
    case "section":
      return { isTitled: true, section: mark.section.kind, isBehindItem: false };
    case "item":
      return { ...state, isTitled: true, isBehindItem: true };
    case "title":
      return { ...state, isTitled: true };
    case "bullet":
    case "end":
    case "paragraph":
      return state;
  }
}

function markAt(document: DocumentText, at: number, state: MarkState): Mark | null {
  const line = textAt(document, at);
  const header = readHeader(line);
  if (header !== null && isItem(document, at, header)) return { at, kind: "item", header };
  const heading = headingAt(document, at);
  if (heading !== null) return headingMark(at, heading, state);
  if (END.test(line)) return { at, kind: "end" };
  if (isFramed(document, at) && isSectionTitle(line))
    return { at, kind: "section", section: sectionOf(line.trim()) };
  if (state.section === "deferred" && BULLET.test(line.slice(0, 12))) return { at, kind: "bullet" };
  if (at > 0 && !isBlank(document, at - 1) && !isRule(document, at - 1)) return null;
  const which = PARAGRAPHS.find(([, pattern]) => pattern.test(line.slice(0, 40)))?.[0];
  return which === undefined || !isLabelled(line)
    ? null
    : { at, kind: "paragraph", which, hasHeading: false };
}

/** "Numbering at handoff (...):" is a label, "Numbers are assigned by hand" a sentence. */
function isLabelled(line: string): boolean {
  return (
    line.slice(0, 200).includes(":") || line.startsWith("STATUS SNAPSHOT") || line.startsWith("Numbering")
  );
}

/** A line without ` -- ` is an item's only where a paragraph begins; a checklist runs on without blank lines. */
function isItem(document: DocumentText, at: number, header: ItemHeader): boolean {
  if (header.hasSeparator || header.isMarked || header.kind === "C")
    return header.hasSeparator || header.title !== "";
  return header.title !== "" && (at === 0 || isBlank(document, at - 1) || isRule(document, at - 1));
}

function headingMark(at: number, heading: { level: number; text: string }, state: MarkState): Mark | null {
  const { level, text } = heading;
  const which = PARAGRAPHS.find(([, pattern]) => pattern.test(text))?.[0];
  if (which !== undefined) return { at, kind: "paragraph", which, hasHeading: true };
  const isNumbered = SECTION_NUMBER.test(text);
  if (!state.isTitled && !isNumbered) return { at, kind: "title", text };
  // A deeper heading without a number, within an item, is a heading of the item's own text.
  if (!isNumbered && state.isBehindItem && level > 2) return null;
  return { at, kind: "section", section: sectionOf(text) };
}

function isFramed(document: DocumentText, at: number): boolean {
  const isOpen = at === 0 || isRule(document, at - 1) || isBlank(document, at - 1);
  return isOpen && at + 1 < document.source.count && isRule(document, at + 1);
}

const isSectionTitle = (line: string) =>
  line.length < 200 && (SECTION_NUMBER.test(line.trim()) || sectionKind(line) !== "other");

function sectionOf(text: string): HandoffSection {
  const bare = text.replaceAll("**", "").trim();
  const match = bare.length < 1000 ? SECTION_NUMBER.exec(bare) : null;
  const title = match?.[2] ?? bare;
  return { number: match?.[1] ?? null, title, kind: sectionKind(title) };
}

/** Words in parentheses comment on the title and do not decide. */
function sectionKind(title: string): SectionKind {
  const words = title.slice(0, 200).split("(")[0] ?? "";
  return SECTION_KINDS.find(([, pattern]) => pattern.test(words))?.[0] ?? "other";
}
