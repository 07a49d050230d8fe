import type { LineSpan, UnplacedLine } from "../diagnostics.ts";
import { type DocumentText, headingAt, isBlank, isRule, textAt } from "../source/document-text.ts";
import { cellsOf, isDelimiterRow } from "../table/table.ts";

/** One line of the index of session logs. The log itself is never part of a register. */
export interface SessionEntry {
  date: string;
  /** `phase-NN-topic`, `ops-topic` or `incident-date-topic`. */
  label: string;
  operator: string;
  scope: string;
}

export interface PlacedSession extends SessionEntry {
  lines: LineSpan;
}

const LABEL =
  /^(?:phase-[0-9]{2}-[a-z0-9][a-z0-9-]{0,60}|ops-[a-z0-9][a-z0-9-]{0,60}|incident-[0-9]{4}-?[0-9]{2}-?[0-9]{2}-[a-z0-9][a-z0-9-]{0,60})$/;
const BEGINS = /^(?:\|[ \t]{0,4}|[-*+][ \t]{1,4})?`?[0-9]{4}-[0-9]{2}-/;
const DATE = /^[0-9]{4}-[0-9]{2}-[0-9]{2}$/;

/** Whether a label follows the convention for session logs. */
export const isSessionLabel = (label: string): boolean => LABEL.test(label);

/** An index line, as a bullet or a table row, or null. */
export function sessionLine(line: string): SessionEntry | null {
  if (line.length > 2000 || !BEGINS.test(line.slice(0, 20))) return null;
  const cells = cellsOf(line) ?? bulletCells(line);
  const [date = "", label = "", operator = "", ...scope] = cells.map((cell) =>
    cell.replaceAll("`", "").trim(),
  );
  if (!DATE.test(date) || label === "" || !/-/.test(label)) return null;
  return { date, label, operator, scope: scope.join(" | ") };
}

/** `- 2026-07-03 | ops-vault-unseal | jess | scope`, with commas or dashes as well. */
function bulletCells(line: string): string[] {
  const text = line.replace(/^[-*+][ \t]+/, "");
  const mark = [" | ", " -- ", ", ", "\t"].find((candidate) => text.split(candidate).length >= 3);
  if (mark === undefined) return [];
  const [date = "", label = "", operator = "", ...scope] = text.split(mark);
  return [date, label, operator, scope.join(mark)];
}

/** Reads an index of session logs. */
export function readSessions(document: DocumentText): {
  sessions: PlacedSession[];
  title: string;
  unplaced: UnplacedLine[];
} {
  const sessions: PlacedSession[] = [];
  const unplaced: UnplacedLine[] = [];
  let title = "";
  for (let at = 0; at < document.source.count; at += 1) {
    const line = textAt(document, at);
    if (isBlank(document, at) || isRule(document, at)) continue;
    const heading = headingAt(document, at);
    if (heading !== null) {
      if (title === "") title = heading.text;
      continue;
    }
    const entry = document.fenceOf[at] === 0 ? sessionLine(line) : null;
    if (entry !== null) sessions.push({ ...entry, lines: { first: at + 1, last: at + 1 } });
    else if (!isTableHead(document, at)) unplaced.push({ line: at + 1, text: line });
  }
  return { sessions, title, unplaced };
}

function isTableHead(document: DocumentText, at: number): boolean {
  const cells = cellsOf(textAt(document, at).slice(0, 2000));
  return cells !== null && (isDelimiterRow(cells) || /^date$/i.test(cells[0] ?? ""));
}

/** One line of the index. */
export const writeSession = ({ date, label, operator, scope }: SessionEntry): string =>
  `- ${date} | ${label} | ${operator} | ${scope}`.trimEnd();

/** The index in its native form. */
export function writeSessions(title: string, sessions: readonly SessionEntry[]): string {
  return `# ${title}\n\n${sessions.map(writeSession).join("\n")}\n`;
}
