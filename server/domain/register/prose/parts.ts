import type { LineSpan } from "../diagnostics.ts";
import type { RegisterDocument } from "../document.ts";
import { findMarks, type Mark } from "../handoff/marks.ts";
import { type DocumentRecord, recordsIn } from "../records.ts";
import { headingAt, isBlank, isRule, textAt } from "../source/document-text.ts";

/** A piece of a document's own words: lines that are no record's, such as its conventions or what a section begins with. */
export interface ProsePart {
  /**
   * What it is known by: `snapshot`, `numbering` and `conventions` of a handoff; of any other the record that it stands
   * before, or `end`, and which of several it is, such as `V-1#2`. Unique within the document.
   */
  key: string;
  /** Its heading or the beginning of its first line, for people. */
  title: string;
  /** Its lines, joined with LF. */
  text: string;
  lines: LineSpan;
  /** Made by a machine: it is shown, and nobody edits it. */
  isMachines: boolean;
}

/** Lines from 0, the end excluded, and the record behind them. */
interface Gap {
  from: number;
  to: number;
  before: string;
}

const TITLE_MAX = 80;

/** Everything of a document that is not a record's, in its order; blank lines and rules around it left out. */
export function prosePartsIn(
  document: RegisterDocument,
  records: readonly DocumentRecord[] = recordsIn(document),
): ProsePart[] {
  const marks = new Map(
    document.content.kind === "handoff" ? findMarks(document.text).map((mark) => [mark.at, mark]) : [],
  );
  const named = new Set<string>();
  return gapsIn(document, records).flatMap((gap) => {
    const cuts = cutGap(document, gap, marks);
    return cuts.map((lines, at): ProsePart => {
      const mark = marks.get(lines.from);
      const own = mark?.kind === "paragraph" && !named.has(mark.which) ? mark.which : null;
      if (own !== null) named.add(own);
      const texts = Array.from({ length: lines.to - lines.from }, (_, index) =>
        textAt(document.text, lines.from + index),
      );
      return {
        key: own ?? `${gap.before}#${at + 1}`,
        title: titleOf(document, lines.from, own),
        text: texts.join("\n"),
        lines: { first: lines.from + 1, last: lines.to },
        isMachines: isMachines(document, lines.from),
      };
    });
  });
}

const NAMES = { snapshot: "Status snapshot", numbering: "Numbering", conventions: "Conventions" } as const;

function titleOf({ text }: RegisterDocument, at: number, own: keyof typeof NAMES | null): string {
  if (own !== null) return NAMES[own];
  const title = headingAt(text, at)?.text ?? textAt(text, at).trim();
  return title.length > TITLE_MAX ? `${title.slice(0, TITLE_MAX - 3)}...` : title;
}

function isMachines({ content }: RegisterDocument, at: number): boolean {
  const lines = content.kind === "session_ledger" ? content.ledger.machine?.lines : undefined;
  return lines !== undefined && at + 1 >= lines.first && at + 1 <= lines.last;
}

function gapsIn(document: RegisterDocument, found: readonly DocumentRecord[]): Gap[] {
  const records = found.toSorted((one, other) => one.lines.first - other.lines.first);
  const gaps: Gap[] = [];
  let from = 0;
  for (const { key, lines } of records) {
    if (lines.first - 1 > from) gaps.push({ from, to: lines.first - 1, before: key });
    from = Math.max(from, lines.last);
  }
  return [...gaps, { from, to: document.text.source.count, before: "end" }];
}

/** Lines from 0, the end excluded. */
interface Lines {
  from: number;
  to: number;
}

/** A heading begins a part, and so does a paragraph of a handoff's head, which a blank line ends. */
function cutGap({ text }: RegisterDocument, gap: Gap, marks: ReadonlyMap<number, Mark>): Lines[] {
  const parts: Lines[] = [];
  let open: Lines | null = null;
  let isParagraph = false;
  for (let at = gap.from; at < gap.to; at += 1) {
    const mark = marks.get(at);
    if (mark?.kind === "end") open = null;
    if (isBlank(text, at) && isParagraph) open = null;
    const isFrame = open !== null && isRule(text, at) && at === open.from + 1;
    const isSaid = mark?.kind !== "end" && !isBlank(text, at) && !isRule(text, at);
    if (!isSaid && !isFrame) continue;
    if (isSaid && (open === null || mark !== undefined || headingAt(text, at) !== null)) {
      open = { from: at, to: at + 1 };
      isParagraph = mark?.kind === "paragraph" && !mark.hasHeading;
      parts.push(open);
    } else if (open !== null) open.to = at + 1;
  }
  return parts;
}
