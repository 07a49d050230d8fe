import { canonicalJson, type Json } from "../canonical/json.ts";
import type { Decision } from "./decision/decision.ts";
import { stateOf } from "./decision/view.ts";
import { readLead, withLead } from "./handoff/lead.ts";
import type { HandoffItem } from "./handoff/item.ts";
import { cellAt, columnsOf } from "./ledger/security.ts";
import type { RecordContent, RecordState } from "./record.ts";
import { stateOfDecision, stateOfItem, stateOfRow } from "./record-state.ts";
import { bareLabel } from "./text/fields.ts";

/** Where a record stands in the console, beside what its document says. */
export interface Standing {
  state: RecordState;
  ownerName: string | null;
  /** ISO date. */
  dueOn: string | null;
  /** ISO date of the last move. */
  on: string;
}

/**
 * A record with what the console knows of it written where its form has a place for it: the status of a decision, the
 * state, owner and date of a ledger's row, the state in front of an item's title. Where both say the same it stays as it is.
 */
export function withStanding(content: RecordContent, standing: Standing): RecordContent {
  switch (content.kind) {
    case "item":
      return { kind: "item", item: standingItem(content.item, standing.state) };
    case "decision":
      return { kind: "decision", decision: standingDecision(content.decision, standing) };
    case "ledger_row":
      return standingRow(content, standing);
    case "change":
    case "running_entry":
    case "finding":
    case "session":
      return content;
  }
}

function standingItem(item: HandoffItem, state: RecordState): HandoffItem {
  if (stateOfItem(item) === state) return item;
  // A state that the title says in its own words is the person's to change.
  const bare = { ...item, title: readLead(item).bare };
  return stateOfItem(bare) === state ? bare : withLead(item, state);
}

function standingDecision(decision: Decision, { state, on }: Standing): Decision {
  if (stateOfDecision(decision) === state) return decision;
  const word = `${state.toUpperCase()} ${on}`;
  const { fields } = decision;
  const at = fields.findIndex(({ label }) => bareLabel(label) === "status");
  const field = fields[at];
  if (field === undefined) return { ...decision, fields: [{ label: "Status", text: word }, ...fields] };
  const { words } = stateOf(decision);
  const text = words === "" ? word : `${word} (was: ${words.slice(0, 200)})`;
  return { ...decision, fields: fields.with(at, { ...field, text }) };
}

const DAY = /[0-9]{4}-[0-9]{2}-[0-9]{2}/;
const ROW_WORDS: Partial<Record<RecordState, string>> = {
  open: "OPEN",
  expired: "OPEN",
  closed: "CLOSED",
  risk_accepted: "RISK ACCEPTED",
};

function standingRow(
  row: RecordContent & { kind: "ledger_row" },
  { state, ownerName, dueOn, on }: Standing,
): RecordContent {
  const columns = columnsOf({ title: "", head: row.head });
  const cells = [...row.cells];
  const at = { state: columns.get("state"), owner: columns.get("owner"), due: columns.get("due") };
  const said = stateOfRow(cellAt(row, at.state));
  const isSame = said === state || (state === "expired" && said === "open");
  if (at.state !== undefined && !isSame) cells[at.state] = `${ROW_WORDS[state] ?? state} ${on}`;
  if (at.owner !== undefined && ownerName !== null) {
    if ((cells[at.owner] ?? "").toLowerCase() !== ownerName.toLowerCase()) cells[at.owner] = ownerName;
  }
  if (at.due !== undefined && dueOn !== null) {
    const was = cells[at.due] ?? "";
    if (DAY.exec(was)?.[0] !== dueOn) cells[at.due] = DAY.test(was) ? was.replace(DAY, dueOn) : dueOn;
  }
  return { ...row, cells };
}

/** Whether two records say the same to the last space. */
export function isSameContent(one: RecordContent, other: RecordContent): boolean {
  return canonicalJson(toJson(one)) === canonicalJson(toJson(other));
}

function toJson(content: RecordContent): Json {
  const plain: Json = JSON.parse(JSON.stringify(content));
  return plain;
}
