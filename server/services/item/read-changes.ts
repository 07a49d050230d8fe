import type { Json } from "#server/domain/canonical/json.ts";
import { recordFields } from "#server/domain/register/editable.ts";
import type { RecordContent } from "#server/domain/register/record.ts";

/** One thing that a revision changed, as texts; null is nothing. */
export interface ReadChange {
  field: string;
  from: string | null;
  to: string | null;
}

const LABELS: Record<string, string> = {
  state: "State",
  ownerId: "Owner",
  dueOn: "Due",
  title: "Title",
  code: "Code",
  isChange: "Changes something",
  mustDifferFrom: "Not by",
  trigger: "Trigger",
  firedBecause: "Fired",
  countsUntil: "Counts until",
  removedAt: "Taken out",
  position: "Place in its document",
  section: "Section",
  refs: "Refs",
};

/** The changes of an event as a person reads them: texts by their labels, people by their names. */
export function readChanges(
  changes: { readonly [field: string]: { from: Json; to: Json } },
  names: ReadonlyMap<string, string>,
): ReadChange[] {
  const entries = Object.entries(changes).toSorted(([one], [other]) =>
    rankOf(one).localeCompare(rankOf(other)),
  );
  return entries.flatMap(([field, { from, to }]): ReadChange[] => {
    if (field === "content") return contentChanges(from, to);
    // The title and the refs are told by the fields of the content that they come from.
    if ("content" in changes && (field === "title" || field === "refs")) return [];
    const said = (value: Json) => textOf(field, value, names);
    return [{ field: LABELS[field] ?? field, from: said(from), to: said(to) }];
  });
}

/** What it says goes before what follows from it; a database keeps names in an order of its own. */
const rankOf = (field: string) => (field === "content" ? "" : (LABELS[field] ?? field));

function contentChanges(from: Json, to: Json): ReadChange[] {
  const [was, is] = [fieldsOf(from), fieldsOf(to)];
  return [...new Set([...was.keys(), ...is.keys()])].flatMap((key) => {
    const [before, after] = [was.get(key), is.get(key)];
    if (before?.text === after?.text) return [];
    const label = after?.label ?? before?.label ?? "";
    return [{ field: label === "" ? "Text" : label, from: before?.text ?? null, to: after?.text ?? null }];
  });
}

function fieldsOf(content: Json) {
  return new Map((isContent(content) ? recordFields(content) : []).map((field) => [field.key, field]));
}

const KINDS: ReadonlySet<unknown> = new Set<RecordContent["kind"]>([
  "item",
  "decision",
  "ledger_row",
  "change",
  "running_entry",
  "finding",
  "session",
]);

/** Events are written by changeItem alone, from a content that was typed there. */
function isContent(value: unknown): value is RecordContent {
  return typeof value === "object" && value !== null && "kind" in value && KINDS.has(value.kind);
}

function textOf(field: string, value: Json, names: ReadonlyMap<string, string>): string | null {
  if (value === null) return null;
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (typeof value === "string") {
    return field === "ownerId" || field === "mustDifferFrom" ? (names.get(value) ?? value) : value;
  }
  return typeof value === "number" ? String(value) : JSON.stringify(value);
}
