import type { Diagnostic, UnplacedLine } from "../diagnostics.ts";
import { type DocumentText, isBlank, isRule, textAt } from "../source/document-text.ts";
import { readDeferred } from "./deferred.ts";
import type { HandoffHead, HandoffSection, PlacedItem } from "./item.ts";
import { findMarks, type Mark } from "./marks.ts";
import { type BodyLine, outdent, readParts } from "./parts.ts";
import { unwrap } from "../text/wrap.ts";

export interface ReadHandoff {
  head: HandoffHead;
  sections: HandoffSection[];
  items: PlacedItem[];
  unplaced: UnplacedLine[];
  diagnostics: Diagnostic[];
}

/** Lines from 0, the end excluded. */
interface Region {
  from: number;
  to: number;
}

/** Reads a handoff register. Every line that is not blank is placed, or stands in `unplaced`. */
export function readHandoff(document: DocumentText): ReadHandoff {
  const marks = findMarks(document);
  const read: ReadHandoff = {
    head: { title: "", snapshot: null, numbering: null, conventions: null },
    sections: [],
    items: [],
    unplaced: [],
    diagnostics: [],
  };
  const isIndented = hasIndentedBodies(document, marks);
  const stray = (region: Region) => addUnplaced(document, region, read.unplaced);
  stray({ from: 0, to: marks[0]?.at ?? document.source.count });
  const reading: Reading = { document, read, isIndented, deferredCount: 0 };
  marks.forEach((mark, index) => {
    const region = { from: mark.at, to: marks[index + 1]?.at ?? document.source.count };
    stray({ from: placeMark(reading, mark, region), to: region.to });
  });
  return { ...read, diagnostics: [...read.diagnostics, ...noteProblems(read)] };
}

interface Reading {
  document: DocumentText;
  read: ReadHandoff;
  isIndented: boolean;
  deferredCount: number;
}

/** Reads what begins at the mark; answers the first line that does not belong to it. */
function placeMark(reading: Reading, mark: Mark, region: Region): number {
  const { read } = reading;
  switch (mark.kind) {
    case "title":
      read.head.title = mark.text;
      return mark.at + 1;
    case "end":
      return mark.at + 1;
    case "section":
      read.sections.push(mark.section);
      return mark.at + 1;
    case "paragraph":
      return placeParagraph(reading, mark, region);
    case "bullet":
    case "item":
      if (read.sections.length === 0) read.sections.push({ number: null, title: "", kind: "other" });
      return mark.kind === "item" ? placeItem(reading, mark, region) : placeDeferred(reading, region);
  }
}

function placeParagraph(
  { document, read }: Reading,
  mark: Mark & { kind: "paragraph" },
  region: Region,
): number {
  let from = mark.hasHeading ? mark.at + 1 : mark.at;
  if (mark.hasHeading) while (from < region.to && isBlank(document, from)) from += 1;
  let to = from;
  // Below a heading of its own it may have several paragraphs.
  while (to < region.to && !isRule(document, to) && (mark.hasHeading || !isBlank(document, to))) to += 1;
  if (read.head[mark.which] !== null) {
    const says = `The document has more than one paragraph "${mark.which}". The first is taken.`;
    read.diagnostics.push({ code: "head.repeated", severity: "warning", line: mark.at + 1, says });
    return mark.at;
  }
  let last = to;
  while (last > from && isBlank(document, last - 1)) last -= 1;
  const lines = Array.from({ length: last - from }, (_, index) => textAt(document, from + index).trimEnd());
  read.head[mark.which] = lines.join("\n");
  return to;
}

function placeItem(
  { document, read, isIndented }: Reading,
  mark: Mark & { kind: "item" },
  region: Region,
): number {
  const { header } = mark;
  const to = bodyEnd(document, region, isIndented && !header.isMarked);
  const body = bodyLines(document, { from: mark.at + 1, to });
  let { title } = header;
  let rest = body;
  if (header.kind === "C" && !header.hasSeparator) {
    const taken = firstParagraph(body);
    title = unwrap([title, ...body.slice(0, taken).map(({ text }) => text)]);
    rest = body.slice(taken);
  }
  const { id, kind, refsText } = header;
  const place = {
    section: read.sections.length - 1,
    lines: { first: mark.at + 1, last: lastLine(document, mark.at, to) },
  };
  read.items.push({ id, kind, refsText, title, trigger: null, parts: readParts(rest), ...place });
  if (!header.hasSeparator && kind !== "C") {
    const says = `${id} has no " -- " before its title.`;
    read.diagnostics.push({ code: "item.no_separator", severity: "warning", line: mark.at + 1, says });
  }
  return to;
}

function placeDeferred(reading: Reading, region: Region): number {
  const { document, read, isIndented } = reading;
  const to = bodyEnd(document, region, isIndented || isBlank(document, region.from + 1));
  reading.deferredCount += 1;
  const body = bodyLines(document, { from: region.from + 1, to });
  const taken = firstParagraph(body);
  const first = textAt(document, region.from)
    .trimStart()
    .replace(/^\S{1,4}[ \t]+/, "");
  const { title, trigger } = readDeferred(unwrap([first, ...body.slice(0, taken).map(({ text }) => text)]));
  read.items.push({
    id: `deferred-${reading.deferredCount}`,
    kind: "deferred",
    refsText: null,
    title,
    trigger,
    parts: readParts(body.slice(taken)),
    section: read.sections.length - 1,
    lines: { first: region.from + 1, last: lastLine(document, region.from, to) },
  });
  return to;
}

/** Lines of a body that belong to the item's own sentence: up to a blank line, a fence or a label. */
function firstParagraph(body: readonly BodyLine[]): number {
  const end = body.findIndex(
    (line, at) => line.text.trim() === "" || line.fence !== null || beginsPart(body.slice(at, at + 2)),
  );
  return end === -1 ? body.length : end;
}

function beginsPart(lines: readonly BodyLine[]): boolean {
  const [part] = readParts(lines);
  return part !== undefined && (part.kind === "block" || part.label !== null);
}

/**
 * The line behind an item's last. A rule ends it. Where bodies are indented, a paragraph that is not belongs to nobody;
 * a line right behind one of the body is taken as a continuation that lost its indentation.
 */
function bodyEnd(document: DocumentText, region: Region, isIndented: boolean): number {
  for (let at = region.from + 1; at < region.to; at += 1) {
    if ((document.lines.indents[at] ?? 0) > 1 || isBlank(document, at)) continue;
    if (isRule(document, at)) return at;
    const isInFence = (document.fenceOf[at] ?? 0) !== 0;
    if (isIndented && !isInFence && isBlank(document, at - 1)) return at;
  }
  return region.to;
}

function bodyLines(document: DocumentText, { from, to }: Region): BodyLine[] {
  let indent = 255;
  for (let at = from; at < to; at += 1) {
    const isWithin = fencePlace(document, at) === "within";
    if (!isBlank(document, at) && !isWithin) indent = Math.min(indent, document.lines.indents[at] ?? 0);
  }
  const lines: BodyLine[] = [];
  for (let at = from; at < to; at += 1) {
    lines.push({ text: outdent(textAt(document, at), indent), fence: fencePlace(document, at) });
  }
  return lines;
}

function fencePlace(document: DocumentText, at: number): BodyLine["fence"] {
  const number = document.fenceOf[at] ?? 0;
  const fence = number === 0 ? undefined : document.fences[number - 1];
  if (fence === undefined) return null;
  if (at === fence.first) return "opens";
  return at === fence.last && fence.isClosed ? "closes" : "within";
}

function lastLine(document: DocumentText, from: number, to: number): number {
  let last = to;
  while (last > from + 1 && isBlank(document, last - 1)) last -= 1;
  return last;
}

/** Whether bodies stand further right than numbers, as they do where at least one body follows its number like that. */
function hasIndentedBodies(document: DocumentText, marks: readonly Mark[]): boolean {
  return marks.some(
    (mark) =>
      mark.kind === "item" &&
      !mark.header.isMarked &&
      !isBlank(document, mark.at + 1) &&
      (document.lines.indents[mark.at + 1] ?? 0) > 1,
  );
}

function addUnplaced(document: DocumentText, { from, to }: Region, unplaced: UnplacedLine[]): void {
  for (let at = from; at < to; at += 1) {
    if (!isBlank(document, at) && !isRule(document, at))
      unplaced.push({ line: at + 1, text: textAt(document, at) });
  }
}

function noteProblems(read: ReadHandoff): Diagnostic[] {
  const found: Diagnostic[] = [];
  const seen = new Map<string, number>();
  for (const { id, kind, title, trigger, lines } of read.items) {
    const line = lines.first;
    const earlier = seen.get(id);
    if (earlier === undefined) seen.set(id, line);
    else {
      const says = `${id} stands in line ${earlier} already.`;
      found.push({ code: "item.duplicate", severity: "error", line, says });
    }
    if (title === "")
      found.push({ code: "item.no_title", severity: "error", line, says: `${id} has no title.` });
    if (kind === "deferred" && trigger === null) {
      const says = `"${title.slice(0, 200)}" does not say when it is looked at again.`;
      found.push({ code: "item.no_trigger", severity: "warning", line, says });
    }
  }
  return found;
}
