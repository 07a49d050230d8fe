import { canonicalJson, type Json } from "../canonical/json.ts";
import type { DocumentContent } from "./document.ts";
import type { ItemKind } from "./handoff/item.ts";
import { readRegisterText } from "./read.ts";
import type { RecordContent } from "./record.ts";
import { type DocumentRecord, recordsIn } from "./records.ts";
import { writeDocument } from "./write.ts";

const LINES = { first: 1, last: 1 };
const SECTION: Record<ItemKind, string> = {
  H: "Immediate",
  V: "Verify-live",
  R: "Rulings pending",
  D: "Deploy path",
  C: "Close checklist",
  deferred: "Deferred",
};

/**
 * Whether a document that holds this record alone reads back as this record: a text that begins a line like another
 * label or another record would come back as something else. Where its lines break is no difference.
 */
export const readsBack = (content: RecordContent): boolean => readBack(content) !== null;

/** The record that such a document reads back as; null when that is another one, or several. */
export function readBack(content: RecordContent): DocumentRecord | null {
  const text = writeDocument(documentOf(content));
  const records = text === null ? [] : readRegisterText(text, null).documents.flatMap(recordsIn);
  const [record] = records;
  return records.length === 1 && record !== undefined && plain(record.content) === plain(content)
    ? record
    : null;
}

function documentOf(content: RecordContent): DocumentContent {
  switch (content.kind) {
    case "item": {
      const { item } = content;
      const head = {
        title: "Handoff -- open items register",
        snapshot: null,
        numbering: null,
        conventions: null,
      };
      const section = { number: "1", title: SECTION[item.kind], kind: item.kind };
      const placed = { ...item, section: 0, lines: LINES };
      return { kind: "handoff", handoff: { head, sections: [section], items: [placed], links: [] } };
    }
    case "decision":
      return { kind: "decisions", title: null, decisions: [{ ...content.decision, lines: LINES }] };
    case "change": {
      const entries = [{ ...content.entry, block: null, lines: LINES }];
      return { kind: "changelog", changelog: { title: "Changelog", preamble: "", blocks: [], entries } };
    }
    case "running_entry": {
      const entries = [{ ...content.entry, lines: LINES }];
      return { kind: "running_changelog", changelog: { title: "Changelog", preamble: "", entries } };
    }
    case "finding": {
      const findings = [{ ...content.finding, lines: LINES }];
      return { kind: "docfix", draft: { title: "Draft", preamble: "", findings } };
    }
    case "ledger_row": {
      const { head, cells } = content;
      const tables = [{ title: "", head }];
      const rows = [{ id: cells[0] ?? "", cells, table: 0, lines: LINES }];
      return { kind: "security_ledger", ledger: { title: "Security ledger", preamble: "", tables, rows } };
    }
    case "session":
      return { kind: "session_index", title: "Sessions", sessions: [{ ...content.session, lines: LINES }] };
  }
}

/** What a record says, whatever its place among others and wherever its lines break. */
function plain(content: RecordContent): string {
  const value: unknown = JSON.parse(JSON.stringify(content), (key, member: unknown) => {
    if (key === "block" && typeof member !== "object") return null;
    if (key === "id" && typeof member === "string" && member.startsWith("deferred-")) return "deferred";
    return typeof member === "string" && key !== "script" ? member.replaceAll(/\s+/g, " ").trim() : member;
  });
  return isJson(value) ? canonicalJson(value) : "";
}

/** What came out of JSON.parse is JSON. */
const isJson = (value: unknown): value is Json => value !== undefined;
