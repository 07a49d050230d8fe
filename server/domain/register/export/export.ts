import type { RegisterDocument } from "../document.ts";
import { type DocumentText, headingAt, isBlank, isRule, textAt } from "../source/document-text.ts";
import { lineEndOf, rangeOf } from "../source/source.ts";
import { readPlain } from "../read.ts";
import type { RecordContent } from "../record.ts";
import { isSameContent } from "../record-standing.ts";
import { type DocumentRecord, recordsIn } from "../records.ts";
import { cellsOf, isDelimiterRow } from "../table/table.ts";
import { writeRecord } from "./write-record.ts";

/** A record as the console has it, with where it stands written into it. */
export interface ExportedRecord {
  key: string;
  section: number | null;
  shown: RecordContent;
}

/** Lines to be put in place of others; `first` above `last` puts them before `first`. Lines count from 1. */
interface Edit {
  first: number;
  last: number;
  text: string | null;
}

/**
 * A document given back: every line that nobody changed as it came, byte for byte; a record that was changed in the
 * console in the native form; one that was made here behind the last of its section. The title of a record that was
 * taken out goes with it.
 */
export function exportDocument(
  { path, text }: { path: string; text: string },
  held: readonly ExportedRecord[],
): string {
  const document = readPlain(text, path);
  const records = recordsIn(document);
  const known = new Map(held.map((record) => [record.key, record]));
  const edits = records.flatMap((record): Edit[] => {
    const now = known.get(record.key);
    if (now === undefined) return [{ ...withGap(document, record), text: null }];
    return isSameContent(record.content, now.shown)
      ? []
      : [{ ...record.lines, text: writeRecord(now.shown) }];
  });
  const keys = new Set(records.map(({ key }) => key));
  const added = held.filter(({ key }) => !keys.has(key));
  return applied(document, [...edits, ...additions(document, records, added)]);
}

/** The lines of a record with the blank ones behind it. */
function withGap({ text }: RegisterDocument, { lines }: DocumentRecord): { first: number; last: number } {
  let { last } = lines;
  while (last < text.source.count && textAt(text, last).trim() === "") last += 1;
  return { first: lines.first, last };
}

/** New records, all those of one section together behind its last one. */
function additions(
  document: RegisterDocument,
  records: readonly DocumentRecord[],
  added: readonly ExportedRecord[],
): Edit[] {
  const lastOf = new Map(records.map((record) => [record.section, record]));
  const bySection = Map.groupBy(added, ({ section }) => section);
  return [...bySection].map(([section, own]) => {
    const before = lastOf.get(section);
    const at = before === undefined ? placeOf(document, section) : before.lines.last + 1;
    const texts = own.map(({ shown }) => gapBefore(shown, before?.content ?? null) + writeRecord(shown));
    return { first: at, last: at - 1, text: texts.join("\n") };
  });
}

const END = /^-- end of register --\s*$/;

/** Where a section without records begins; of a document without sections, where its text ends. */
function placeOf({ content, text }: RegisterDocument, section: number | null): number {
  const table = content.kind === "security_ledger" && section !== null ? behindHead(text, section) : null;
  if (table !== null) return table;
  const title = content.kind === "handoff" ? content.handoff.sections[section ?? -1]?.title : undefined;
  const { count } = text.source;
  for (let at = 0; title !== undefined && title !== "" && at < count; at += 1) {
    const line = textAt(text, at);
    if (!line.startsWith("#") || !line.includes(title)) continue;
    return behindIntroduction(text, at + 1 < count && isRule(text, at + 1) ? at + 2 : at + 1) + 1;
  }
  let end = count;
  while (end > 0 && (isBlank(text, end - 1) || END.test(textAt(text, end - 1)))) end -= 1;
  return end + 1;
}

/** The line behind what a section without records says of itself; lines from 0. */
function behindIntroduction(text: DocumentText, from: number): number {
  let end = from;
  for (let at = from; at < text.source.count; at += 1) {
    const line = textAt(text, at);
    if (isRule(text, at) || END.test(line) || headingAt(text, at) !== null) break;
    if (!isBlank(text, at)) end = at + 1;
  }
  return end;
}

/** The line behind the head of a table, counted from 1; null where a document has no such table. */
function behindHead(text: DocumentText, table: number): number | null {
  let isOpen = false;
  let count = 0;
  for (let at = 0; at + 1 < text.source.count; at += 1) {
    const cells = text.fenceOf[at] === 0 ? cellsOf(textAt(text, at)) : null;
    const begins: boolean = cells !== null && !isOpen && isDelimiterRow(cellsOf(textAt(text, at + 1)) ?? []);
    if (begins && count === table) return at + 3;
    if (begins) count += 1;
    isOpen = cells !== null && (isOpen || begins);
  }
  return null;
}

/** Lines of a table, an index or a list run on; everything else stands apart. */
function gapBefore(content: RecordContent, before: RecordContent | null): string {
  if (content.kind === "ledger_row") return "";
  if (content.kind === "session") return before === null ? "\n" : "";
  if (content.kind === "decision") return "\n---\n\n";
  const isListed = (one: RecordContent | null) =>
    one?.kind === "item" &&
    (one.item.kind === "C" || one.item.kind === "deferred") &&
    one.item.parts.length === 0;
  return isListed(content) && isListed(before) ? "" : "\n";
}

function applied({ text: { source } }: RegisterDocument, edits: readonly Edit[]): string {
  const end = lineEndOf(source);
  const pieces: string[] = [];
  let before = "";
  let at = 0;
  for (const { first, last, text } of edits.toSorted((one, other) => one.first - other.first)) {
    const from = first > source.count ? source.text.length : rangeOf(source, first, first).from;
    const to = last < first ? from : rangeOf(source, first, last).to;
    const kept = source.text.slice(at, from);
    pieces.push(kept);
    before = kept.slice(-1) || before;
    at = to;
    if (text === null) continue;
    const isOpen = before !== "" && before !== "\n" && before !== "\r";
    const isLast = to >= source.text.length && last >= first && !/[\r\n]$/.test(source.text.slice(-1));
    const lines = (isOpen ? end : "") + text.split("\n").join(end) + (isLast ? "" : end);
    pieces.push(lines);
    before = lines.slice(-1);
  }
  return pieces.join("") + source.text.slice(at);
}
