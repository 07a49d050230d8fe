import { createHash } from "node:crypto";
import { changeIds, missingOf, nameOf, type PlacedChange } from "./changelog/hardening.ts";
import type { PlacedRunningEntry } from "./changelog/running.ts";
import { linksOf } from "./decision/view.ts";
import type { DecisionLinkKind, PlacedDecision } from "./decision/decision.ts";
import type { LineSpan } from "./diagnostics.ts";
import type { PlacedFinding } from "./docfix/docfix.ts";
import type { Handoff, RegisterDocument } from "./document.ts";
import { itemKey } from "./handoff/compare.ts";
import type { PlacedItem } from "./handoff/item.ts";
import { needsOtherPerson, partsOfItem, refsOf } from "./handoff/view.ts";
import { cellOf, type LedgerTable, type PlacedRow } from "./ledger/security.ts";
import type { PlacedSession } from "./ledger/sessions.ts";
import { proposeTrigger, type Trigger } from "./lifecycle/trigger.ts";
import { firstState, type RecordContent, type RecordKind, type RecordState } from "./record.ts";
import { stateOfDecision, stateOfItem, stateOfRow } from "./record-state.ts";
import type { Field } from "./text/fields.ts";
import { uniqueIdentifiers } from "./text/identifiers.ts";
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

/** Longer ones have no place in an index; the record itself keeps every word. In characters. */
const WORDS_MAX = 100_000;
const TITLE_MAX = 1000;
const KEY_MAX = 200;
const BECAUSE_MAX = 300;

type Made = Partial<DocumentRecord> &
  Pick<DocumentRecord, "key" | "code" | "kind" | "title" | "content" | "lines"> & { texts: string[] };

/** Records of a document, in its order. One whose form is not known has none. */
export function recordsIn(document: RegisterDocument): DocumentRecord[] {
  const counts = new Map<string, number>();
  return madeFrom(document).map(({ texts, ...made }, at): DocumentRecord => {
    const count = (counts.get(made.key) ?? 0) + 1;
    counts.set(made.key, count);
    return {
      section: null,
      refs: [],
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
      title: made.title.length > TITLE_MAX ? `${made.title.slice(0, TITLE_MAX)}...` : made.title,
      words: unwrap(texts.map((text) => text.slice(0, WORDS_MAX))).slice(0, WORDS_MAX),
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
      return content.ledger.rows.map((row) => rowOf(content.ledger.tables, row));
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
  return items.map((placed) => itemOf(placed, linksFrom(bySource.get(placed.id) ?? [])));
}

function linksFrom(links: Handoff["links"]): RecordLink[] {
  return links.map(({ to, kind, words }) => {
    // What includes another as one of its points is not done before it.
    return { kind: kind === "mentions" ? kind : "blocked_by", to, because: words.slice(0, BECAUSE_MAX) };
  });
}

const OTHER_THAN = /\bother than (?:the )?([A-Z][\p{L}'-]*(?: [A-Z][\p{L}'-]*){0,3})/u;

function itemOf({ section, lines, ...item }: PlacedItem, links: RecordLink[]): Made {
  const { body, fix, accept, check, ruleOnResult, trigger } = partsOfItem(item);
  const texts = [item.refsText, item.title, body, fix, ...accept, check?.script, ruleOnResult, trigger];
  return {
    key: itemKey(item),
    code: item.id,
    kind: item.kind,
    title: item.title,
    content: { kind: "item", item },
    section,
    refs: refsOf(item),
    state: stateOfItem(item),
    // Only these two are worked on by changing something; the others ask, check or list.
    isChange: (item.kind === "H" || item.kind === "D") && fix !== null,
    trigger: trigger === null ? null : proposeTrigger(trigger),
    differsFrom: needsOtherPerson(item)
      ? (OTHER_THAN.exec(`${item.title} ${body.slice(0, 4000)}`)?.[1] ?? null)
      : null,
    links,
    texts: texts.flatMap((text) => (text === null || text === undefined ? [] : [text])),
    lines,
  };
}

const fieldTexts = (fields: readonly Field[]) => fields.flatMap(({ label, text }) => [label, text]);

function decisionOf({ lines, ...decision }: PlacedDecision): Made {
  const { id, title, fields } = decision;
  const texts = [title, ...fieldTexts(fields)];
  return {
    key: id,
    code: id,
    kind: "decision",
    title,
    content: { kind: "decision", decision },
    refs: uniqueIdentifiers(texts.join("\n")).filter((named) => named !== id),
    state: stateOfDecision(decision),
    links: linksOf(decision).map(({ kind, to }) => ({ kind, to, because: sentenceWith(to, texts) })),
    texts,
    lines,
  };
}

/** The sentence in which a name stands first; the name itself where it is written in another way. */
function sentenceWith(name: string, texts: readonly string[]): string {
  const text = texts.find((one) => one.includes(name));
  if (text === undefined) return name;
  const at = text.indexOf(name);
  const from = Math.max(0, text.slice(0, at).search(/[.!?]\s(?!.*[.!?]\s)[^.!?]*$/s) + 1);
  const words = unwrap(text.slice(from, at + BECAUSE_MAX).split("\n"));
  const end = words.indexOf(". ", words.indexOf(name));
  return (end === -1 ? words : words.slice(0, end + 1)).slice(0, BECAUSE_MAX);
}

const DAY = /[0-9]{4}-[0-9]{2}-[0-9]{2}/;

function rowOf(tables: readonly LedgerTable[], { lines, ...row }: PlacedRow): Made {
  const ledger = { tables: [...tables] };
  const title = cellOf(ledger, row, "title");
  const owner = cellOf(ledger, row, "owner");
  return {
    key: row.id,
    code: row.id,
    kind: "ledger_row",
    title: title === "" ? row.id : title,
    content: { kind: "ledger_row", head: tables[row.table]?.head ?? [], cells: row.cells },
    section: row.table,
    refs: uniqueIdentifiers(row.cells.slice(1).join("\n")),
    state: stateOfRow(tables, row),
    ownerName: owner === "" ? null : owner,
    dueOn: realDay(DAY.exec(cellOf(ledger, row, "due"))?.[0] ?? null),
    texts: row.cells.slice(1),
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
    title: entry.title === "" ? nameOf(entry) : entry.title,
    content: { kind: "change", entry },
    section: entry.block,
    refs: uniqueIdentifiers([entry.idText, entry.title, ...fieldTexts(entry.fields)].join("\n")),
    texts: [
      nameOf(entry),
      entry.title,
      ...fieldTexts(entry.fields),
      ...missingOf(entry).map((part) => `no ${part}`),
    ],
    lines,
  };
}

function runningOf({ lines, ...entry }: PlacedRunningEntry): Made {
  const { date, topic, text, nextFree } = entry;
  return {
    key: `${date} ${topic}`,
    code: date,
    kind: "running_entry",
    title: topic === "" ? date : topic,
    content: { kind: "running_entry", entry },
    refs: uniqueIdentifiers(`${topic}\n${text}`),
    texts: [topic, text, nextFree ?? ""],
    lines,
  };
}

function findingOf({ lines, ...finding }: PlacedFinding): Made {
  const name = finding.id ?? `item-${finding.number ?? 0}`;
  return {
    key: name,
    code: name,
    kind: "finding",
    title: finding.title === "" ? name : finding.title,
    content: { kind: "finding", finding },
    refs: uniqueIdentifiers([finding.title, ...fieldTexts(finding.fields)].join("\n")),
    texts: [finding.severity ?? "", finding.where ?? "", finding.title, ...fieldTexts(finding.fields)],
    isChange: true,
    lines,
  };
}

function sessionOf({ lines, ...session }: PlacedSession): Made {
  const { date, label, operator, scope } = session;
  return {
    key: `${date} ${label}`,
    code: label,
    kind: "session",
    title: scope === "" ? label : scope,
    content: { kind: "session", session },
    refs: uniqueIdentifiers(scope),
    ownerName: operator === "" ? null : operator,
    texts: [date, label, operator, scope],
    lines,
  };
}
