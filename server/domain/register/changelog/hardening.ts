import type { Diagnostic, LineSpan, UnplacedLine } from "../diagnostics.ts";
import { type DocumentText, headingAt } from "../source/document-text.ts";
import { cutRegions, linesAround, regionLines, spanOf } from "../source/regions.ts";
import { type Field, fieldNamed, readFields, writeField } from "../text/fields.ts";
import { uniqueIdentifiers } from "../text/identifiers.ts";
import { oneLine } from "../text/wrap.ts";

/** One change: `### 12. DOCFIX-070 -- title` with FILE, WHY and REVERT. */
export interface ChangeEntry {
  /** Item number, continuous over the file; null for an addendum without one. */
  number: number | null;
  isAddendum: boolean;
  /** Identifiers in the heading, before the title. */
  idText: string;
  title: string;
  /** Position in `blocks` of the block that it stands in, or null. */
  block: number | null;
  fields: Field[];
}

export interface PlacedChange extends ChangeEntry {
  lines: LineSpan;
}

export interface HardeningChangelog {
  title: string;
  /** What stands before the first block, lines as they are. */
  preamble: string;
  blocks: string[];
  entries: ChangeEntry[];
}

const ITEM = /^#{2,6}[ \t]+([0-9]{1,5})[.)][ \t]+(.*)$/;
const ADDENDUM = /^#{2,6}[ \t]+[Aa]ddendum[ \t]+([0-9]{1,5})[ \t]*(?:--|:|\u2014)[ \t]*(.*)$/;
const ID_HEAD =
  /^((?:[A-Z][A-Z0-9]*-[0-9]+[a-z]?)(?:[ ,/+&]{1,3}[A-Z][A-Z0-9]*-[0-9]+[a-z]?){0,8})[ \t]*(?:--|:|\u2014)[ \t]*(.*)$/;
const BLOCK = /^(?:#{1,3}[ \t]+)?Block[ \t]+[0-9A-Z]{1,4}\b/i;

type ChangeHead = Pick<ChangeEntry, "number" | "isAddendum" | "idText" | "title">;

/** The heading of a change entry, or null. */
export function changeHead(line: string): ChangeHead | null {
  const text = line.slice(0, 2000).trimEnd();
  const addendum = ADDENDUM.exec(text);
  const match = addendum ?? ITEM.exec(text);
  if (match === null) return null;
  const rest = match[2] ?? "";
  const head = ID_HEAD.exec(rest);
  // Without an identifier a numbered heading may be any heading.
  if (head === null && addendum === null && !/(?:^| )(?:--|\u2014) /.test(rest)) return null;
  const [idText, title] =
    head === null ? ["", withoutDashes(rest)] : [oneLine(head[1] ?? ""), oneLine(head[2] ?? "")];
  return { number: Number(match[1]), isAddendum: addendum !== null, idText, title };
}

const withoutDashes = (text: string) => oneLine(text.startsWith("-- ") ? text.slice(3) : text);

/** Reads a process-hardening changelog: preamble, blocks, numbered items. */
export function readHardening(document: DocumentText): {
  changelog: Omit<HardeningChangelog, "entries"> & { entries: PlacedChange[] };
  unplaced: UnplacedLine[];
  diagnostics: Diagnostic[];
} {
  const blocks: string[] = [];
  const preamble: number[] = [];
  let title = "";
  const blockOf: (number | null)[] = [];
  const { regions, unplaced } = cutRegions(document, {
    headAt: (line) => {
      const head = line.startsWith("#") ? changeHead(line) : null;
      if (head !== null) blockOf.push(blocks.length === 0 ? null : blocks.length - 1);
      return head;
    },
    endsAt: (heading, isRuleLine) => isRuleLine || (heading !== null && heading.level <= 2),
    isKnown: (line, at) => {
      const heading = headingAt(document, at);
      const text = heading?.text ?? line.trim();
      if (BLOCK.test(text)) blocks.push(oneLine(text));
      else if (heading !== null && title === "") title = text;
      else if (blocks.length === 0 && blockOf.length === 0) preamble.push(at);
      else return false;
      return true;
    },
  });
  const entries = regions.map((region, at): PlacedChange => {
    const fields = readFields(regionLines(document, region), "plain");
    return { ...region.head, block: blockOf[at] ?? null, fields, lines: spanOf(region) };
  });
  return {
    changelog: { title, preamble: linesAround(document, preamble), blocks, entries },
    unplaced,
    diagnostics: problemsOf(entries),
  };
}

function problemsOf(entries: readonly PlacedChange[]): Diagnostic[] {
  const found: Diagnostic[] = [];
  let before: number | null = null;
  for (const entry of entries) {
    const note = (code: string, severity: Diagnostic["severity"], says: string) =>
      found.push({ code, severity, line: entry.lines.first, says });
    const name = nameOf(entry);
    for (const missing of missingOf(entry)) {
      note(
        `change.no_${missing}`,
        missing === "revert" ? "error" : "warning",
        `${name} does not say its ${missing}.`,
      );
    }
    if (entry.isAddendum || entry.number === null) continue;
    if (before !== null && entry.number !== before + 1) {
      note(
        "change.numbering",
        "warning",
        `${name} comes after item ${before}: numbers of items are continuous.`,
      );
    }
    before = entry.number;
  }
  return found;
}

/** `item 12 (DOCFIX-070)`. */
export function nameOf({ isAddendum, number, idText }: ChangeHead): string {
  return `${isAddendum ? "Addendum" : "Item"} ${number ?? "?"}${idText === "" ? "" : ` (${idText})`}`;
}

/** What an entry must say and does not. What it changes is its title, unless a field says more. */
export function missingOf(entry: ChangeEntry): ("what" | "files" | "why" | "revert")[] {
  const isSaid = (...labels: string[]) => (fieldNamed(entry.fields, ...labels) ?? "").trim() !== "";
  const missing: ("what" | "files" | "why" | "revert")[] = [];
  if (entry.title === "" && !isSaid("what", "change")) missing.push("what");
  if (!isSaid("file", "files", "where")) missing.push("files");
  if (!isSaid("why", "reason")) missing.push("why");
  if (!isSaid("revert", "rollback")) missing.push("revert");
  return missing;
}

export const changeIds = (entry: ChangeEntry): string[] => uniqueIdentifiers(entry.idText);

/** The changelog in its native form. */
export function writeHardening({ title, preamble, blocks, entries }: HardeningChangelog): string {
  const rule = "=".repeat(80);
  const byBlock = Map.groupBy(entries, ({ block }) => block);
  const written = (block: number | null) => (byBlock.get(block) ?? []).map(writeChange);
  const inBlocks = blocks.flatMap((block, at) => [`${rule}\n## ${block}\n${rule}`, ...written(at)]);
  const head = [`# ${title}`, ...(preamble === "" ? [] : [preamble])];
  return `${[...head, ...written(null), ...inBlocks].join("\n\n")}\n`;
}

/** One entry, without a line end behind the last line. */
export function writeChange(entry: ChangeEntry): string {
  const { isAddendum, number, idText, title } = entry;
  const mark = isAddendum ? `Addendum ${number ?? 0} --` : `${number ?? 0}.`;
  const ids = idText === "" ? (isAddendum ? "" : "-- ") : `${idText} -- `;
  const head = `### ${mark} ${ids}${title}`.trimEnd();
  return [head, ...entry.fields.map((field) => writeField(field, "plain"))].join("\n");
}
