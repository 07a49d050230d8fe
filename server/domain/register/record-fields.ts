import { bareLabel, type Field } from "./text/fields.ts";
import { oneLine } from "./text/wrap.ts";
import { itemFields, withItemFields } from "./handoff/compare.ts";
import type { RecordContent } from "./record.ts";

/**
 * Fields of a record by the names that people see when a document is compared, each as one text. What is empty is not
 * among them. A name that comes twice gets its place behind it.
 */
export function fieldsOf(content: RecordContent): Map<string, string> {
  return new Map(pairsOf(content).filter(([, text]) => text !== ""));
}

function pairsOf(content: RecordContent): [string, string][] {
  switch (content.kind) {
    case "item":
      return itemFields(content.item);
    case "decision": {
      const { title, tags, fields } = content.decision;
      return [["title", title], ["tags", tags.join(", ")], ...labelled(fields)];
    }
    case "ledger_row":
      return namesOf(content.head).map((name, at) => [name, oneLine(content.cells[at] ?? "")]);
    case "change": {
      const { idText, title, fields } = content.entry;
      return [["numbers", idText], ["title", title], ...labelled(fields)];
    }
    case "running_entry": {
      const { topic, text, nextFree } = content.entry;
      return [
        ["title", topic],
        ["text", oneLine(text)],
        ["next-free numbers", oneLine(nextFree ?? "")],
      ];
    }
    case "finding": {
      const { severity, where, title, fields } = content.finding;
      return [["title", title], ["severity", severity ?? ""], ["where", where ?? ""], ...labelled(fields)];
    }
    case "session": {
      const { operator, scope } = content.session;
      return [
        ["operator", operator],
        ["scope", scope],
      ];
    }
  }
}

const labelled = (fields: readonly Field[]): [string, string][] => {
  const names = namesOf(fields.map(({ label }) => (label === "" ? "text" : bareLabel(label))));
  return fields.map(({ text }, at) => [names[at] ?? "", oneLine(text)]);
};

/** Names in their order, each once. */
function namesOf(names: readonly string[]): string[] {
  const counts = new Map<string, number>();
  return names.map((raw) => {
    const name = raw.replaceAll("*", "").trim().toLowerCase();
    const count = (counts.get(name) ?? 0) + 1;
    counts.set(name, count);
    return count === 1 ? name : `${name} (${count})`;
  });
}

/** `base` with the named fields as `other` has them; both must be of one kind, else `base` stays as it is. */
export function withFields(
  base: RecordContent,
  other: RecordContent,
  fields: ReadonlySet<string>,
): RecordContent {
  const pick = <T>(field: string, one: T, another: T): T => (fields.has(field) ? another : one);
  if (base.kind === "item" && other.kind === "item")
    return { kind: "item", item: withItemFields(base.item, other.item, fields) };
  if (base.kind === "decision" && other.kind === "decision") {
    const [one, another] = [base.decision, other.decision];
    const title = pick("title", one.title, another.title);
    const tags = pick("tags", one.tags, another.tags);
    const own = withLabelled(one.fields, another.fields, fields);
    return { kind: "decision", decision: { ...one, title, tags, fields: own } };
  }
  if (base.kind === "ledger_row" && other.kind === "ledger_row") return withCells(base, other, fields);
  if (base.kind === "change" && other.kind === "change") {
    const [one, another] = [base.entry, other.entry];
    const idText = pick("numbers", one.idText, another.idText);
    const title = pick("title", one.title, another.title);
    const own = withLabelled(one.fields, another.fields, fields);
    return { kind: "change", entry: { ...one, idText, title, fields: own } };
  }
  if (base.kind === "running_entry" && other.kind === "running_entry") {
    const [one, another] = [base.entry, other.entry];
    const topic = pick("title", one.topic, another.topic);
    const text = pick("text", one.text, another.text);
    const nextFree = pick("next-free numbers", one.nextFree, another.nextFree);
    return { kind: "running_entry", entry: { ...one, topic, text, nextFree } };
  }
  if (base.kind === "finding" && other.kind === "finding") {
    const [one, another] = [base.finding, other.finding];
    const severity = pick("severity", one.severity, another.severity);
    const where = pick("where", one.where, another.where);
    const title = pick("title", one.title, another.title);
    const own = withLabelled(one.fields, another.fields, fields);
    return { kind: "finding", finding: { ...one, severity, where, title, fields: own } };
  }
  if (base.kind === "session" && other.kind === "session") {
    const [one, another] = [base.session, other.session];
    const operator = pick("operator", one.operator, another.operator);
    const scope = pick("scope", one.scope, another.scope);
    return { kind: "session", session: { ...one, operator, scope } };
  }
  return base;
}

/** Labelled fields where they stood; those that only the other has come at the end, and those it has not go. */
function withLabelled(base: readonly Field[], other: readonly Field[], taken: ReadonlySet<string>): Field[] {
  const baseNames = labelled(base).map(([name]) => name);
  const otherNames = labelled(other).map(([name]) => name);
  const kept = base.flatMap((field, at) => {
    const name = baseNames[at] ?? "";
    if (!taken.has(name)) return [field];
    const replaced = other[otherNames.indexOf(name)];
    return replaced === undefined ? [] : [replaced];
  });
  const further = other.filter((_, at) => {
    const name = otherNames[at] ?? "";
    return taken.has(name) && !baseNames.includes(name);
  });
  return [...kept, ...further];
}

function withCells(
  base: RecordContent & { kind: "ledger_row" },
  other: RecordContent & { kind: "ledger_row" },
  taken: ReadonlySet<string>,
): RecordContent {
  const names = namesOf(base.head);
  const otherNames = namesOf(other.head);
  const cells = base.cells.map((cell, at) => {
    const name = names[at] ?? "";
    const from = otherNames.indexOf(name);
    return taken.has(name) && from !== -1 ? (other.cells[from] ?? "") : cell;
  });
  return { ...base, cells };
}
