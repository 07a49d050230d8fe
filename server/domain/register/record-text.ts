import { uniqueIdentifiers } from "./text/identifiers.ts";
import { refsOf } from "./handoff/view.ts";
import type { RecordContent, RecordState } from "./record.ts";

/**
 * Characters of a record that are searched. Postgres refuses a tsvector above 1 MiB
 * (https://www.postgresql.org/docs/current/textsearch-limitations.html), and a character is up to four bytes.
 */
const WORDS_MAX = 200_000;
const TITLE_MAX = 2000;
const REFS_MAX = 500;

/** States in which nothing is left to do, whatever the kind. An accepted risk comes back by its end. */
const CLOSED: ReadonlySet<RecordState> = new Set<RecordState>([
  "done",
  "dropped",
  "passed",
  "risk_accepted",
  "retired",
  "adopted",
  "amended",
  "rejected",
  "taken_up",
  "superseded",
  "closed",
  "recorded",
]);

/** Whether something is left to do in this state. */
export const isOpenState = (state: RecordState): boolean => !CLOSED.has(state);

/** What a record is called in a list: one line. */
export function recordTitle(content: RecordContent): string {
  return titleOf(content).replaceAll(/\s+/g, " ").trim().slice(0, TITLE_MAX);
}

function titleOf(content: RecordContent): string {
  switch (content.kind) {
    case "item":
      return content.item.title;
    case "decision":
      return content.decision.title;
    case "ledger_row":
      return (
        cellNamed(content, /^(?:title|what|item|issue|finding|description|risk)$/i) ?? content.cells[1] ?? ""
      );
    case "change":
      return content.entry.title;
    case "running_entry":
      return content.entry.topic;
    case "finding":
      return content.finding.title;
    case "session":
      return content.session.scope === "" ? content.session.label : content.session.scope;
  }
}

function cellNamed({ head, cells }: { head: string[]; cells: string[] }, name: RegExp): string | null {
  const at = head.findIndex((each) => name.test(each.trim()));
  return at === -1 ? null : (cells[at] ?? null);
}

/** All words of a record behind its title, as one text for search. */
export function recordWords(content: RecordContent): string {
  return textsOf(content)
    .filter((text) => text !== null && text.trim() !== "")
    .join("\n\n")
    .slice(0, WORDS_MAX);
}

function textsOf(content: RecordContent): (string | null)[] {
  switch (content.kind) {
    case "item": {
      const { refsText, trigger, parts } = content.item;
      const texts = parts.map((part) => (part.kind === "text" ? part.text : part.script));
      return [refsText, ...texts, trigger];
    }
    case "decision":
      return [...content.decision.tags, ...content.decision.fields.map(({ text }) => text)];
    case "ledger_row":
      return content.cells;
    case "change":
      return [content.entry.idText, ...content.entry.fields.map(({ text }) => text)];
    case "running_entry":
      return [content.entry.text];
    case "finding":
      return [content.finding.where, ...content.finding.fields.map(({ text }) => text)];
    case "session":
      return [content.session.label, content.session.operator, content.session.scope];
  }
}

/** Identifiers that a record cites, each once. An open item cites those of its head, any other those of all its words. */
export function recordRefs(content: RecordContent): string[] {
  if (content.kind === "item") return refsOf(content.item);
  const own =
    content.kind === "decision" ? content.decision.id : content.kind === "ledger_row" ? content.cells[0] : "";
  return uniqueIdentifiers(`${recordTitle(content)}\n${recordWords(content)}`)
    .filter((id) => id !== own)
    .slice(0, REFS_MAX);
}
