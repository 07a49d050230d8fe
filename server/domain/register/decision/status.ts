import { bareLabel, type Field } from "../text/fields.ts";
import { oneLine } from "../text/wrap.ts";
import type { Decision } from "./decision.ts";

/** What a label in a decision is made of: a name that holds it would begin a field of its own. */
const plainName = (name: string) => oneLine(name.replaceAll(/[*[\]_`]/g, " ")).slice(0, 80);

/**
 * The decision with its status as it is now, in the form in which decisions say theirs: one that is read again has
 * this status and this date.
 */
export function withStatus(
  decision: Decision,
  now: { status: string; successor: string | null; name: string; at: Date },
): Decision {
  const { status, successor, name, at } = now;
  const by = successor === null || status !== "superseded" ? "" : ` by ${plainName(successor)}`;
  const text = `${status.toUpperCase()}${by} ${at.toISOString().slice(0, 10)} (${plainName(name)})`;
  const isStatus = ({ label }: Field) => bareLabel(label) === "status";
  const first = decision.fields.findIndex(isStatus);
  if (first !== -1) {
    const fields = decision.fields.map((field, place) => (place === first ? { ...field, text } : field));
    return { ...decision, fields };
  }
  // What stands before the first label has none: behind the status it would be taken for a part of it.
  const lead = decision.fields.filter(({ label }, place) => label === "" && place === 0);
  const fields = [...lead, { label: "Status", text }, ...decision.fields.slice(lead.length)];
  return { ...decision, generation: "new", fields };
}
