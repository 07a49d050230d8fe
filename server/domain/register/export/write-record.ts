import { writeChange } from "../changelog/hardening.ts";
import { writeRunningEntry } from "../changelog/running.ts";
import { writeDecision } from "../decision/read.ts";
import { writeFinding } from "../docfix/docfix.ts";
import { writeItem } from "../handoff/write.ts";
import { writeSession } from "../ledger/sessions.ts";
import type { RecordContent } from "../record.ts";
import { writeRow } from "../table/table.ts";

/** The lines of one record in the form of its document, without a line end behind the last. */
export function writeRecord(content: RecordContent): string {
  switch (content.kind) {
    case "item":
      return writeItem(content.item);
    case "decision":
      return writeDecision(content.decision);
    case "ledger_row":
      return writeRow(content.head.map((_, column) => content.cells[column] ?? ""));
    case "change":
      return writeChange(content.entry);
    case "running_entry":
      return writeRunningEntry(content.entry);
    case "finding":
      return writeFinding(content.finding);
    case "session":
      return writeSession(content.session);
  }
}
