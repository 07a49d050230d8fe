import type { NewRow } from "../../item/new-record-schema.ts";
import { readBack } from "../record-form.ts";
import type { DocumentRecord } from "../records.ts";
import { columnsOf, type LedgerColumn } from "./security.ts";

/** Columns of a ledger that the console begins itself. */
export const LEDGER_HEAD = ["ID", "What", "Opened", "Owner", "State", "Due", "Note"] as const;

/** What was given and has no column in a ledger of this head, or null: nothing is dropped. */
export function strayCell(given: NewRow, head: readonly string[]): keyof NewRow | null {
  const at = placesIn(head);
  if (!at.has("title")) return "title";
  return given.note !== "" && !at.has("note") ? "note" : null;
}

/** Where the cells of a row stand; a column behind the number whose name says nothing is its title. */
function placesIn(head: readonly string[]): ReadonlyMap<LedgerColumn, number> {
  const columns = columnsOf({ title: "", head: [...head] });
  const isSecondFree = head.length > 1 && ![...columns.values()].includes(1);
  return columns.has("title") || !isSecondFree ? columns : new Map([...columns, ["title", 1]]);
}

/**
 * An open row under this number as a ledger of this head will have it, read back from its own text: null when a cell
 * would come back as something else.
 */
export function newRowRecord(
  given: NewRow,
  place: { id: string; head: readonly string[]; ownerName: string | null; dueOn: string | null; day: string },
): DocumentRecord | null {
  const { id, head, ownerName, dueOn, day } = place;
  const at = placesIn(head);
  const cells = head.map(() => "");
  const put = (column: LedgerColumn, text: string | null) => {
    const where = at.get(column);
    if (where !== undefined && text !== null) cells[where] = text;
  };
  put("title", given.title);
  put("opened", day);
  put("owner", ownerName);
  put("state", "OPEN");
  put("due", dueOn);
  put("note", given.note);
  cells[0] = id;
  return readBack({ kind: "ledger_row", head: [...head], cells });
}
