import { createHash } from "node:crypto";
import { changeIds, type PlacedChange } from "./changelog/hardening.ts";
import type { PlacedRunningEntry } from "./changelog/running.ts";
import { linksOf } from "./decision/view.ts";
import type { DecisionLinkKind, PlacedDecision } from "./decision/decision.ts";
import type { LineSpan } from "./diagnostics.ts";
import type { PlacedFinding } from "./docfix/docfix.ts";
import type { Handoff, RegisterDocument } from "./document.ts";
import { itemKey } from "./handoff/compare.ts";
import type { PlacedItem } from "./handoff/item.ts";
import { needsOtherPerson, partsOfItem } from "./handoff/view.ts";
import { cellAt, columnsOf, type LedgerColumn, type LedgerTable, type PlacedRow } from "./ledger/security.ts";
import type { PlacedSession } from "./ledger/sessions.ts";
import { proposeTrigger, type Trigger } from "./lifecycle/trigger.ts";
import { firstState, type RecordContent, type RecordKind, type RecordState } from "./record.ts";
import { recordRefs, recordTitle, recordWords } from "./record-text.ts";
import { stateOfDecision, stateOfItem, stateOfRow } from "./record-state.ts";
import { unwrap } from "./text/wrap.ts";

/** How a record hangs together with another, as prose seems to say. */
export interface RecordLink {
  kind: "blocked_by" | "changed_by" | DecisionLinkKind;
  to: string;
  because: string;
}

/** A record of a document of any kind, as a register keeps it. */
export interface DocumentRecord {
  /** What it is known by when the document comes again; unique within the document. */
  key: string;
  /** For people, such as `H-1`. */
  code: string;
  kind: RecordKind;
  /** Order within the document, from 1. */
  position: number;
  section: number | null;
  title: string;
  /** All its words as one text, for search; bounded. */
  words: string;
  content: RecordContent;
  refs: string[];
  /** What its own words propose, or where its kind begins. */
  state: RecordState;
  isChange: boolean;
  trigger: Trigger | null;
  /** A name as written: of the owner, and of whom somebody else must differ from; null where none is. */
  ownerName: string | null;
  differsFrom: string | null;
  /** ISO date. */
  dueOn: string | null;
  links: RecordLink[];
  lines: LineSpan;
}

/** A longer one has no place in an index. In characters. */
const KEY_MAX = 200;
const BECAUSE_MAX = 300;
/** Of one decision; more than this nobody confirms. */
const LINKS_MAX = 200;
/** How far into a text the sentence behind a link is looked for. */
const SEARCHED_MAX = 20_000;

type Made = Partial<DocumentRecord> & Pick<DocumentRecord, "key" | "code" | "kind" | "content" | "lines">;

/** Records of a document, in its order. One whose form is not known has none. */
export function recordsIn(document: RegisterDocument): DocumentRecord[] {
  const counts = new Map<string, number>();
  return madeFrom(document).map((made, at): DocumentRecord => {
    const count = (counts.get(made.key) ?? 0) + 1;
    counts.set(made.key, count);
    return {
      section: null,
      state: firstState(made.kind),
      isChange: false,
      trigger: null,
      ownerName: null,
      differsFrom: null,
      dueOn: null,
      links: [],
      ...made,
      // The second of one key gets a key of its own, so that a duplicate is shown and not lost.
      key: shortKey(count === 1 ? made.key : `${made.key} (${count})`),
      position: at + 1,
      title: recordTitle(made.content),
      words: recordWords(made.content),
      refs: recordRefs(made.content),
    };
  });
}

function madeFrom({ content }: RegisterDocument): Made[] {
  switch (content.kind) {
    case "handoff":
      return itemsOf(content.handoff);
    case "decisions":
      return content.decisions.map(decisionOf);
    case "security_ledger":
      return rowsOf(content.ledger);
    case "changelog":
      return content.changelog.entries.map(changeOf);
    case "running_changelog":
      return content.changelog.entries.map(runningOf);
    case "docfix":
      return content.draft.findings.map(findingOf);
    case "session_index":
      return content.sessions.map(sessionOf);
    case "session_ledger":
    case "unknown":
      return [];
  }
}

/** An index of keys takes so many bytes and no more. */
function shortKey(key: string): string {
  if (key.length <= KEY_MAX) return key;
  return `${key.slice(0, KEY_MAX)} ${createHash("sha256").update(key).digest("hex").slice(0, 32)}`;
}

function itemsOf({ items, links }: Handoff): Made[] {
  const bySource = Map.groupBy(links, ({ from }) => from);
  return items.map((placed) => {
    const own = linksFrom(bySource.get(placed.id) ?? []);
    // A number that stands twice names the first.
    bySource.delete(placed.id);
    return itemOf(placed, own);
  });
}

function linksFrom(links: Handoff["links"]): RecordLink[] {
  return links.map(({ to, kind, words }) => {
    // What includes another as one of its points is not done before it.
    return { kind: kind === "mentions" ? kind : "blocked_by", to, because: words.slice(0, BECAUSE_MAX) };
  });
}

const OTHER_THAN = /\bother than (?:the )?([A-Z][\p{L}'-]*(?: [A-Z][\p{L}'-]*){0,3})/u;

function itemOf({ section, lines, ...item }: PlacedItem, links: RecordLink[]): Made {
  const { body, fix, trigger } = partsOfItem(item);
  return {
    key: itemKey(item),
    code: item.id,
    kind: item.kind,
    content: { kind: "item", item },
    section,
    state: stateOfItem(item),
    // Only these two are worked on by changing something; the others ask, check or list.
    isChange: (item.kind === "H" || item.kind === "D") && fix !== null,
    trigger: trigger === null ? null : proposeTrigger(trigger),
    differsFrom: needsOtherPerson(item)
      ? (OTHER_THAN.exec(`${item.title} ${body.slice(0, 4000)}`)?.[1] ?? null)
      : null,
    links,
    lines,
  };
}

function decisionOf({ lines, ...decision }: PlacedDecision): Made {
  const { id, title, fields } = decision;
  const texts = [title, ...fields.map(({ text }) => text.slice(0, SEARCHED_MAX))];
  const links = linksOf(decision).slice(0, LINKS_MAX);
  return {
    key: id,
    code: id,
    kind: "decision",
    content: { kind: "decision", decision },
    state: stateOfDecision(decision),
    links: links.map(({ kind, to }) => ({ kind, to, because: sentenceWith(to, texts) })),
    lines,
  };
}

/** The sentence in which a name stands first; the name itself where it is written in another way. */
function sentenceWith(name: string, texts: readonly string[]): string {
  const text = texts.find((one) => one.includes(name));
  if (text === undefined) return name;
  const at = text.indexOf(name);
  const from = Math.max(text.lastIndexOf(". ", at), text.lastIndexOf(".\n", at)) + 1;
  const words = unwrap(text.slice(Math.max(from, at - BECAUSE_MAX / 2), at + BECAUSE_MAX).split("\n"));
  const end = words.indexOf(". ", words.indexOf(name));
  return (end === -1 ? words : words.slice(0, end + 1)).slice(0, BECAUSE_MAX);
}

function rowsOf({ tables, rows }: { tables: readonly LedgerTable[]; rows: readonly PlacedRow[] }): Made[] {
  const known = tables.map((table) => ({ head: table.head, columns: columnsOf(table) }));
  return rows.flatMap((row) => {
    const table = known[row.table];
    return table === undefined ? [] : [rowOf(table, row)];
  });
}

const DAY = /[0-9]{4}-[0-9]{2}-[0-9]{2}/;

function rowOf(
  { head, columns }: { head: string[]; columns: ReturnType<typeof columnsOf> },
  placed: PlacedRow,
): Made {
  const { id, cells, table, lines } = placed;
  const cell = (column: LedgerColumn) => cellAt(placed, columns.get(column));
  const owner = cell("owner");
  return {
    key: id,
    code: id,
    kind: "ledger_row",
    content: { kind: "ledger_row", head, cells },
    section: table,
    state: stateOfRow(cell("state")),
    ownerName: owner === "" ? null : owner,
    dueOn: realDay(DAY.exec(cell("due"))?.[0] ?? null),
    lines,
  };
}

/** Null for the 30th of February: the database would refuse it. */
function realDay(day: string | null): string | null {
  const at = day === null ? null : new Date(`${day}T00:00:00Z`);
  return at !== null && !Number.isNaN(at.getTime()) && at.toISOString().startsWith(day ?? "") ? day : null;
}

function changeOf({ lines, ...entry }: PlacedChange): Made {
  const ids = changeIds(entry);
  const name = `${entry.isAddendum ? "addendum" : "item"}-${entry.number ?? 0}`;
  return {
    key: name,
    code: ids[0] ?? name,
    kind: "change",
    content: { kind: "change", entry },
    section: entry.block,
    lines,
  };
}

function runningOf({ lines, ...entry }: PlacedRunningEntry): Made {
  const { date, topic } = entry;
  return {
    key: `${date} ${topic}`,
    code: date,
    kind: "running_entry",
    content: { kind: "running_entry", entry },
    lines,
  };
}

function findingOf({ lines, ...finding }: PlacedFinding): Made {
  const name = finding.id ?? `item-${finding.number ?? 0}`;
  return {
    key: name,
    code: name,
    kind: "finding",
    content: { kind: "finding", finding },
    isChange: true,
    lines,
  };
}

function sessionOf({ lines, ...session }: PlacedSession): Made {
  const { date, label, operator } = session;
  return {
    key: `${date} ${label}`,
    code: label,
    kind: "session",
    content: { kind: "session", session },
    ownerName: operator === "" ? null : operator,
    lines,
  };
}
