import type { NewDecision } from "../../item/new-record-schema.ts";
import { readBack } from "../record-form.ts";
import type { DocumentRecord } from "../records.ts";
import type { Field } from "../text/fields.ts";
import { tagsOf } from "./read.ts";
import { pointsOf } from "./view.ts";

/**
 * A proposed decision under this number as its log will have it, read back from its own text: null when its words would
 * come back as something else, such as a line that begins another part, or points that are not given back one by one.
 */
export function newDecisionRecord(
  given: NewDecision,
  { id, day }: { id: string; day: string },
): DocumentRecord | null {
  const { points } = given;
  const isWhole = points.length === 1;
  const policy = isWhole ? points.join("") : points.map((point, at) => `${at + 1}. ${point}`).join("\n");
  const fields: Field[] = [
    { label: "Status", text: `PROPOSED/OPEN ${day}` },
    { label: "Context / trigger", text: given.context },
    { label: "Proposed policy (rule each point)", text: policy },
    { label: "Consequence", text: given.consequence },
    { label: "Validation", text: given.validation },
    { label: "Related", text: given.related },
    { label: "Supersedes", text: given.supersedes },
  ].filter(({ text }) => text !== "");
  const record = readBack({
    kind: "decision",
    decision: { id, ...tagsOf(given.title), generation: "new", fields },
  });
  if (record?.content.kind !== "decision" || record.state !== "proposed") return null;
  const read = pointsOf(record.content.decision).map(({ text }) => text);
  return JSON.stringify(read) === JSON.stringify(isWhole ? [] : points) ? record : null;
}
