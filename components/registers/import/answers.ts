import type { ImportAnswers, Side } from "#server/domain/register/import/schema.ts";
import type { PreviewedDocument } from "./upload.ts";

type Change = PreviewedDocument["changes"][number];

/** What holds for a field while nobody says otherwise; null where a person has to. */
export function fieldSide(
  change: Change,
  field: Change["fields"][number],
  answers: ImportAnswers,
): Side | null {
  const own = answers.records?.[change.key];
  const said = typeof own === "string" ? own : own?.[field.field];
  if (said !== undefined) return said;
  switch (field.side) {
    case "theirs":
    case "both":
      return "theirs";
    case "ours":
      return "ours";
    case "conflict":
      return null;
  }
}

/** What holds for a record that only one side has; null where a person has to say. */
export function wholeSide(change: Change, answers: ImportAnswers): Side | null {
  const own = answers.records?.[change.key];
  if (typeof own === "string") return own;
  if (change.change === "added") return change.side === "ours" ? "ours" : "theirs";
  return change.side === "ours" || change.side === "both" ? "ours" : null;
}

/** A record that stands on one side alone is taken or kept as a whole; others field by field. */
export const isWhole = (change: Change): boolean =>
  change.change === "removed" ||
  (change.change === "added" && (change.side === "theirs" || change.side === "ours"));

/** How many changes still need an answer. */
export function openAnswers(document: PreviewedDocument, answers: ImportAnswers): number {
  return document.changes.filter((change) =>
    isWhole(change)
      ? wholeSide(change, answers) === null
      : change.fields.some((field) => fieldSide(change, field, answers) === null),
  ).length;
}

export function withWhole(answers: ImportAnswers, key: string, side: Side): ImportAnswers {
  return { ...answers, records: { ...answers.records, [key]: side } };
}

export function withField(
  answers: ImportAnswers,
  key: string,
  { field, side }: { field: string; side: Side },
): ImportAnswers {
  const own = answers.records?.[key];
  const fields = typeof own === "object" ? own : {};
  return { ...answers, records: { ...answers.records, [key]: { ...fields, [field]: side } } };
}
