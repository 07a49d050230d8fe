import { type HandoffItem, type ItemPart, TEXT_LABELS, type TextLabel } from "./handoff/item.ts";
import type { RecordContent } from "./record.ts";
import { bareLabel, type Field } from "./text/fields.ts";

/** One thing that a record says, as a person reads it and may change it. */
export interface RecordField {
  /** What it is known by in an edit; the same after an edit of another field. */
  key: string;
  label: string;
  text: string;
  form: "line" | "prose" | "code";
  /** False for what a lifecycle or a register writes, and for the record's own number. */
  canEdit: boolean;
}

const line = (key: string, label: string, text: string | null): RecordField => ({
  key,
  label,
  text: text ?? "",
  form: "line",
  canEdit: true,
});

/** Everything that a record says, in the order of its document. */
export function recordFields(content: RecordContent): RecordField[] {
  switch (content.kind) {
    case "item":
      return itemFields(content.item);
    case "decision":
      return [line("title", "Title", content.decision.title), ...labelled(content.decision.fields)];
    case "ledger_row":
      return content.cells.map((text, at) => ({
        ...line(`cell:${at}`, content.head[at] ?? `Column ${at + 1}`, text),
        canEdit: at > 0 && !WRITTEN.test(content.head[at] ?? ""),
      }));
    case "change":
      return [line("title", "Title", content.entry.title), ...labelled(content.entry.fields)];
    case "running_entry":
      return [
        line("title", "Topic", content.entry.topic),
        { key: "text", label: "", text: content.entry.text, form: "prose", canEdit: true },
      ];
    case "finding":
      return [line("title", "Title", content.finding.title), ...labelled(content.finding.fields)];
    case "session": {
      const { date, operator, scope } = content.session;
      return [
        { ...line("date", "Date", date), canEdit: false },
        line("operator", "Operator", operator),
        line("scope", "Scope", scope),
      ];
    }
  }
}

/** Columns and fields that say where a record stands: a move or a ruling writes them. */
const WRITTEN = /^(?:state|status|owner|due|closed)$/i;

function itemFields(item: HandoffItem): RecordField[] {
  const isDeferred = item.kind === "deferred";
  const hasRefs = !isDeferred && item.kind !== "C";
  return [
    line("title", "Title", item.title),
    ...(hasRefs ? [line("refs", "Refs", item.refsText)] : []),
    ...(isDeferred ? [line("trigger", "Comes back", item.trigger)] : []),
    ...keyed(item.parts.map(partName)).map(({ key, at }): RecordField => {
      const part = item.parts[at];
      if (part?.kind === "block") {
        const where = [part.label, part.note === null ? null : `(${part.note})`, part.host]
          .filter(Boolean)
          .join(" ");
        return { key, label: where, text: part.script ?? "", form: "code", canEdit: true };
      }
      return { key, label: part?.label ?? "", text: part?.text ?? "", form: "prose", canEdit: true };
    }),
  ];
}

const partName = (part: ItemPart) =>
  part.kind === "block" ? `script:${part.label}` : `part:${part.label ?? ""}`;

function labelled(fields: readonly Field[]): RecordField[] {
  return keyed(fields.map(({ label }) => `field:${label}`)).map(({ key, at }) => ({
    key,
    label: fields[at]?.label ?? "",
    text: fields[at]?.text ?? "",
    form: "prose",
    canEdit: !WRITTEN.test(bareLabel(fields[at]?.label ?? "")),
  }));
}

/** The second of one name gets a key of its own. */
function keyed(names: readonly string[]): { key: string; at: number }[] {
  const counts = new Map<string, number>();
  return names.map((name, at) => {
    const count = (counts.get(name) ?? 0) + 1;
    counts.set(name, count);
    return { key: count === 1 ? name : `${name}#${count}`, at };
  });
}

/** What a decision of either form may say behind what it says already. Its status is written by rulings. */
const DECISION_LABELS = ["Consequence", "Validation", "Mechanism", "Related", "Supersedes"] as const;

/** Parts that a record does not have and could have. */
export function addableFields(content: RecordContent): RecordField[] {
  if (content.kind === "decision") {
    const has = new Set(content.decision.fields.map(({ label }) => bareLabel(label)));
    const isThere = (name: string) => has.has(name) || has.has(`${name}s`);
    return DECISION_LABELS.filter((label) => !isThere(label.toLowerCase())).map((label) => ({
      key: `field:${label}`,
      label,
      text: "",
      form: "prose",
      canEdit: true,
    }));
  }
  if (content.kind !== "item") return [];
  const has = new Set(content.item.parts.map(partName));
  const labels: (TextLabel | null)[] = [null, ...TEXT_LABELS.filter((label) => label !== "CHECK")];
  return labels
    .filter((label) => !has.has(`part:${label ?? ""}`))
    .map((label) => ({
      key: `part:${label ?? ""}`,
      label: label ?? "",
      text: "",
      form: "prose",
      canEdit: true,
    }));
}

/** Why an edit cannot be: the key of the field and a sentence. */
export interface FieldRefusal {
  key: string;
  says: string;
}

const ONE_LINE = /[\r\n\u0085\u2028\u2029]/;

/** The record with these texts instead of its own, null taking a field out; or why not. */
export function withFields(
  content: RecordContent,
  texts: ReadonlyMap<string, string | null>,
): { content: RecordContent } | { refusal: FieldRefusal } {
  const known = new Map(
    [...recordFields(content), ...addableFields(content)].map((field) => [field.key, field]),
  );
  for (const [key, text] of texts) {
    const field = known.get(key);
    const says =
      field === undefined
        ? "This record has no such field."
        : !field.canEdit
          ? `${field.label} follows from what is done with the record and is not edited.`
          : field.form === "line" && text !== null && ONE_LINE.test(text)
            ? `${field.label} is one line.`
            : key === "title" && (text ?? "").trim() === ""
              ? "The title cannot be empty."
              : null;
    if (says !== null) return { refusal: { key, says } };
  }
  return { content: applied(content, texts) };
}

function applied(content: RecordContent, texts: ReadonlyMap<string, string | null>): RecordContent {
  const of = (key: string, was: string) => (texts.has(key) ? (texts.get(key) ?? "") : was).trim();
  switch (content.kind) {
    case "item":
      return { kind: "item", item: appliedItem(content.item, texts) };
    case "decision": {
      const { decision } = content;
      return {
        kind: "decision",
        decision: {
          ...decision,
          title: of("title", decision.title),
          fields: [...appliedFields(decision.fields, texts), ...addedFields(content, texts)],
        },
      };
    }
    case "ledger_row":
      return { ...content, cells: content.cells.map((cell, at) => of(`cell:${at}`, cell)) };
    case "change": {
      const { entry } = content;
      return {
        kind: "change",
        entry: { ...entry, title: of("title", entry.title), fields: appliedFields(entry.fields, texts) },
      };
    }
    case "running_entry": {
      const { entry } = content;
      return {
        kind: "running_entry",
        entry: { ...entry, topic: of("title", entry.topic), text: texts.get("text") ?? entry.text },
      };
    }
    case "finding": {
      const { finding } = content;
      return {
        kind: "finding",
        finding: {
          ...finding,
          title: of("title", finding.title),
          fields: appliedFields(finding.fields, texts),
        },
      };
    }
    case "session": {
      const { session } = content;
      return {
        kind: "session",
        session: {
          ...session,
          operator: of("operator", session.operator),
          scope: of("scope", session.scope),
        },
      };
    }
  }
}

function appliedFields(fields: readonly Field[], texts: ReadonlyMap<string, string | null>): Field[] {
  return keyed(fields.map(({ label }) => `field:${label}`)).flatMap(({ key, at }) => {
    const field = fields[at];
    const text = texts.get(key);
    if (field === undefined || text === null) return [];
    return [text === undefined ? field : { ...field, text }];
  });
}

/** Fields that it did not have, in the order in which they are offered. */
function addedFields(content: RecordContent, texts: ReadonlyMap<string, string | null>): Field[] {
  return addableFields(content).flatMap(({ key, label }) => {
    const text = (texts.get(key) ?? "").trim();
    return text === "" ? [] : [{ label, text }];
  });
}

function appliedItem(item: HandoffItem, texts: ReadonlyMap<string, string | null>): HandoffItem {
  const lineOf = (key: string, was: string | null) => {
    const text = texts.get(key);
    if (text === undefined) return was;
    return text === null || text.trim() === "" ? null : text.trim();
  };
  const keys = keyed(item.parts.map(partName));
  const parts = keys.flatMap(({ key, at }): ItemPart[] => {
    const part = item.parts[at];
    const text = texts.get(key);
    if (part === undefined || text === null) return [];
    if (text === undefined) return [part];
    return [part.kind === "block" ? { ...part, script: text } : { ...part, text }];
  });
  const has = new Set(keys.map(({ key }) => key));
  const added = ([null, ...TEXT_LABELS] as const).flatMap((label): ItemPart[] => {
    const key = `part:${label ?? ""}`;
    const text = texts.get(key);
    return has.has(key) || text === undefined || text === null ? [] : [{ kind: "text", label, text }];
  });
  const [body, others] = [added.filter(isBody), added.filter((part) => !isBody(part))];
  return {
    ...item,
    title: lineOf("title", item.title) ?? item.title,
    refsText: lineOf("refs", item.refsText),
    trigger: lineOf("trigger", item.trigger),
    parts: [...body, ...parts, ...others],
  };
}

const isBody = (part: ItemPart) => part.kind === "text" && part.label === null;
