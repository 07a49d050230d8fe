import type { Diagnostic, LineSpan, UnplacedLine } from "../diagnostics.ts";
import { type DocumentText, headingAt, isBlank, isRule, textAt } from "../source/document-text.ts";
import { linesAround } from "../source/regions.ts";
import { cellsOf, isDelimiterRow, writeTable } from "../table/table.ts";

/** Columns of a security ledger that mean something to us; a ledger may have others, which are kept. */
export const LEDGER_COLUMNS = ["id", "title", "opened", "owner", "state", "due", "closed", "note"] as const;
export type LedgerColumn = (typeof LEDGER_COLUMNS)[number];

export interface LedgerRow {
  id: string;
  /** Cells in the order of the table's columns. */
  cells: string[];
}

export interface PlacedRow extends LedgerRow {
  /** Position of its table in the document. */
  table: number;
  lines: LineSpan;
}

export interface LedgerTable {
  /** Heading above the table, or "". */
  title: string;
  head: string[];
}

export interface SecurityLedger {
  title: string;
  /** What stands before the first table. */
  preamble: string;
  tables: LedgerTable[];
  rows: (LedgerRow & { table: number })[];
}

const ID = /^[*`[]{0,2}(SEC-[0-9]{1,6}[a-z]?)[*`\]]{0,2}$/;
const COLUMN_NAMES: readonly [LedgerColumn, RegExp][] = [
  ["id", /^(?:id|row|sec|number|#)$/i],
  ["title", /^(?:title|what|item|issue|finding|description|risk)$/i],
  ["opened", /^(?:opened|open since|date|dated|raised|since|found)$/i],
  ["owner", /^(?:owner|owned by|who|custodian|assignee)$/i],
  ["state", /^(?:state|status)$/i],
  ["due", /^(?:due|target|expires|expiry|deadline|until)$/i],
  ["closed", /^(?:closed|closed on|done|resolved)$/i],
  ["note", /^(?:notes?|comment|remarks?|detail|details)$/i],
];

/** Whether a line is a row of a security ledger. */
export function isLedgerRow(line: string): boolean {
  const cell = cellsOf(line.slice(0, 200))?.[0];
  return cell !== undefined && ID.test(cell);
}

/** Reads a security ledger: tables whose first column holds SEC numbers. */
export function readSecurityLedger(document: DocumentText): {
  ledger: Omit<SecurityLedger, "rows"> & { rows: PlacedRow[] };
  unplaced: UnplacedLine[];
  diagnostics: Diagnostic[];
} {
  const tables: LedgerTable[] = [];
  const rows: PlacedRow[] = [];
  const unplaced: UnplacedLine[] = [];
  const preamble: number[] = [];
  let title = "";
  let heading = "";
  let isOpen = false;
  for (let at = 0; at < document.source.count; at += 1) {
    const line = textAt(document, at);
    const cells = document.fenceOf[at] === 0 ? cellsOf(line) : null;
    const found = headingAt(document, at);
    if (found !== null) {
      if (title === "" && found.level === 1) title = found.text;
      else heading = found.text;
    } else if (cells === null) {
      const isHead = tables.length === 0 && heading === "";
      if (isHead && !isBlank(document, at)) preamble.push(at);
      else if (!isBlank(document, at) && !isRule(document, at)) unplaced.push({ line: at + 1, text: line });
    } else if (!isOpen) {
      isOpen = isDelimiterRow(cellsOf(textAt(document, at + 1)) ?? []);
      if (isOpen) {
        tables.push({ title: heading, head: cells });
        at += 1;
      } else unplaced.push({ line: at + 1, text: line });
      continue;
    } else {
      const id = ID.exec(cells[0] ?? "")?.[1];
      if (id === undefined) unplaced.push({ line: at + 1, text: line });
      else
        rows.push({
          id,
          cells: [id, ...cells.slice(1)],
          table: tables.length - 1,
          lines: { first: at + 1, last: at + 1 },
        });
      continue;
    }
    isOpen = false;
  }
  return {
    ledger: { title, preamble: linesAround(document, preamble), tables, rows },
    unplaced,
    diagnostics: problemsOf({ tables, rows }),
  };
}

/** The cell of a row in a column, "" where the table has no such column or the cell is empty or a dash. */
export function cellOf(
  ledger: Pick<SecurityLedger, "tables">,
  row: LedgerRow & { table: number },
  column: LedgerColumn,
): string {
  const table = ledger.tables[row.table];
  return table === undefined ? "" : cellAt(row, columnsOf(table).get(column));
}

/** A cell by its position, "" where there is none or it holds a word for nothing. */
export function cellAt(row: Pick<LedgerRow, "cells">, at: number | undefined): string {
  const cell = at === undefined ? "" : (row.cells[at] ?? "");
  return EMPTY.test(cell) ? "" : cell;
}

const EMPTY = /^(?:-{1,3}|\u2014|n\/a|none|tbd|unassigned|\?{1,3})$/i;

/** Position of each column that means something to us. */
export function columnsOf({ head }: LedgerTable): Map<LedgerColumn, number> {
  const columns = new Map<LedgerColumn, number>();
  head.forEach((name, at) => {
    const bare = name.replaceAll("*", "").trim();
    const column = COLUMN_NAMES.find(([, pattern]) => pattern.test(bare))?.[0];
    if (column !== undefined && !columns.has(column)) columns.set(column, at);
  });
  return columns;
}

/** Whether a row is closed by its own words; anything else is open. */
export function isRowClosed(
  ledger: Pick<SecurityLedger, "tables">,
  row: LedgerRow & { table: number },
): boolean {
  return isClosedWord(cellOf(ledger, row, "state"));
}

/** Whether the words of a state cell say that nothing is left to do. */
export const isClosedWord = (cell: string): boolean =>
  /^\W{0,3}(?:closed|done|resolved|fixed|accepted)\b/i.test(cell);

const DATE = /[0-9]{4}-[0-9]{2}-[0-9]{2}/;

function problemsOf(ledger: Pick<SecurityLedger, "tables"> & { rows: PlacedRow[] }): Diagnostic[] {
  const found: Diagnostic[] = [];
  const seen = new Map<string, number>();
  const columns = ledger.tables.map(columnsOf);
  for (const row of ledger.rows) {
    const { id, lines } = row;
    const line = lines.first;
    const cell = (column: LedgerColumn) => cellAt(row, columns[row.table]?.get(column));
    const earlier = seen.get(id);
    if (earlier === undefined) seen.set(id, line);
    else {
      const says = `${id} stands in line ${earlier} already.`;
      found.push({ code: "ledger.duplicate", severity: "error", line, says });
    }
    if (cell("owner") === "") {
      found.push({ code: "ledger.no_owner", severity: "warning", line, says: `${id} has no owner.` });
    }
    if (!DATE.test(cell("opened")) && !DATE.test(cell("due")) && !DATE.test(cell("closed"))) {
      found.push({ code: "ledger.no_date", severity: "warning", line, says: `${id} has no date.` });
    }
  }
  return found;
}

/** The ledger in its native form. */
export function writeSecurityLedger({ title, preamble, tables, rows }: SecurityLedger): string {
  const parts = tables.map(({ title: heading, head }, at) => {
    const own = rows
      .filter(({ table }) => table === at)
      .map(({ cells }) => head.map((_, column) => cells[column] ?? ""));
    const text = writeTable(head, own);
    return heading === "" ? text : `## ${heading}\n\n${text}`;
  });
  const head = [...(title === "" ? [] : [`# ${title}`]), ...(preamble === "" ? [] : [preamble])];
  return `${[...head, ...parts].join("\n\n")}\n`;
}
