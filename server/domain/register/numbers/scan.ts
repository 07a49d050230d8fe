import type { RegisterDocument } from "../document.ts";
import { changeIds } from "../changelog/hardening.ts";
import { lineNumberAt } from "../source/source.ts";
import { identifiersIn, isItemId, partsOf } from "../text/identifiers.ts";
import { readSeries, type Series, nextFree, numberIn, numberName } from "./ledger.ts";
import { type NumberStatement, readNumberStatements } from "./statement.ts";

/** Where an identifier gets its meaning: a decision's heading, a ledger's row, a change, a finding. */
export interface Definition {
  id: string;
  path: string;
  line: number;
  title: string;
  /** `draft` findings are defined again by the change that carries them out. */
  kind: "decision" | "row" | "change" | "addendum" | "draft";
}

/** Identifiers that a document defines. Items of a handoff are its own and no numbers. */
export function definitionsIn(path: string, { content }: RegisterDocument): Definition[] {
  switch (content.kind) {
    case "decisions":
      return content.decisions.map(({ id, title, lines }) => ({
        id,
        path,
        line: lines.first,
        title,
        kind: "decision",
      }));
    case "security_ledger":
      return content.ledger.rows.map(({ id, cells, lines }) => {
        return { id, path, line: lines.first, title: cells[1] ?? "", kind: "row" };
      });
    case "changelog":
      return content.changelog.entries.flatMap((entry) =>
        changeIds(entry).map((id) => {
          const kind = entry.isAddendum ? "addendum" : "change";
          return { id, path, line: entry.lines.first, title: entry.title, kind } as const;
        }),
      );
    case "docfix":
      return content.draft.findings.flatMap(({ id, title, lines }) =>
        id === null ? [] : [{ id, path, line: lines.first, title, kind: "draft" }],
      );
    case "handoff":
    case "running_changelog":
    case "session_index":
    case "session_ledger":
    case "unknown":
      return [];
  }
}

/** What a document says about numbers, with the line of the text that says it. */
export function statementsIn({
  content,
  text: { source },
}: RegisterDocument): (NumberStatement & { line: number })[] {
  switch (content.kind) {
    case "handoff": {
      const { numbering } = content.handoff.head;
      if (numbering === null) return [];
      const line = lineNumberAt(
        source,
        Math.max(0, source.text.indexOf(numbering.slice(0, 60).split("\n")[0] ?? "")),
      );
      return readNumberStatements(numbering).map((statement) => ({ ...statement, line }));
    }
    case "running_changelog":
      return content.changelog.entries.flatMap(({ nextFree: text, lines }) =>
        text === null
          ? []
          : readNumberStatements(text).map((statement) => ({ ...statement, line: lines.first })),
      );
    case "session_ledger": {
      const { machine } = content.ledger;
      return (machine?.numbers ?? []).map((statement) => ({ ...statement, line: machine?.lines.first ?? 1 }));
    }
    case "changelog":
    case "decisions":
    case "docfix":
    case "security_ledger":
    case "session_index":
    case "unknown":
      return [];
  }
}

/** A number that is consumed, and by what. */
export interface Consumed {
  id: string;
  path: string;
  line: number;
}

const TENTATIVE = /^(?:[ \t]+(?:candidate|or\b)|[ \t]*\?)/;

/**
 * Numbers of a series that are consumed: every one that a text names, but for those it calls candidates and those it
 * says are the next free ones; of these, everything before is consumed.
 */
export function consumedIn(series: Series, path: string, document: RegisterDocument): Consumed[] {
  return allConsumed(path, document).filter(({ id }) => numberIn(series, id) !== null);
}

function allConsumed(path: string, document: RegisterDocument): Consumed[] {
  const { source } = document.text;
  const claims = statementsIn(document).filter(({ claim }) => claim === "next_free");
  const free = new Set(claims.map(({ id }) => id));
  const consumed: Consumed[] = [];
  for (const { id, line } of claims) {
    const { series, digits } = partsOf(id);
    const number = Number(digits);
    if (number > 1)
      consumed.push({ id: numberName({ name: series, width: digits.length }, number - 1), path, line });
  }
  const named = identifiersIn(source.text);
  named.forEach(({ id, at }, index) => {
    if (isItemId(id) || free.has(id)) return;
    const tail = source.text.slice(at + id.length, at + id.length + 16);
    // "DOCFIX-082 or 083": the second stands at the place of the first.
    const isFurther = named[index - 1]?.at === at;
    if (!isFurther && TENTATIVE.test(tail)) return;
    if (isFurther && TENTATIVE.test(source.text.slice(at + partsLength(id), at + partsLength(id) + 16)))
      return;
    consumed.push({ id, path, line: lineNumberAt(source, at) });
  });
  return consumed;
}

/** The largest number of a series that a document consumes, and where it stands. */
export interface SeriesMark {
  series: string;
  largest: number;
  /** Digits with which its numbers are written. */
  width: number;
  line: number;
}

/** A document with more series than this names things that are no numbers. */
const SERIES_MAX = 500;

/** How far each series has come by this document; items of a handoff register count as series of their own. */
export function marksIn(document: RegisterDocument): SeriesMark[] {
  const marks = new Map<string, SeriesMark>();
  const add = (id: string, line: number) => {
    const { series, digits } = partsOf(id);
    const known = marks.get(series);
    if (known === undefined && (marks.size >= SERIES_MAX || readSeries(series, []) === null)) return;
    const mark = known ?? { series, largest: 0, width: digits.length, line };
    if (digits.length > 6) return;
    marks.set(series, mark);
    mark.width = Math.max(mark.width, digits.length);
    if (Number(digits) >= mark.largest) {
      mark.largest = Number(digits);
      mark.line = line;
    }
  };
  for (const { id, line } of allConsumed("", document)) add(id, line);
  if (document.content.kind === "handoff") {
    for (const { id, kind, lines } of document.content.handoff.items) {
      // Deploy items share their letter with decisions, whose numbers go on from the decisions' own.
      if (kind !== "deferred" && kind !== "D") add(id, lines.first);
    }
  }
  return [...marks.values()];
}

const partsLength = (id: string) => partsOf(id).series.length + 1 + partsOf(id).digits.length;

/** The next free number over a set of documents, and what holds the one before it; null for no series or an exhausted one. */
export function nextOver(
  name: string,
  files: readonly { path: string; document: RegisterDocument }[],
): { next: string; before: Consumed | null } | null {
  const plain = readSeries(name, []);
  if (plain === null) return null;
  const consumed = files.flatMap(({ path, document }) => consumedIn(plain, path, document));
  const series =
    readSeries(
      name,
      consumed.map(({ id }) => id),
    ) ?? plain;
  const next = nextFree(
    series,
    consumed.map(({ id }) => id),
  );
  if (next === null) return null;
  const last = (numberIn(series, next) ?? 0) - 1;
  return { next, before: consumed.find(({ id }) => numberIn(series, id) === last) ?? null };
}
