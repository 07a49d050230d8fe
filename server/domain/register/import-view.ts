import { nameOf } from "./changelog/hardening.ts";
import { gatesOf, linksOf, pointsOf, stateOf } from "./decision/view.ts";
import type { Diagnostic, LineSpan } from "./diagnostics.ts";
import type { DocumentContent, DocumentKind, RegisterDocument } from "./document.ts";
import type { HandoffHead, HandoffSection, ItemKind, ItemPart, PlacedItem } from "./handoff/item.ts";
import type { ProposedLink } from "./handoff/links.ts";
import { type ItemParts, needsOtherPerson, partsOfItem, refsOf, statedState } from "./handoff/view.ts";
import type { ReadFile } from "./read.ts";
import type { Encoding } from "./source/decode.ts";
import { rangeOf } from "./source/source.ts";

/** An item as the import shows it before anything is taken over. */
export interface ItemView extends ItemParts {
  id: string;
  kind: ItemKind;
  refs: string[];
  refsText: string | null;
  title: string;
  /** A state that the title names, such as `automated`; null when it names none. */
  statedState: string | null;
  needsOtherPerson: boolean;
  /** Position of its section in `register.sections`. */
  section: number;
  parts: ItemPart[];
  lines: LineSpan;
  /** The item's own lines, byte for byte. */
  raw: string;
  /** Path of the document that it stands in, or null. */
  path: string | null;
}

export interface ImportView {
  encoding: Encoding;
  isExact: boolean;
  documents: { path: string | null; kind: DocumentKind; lines: number; items: number; unplaced: number }[];
  /** Head and sections of the handoff register; of the first where there are several. Null where there is none. */
  register: (HandoffHead & { sections: HandoffSection[] }) | null;
  items: ItemView[];
  links: ProposedLink[];
  /** Decisions, changes, findings, ledger rows and session entries of the other documents. */
  records: Record<string, unknown>[];
  unplaced: { path: string | null; line: number; text: string }[];
  diagnostics: (Diagnostic & { path: string | null })[];
}

/** Everything that reading a file gave, as one plain value. */
export function importView(file: ReadFile): ImportView {
  const { encoding, isExact, documents } = file;
  const handoffs = documents.flatMap(({ content }) => (content.kind === "handoff" ? [content.handoff] : []));
  const [first] = handoffs;
  return {
    encoding,
    isExact,
    documents: documents.map((document) => ({
      path: document.path,
      kind: document.content.kind,
      lines: document.text.source.count,
      items: document.content.kind === "handoff" ? document.content.handoff.items.length : 0,
      unplaced: document.unplaced.length,
    })),
    register: first === undefined ? null : { ...first.head, sections: first.sections },
    items: documents.flatMap(itemsOf),
    links: handoffs.flatMap(({ links }) => links),
    records: documents.flatMap(({ path, content }) =>
      recordsOf(content).map((record) => ({ path, ...record })),
    ),
    unplaced: documents.flatMap(({ path, unplaced }) => unplaced.map((line) => ({ path, ...line }))),
    diagnostics: [
      ...file.diagnostics.map((diagnostic) => ({ path: null, ...diagnostic })),
      ...documents.flatMap(({ path, diagnostics }) =>
        diagnostics.map((diagnostic) => ({ path, ...diagnostic })),
      ),
    ],
  };
}

function itemsOf(document: RegisterDocument): ItemView[] {
  if (document.content.kind !== "handoff") return [];
  return document.content.handoff.items.map((item) => itemView(document, item));
}

function itemView({ path, text: { source } }: RegisterDocument, item: PlacedItem): ItemView {
  const { id, kind, refsText, title, section, parts, lines } = item;
  const { from, to } = rangeOf(source, lines.first, lines.last);
  return {
    id,
    kind,
    refs: refsOf(item),
    refsText,
    title,
    ...partsOfItem(item),
    statedState: statedState(item),
    needsOtherPerson: needsOtherPerson(item),
    section,
    parts,
    lines,
    raw: source.text.slice(from, to),
    path,
  };
}

function recordsOf(content: DocumentContent): Record<string, unknown>[] {
  switch (content.kind) {
    case "decisions":
      return content.decisions.map((decision) => ({
        record: "decision",
        ...decision,
        state: stateOf(decision),
        links: linksOf(decision),
        gates: gatesOf(decision),
        points: pointsOf(decision),
      }));
    case "changelog":
      return content.changelog.entries.map((entry) => ({ record: "change", name: nameOf(entry), ...entry }));
    case "running_changelog":
      return content.changelog.entries.map((entry) => ({ record: "running_entry", ...entry }));
    case "docfix":
      return content.draft.findings.map((found) => ({ record: "finding", ...found }));
    case "security_ledger":
      return content.ledger.rows.map((row) => ({ record: "ledger_row", ...row }));
    case "session_ledger":
      return [{ record: "session_ledger", ...content.ledger }];
    case "session_index":
      return content.sessions.map((session) => ({ record: "session", ...session }));
    case "handoff":
    case "unknown":
      return [];
  }
}
