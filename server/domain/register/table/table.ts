/** Cells of a Markdown table row, without the outer pipes; null for a line that is none. `\|` is a pipe in a cell. */
export function cellsOf(line: string): string[] | null {
  const text = line.trim();
  if (!text.startsWith("|") || text.length < 3) return null;
  const cells: string[] = [];
  let from = 1;
  for (let at = 1; at < text.length && cells.length < CELLS_MAX; at += 1) {
    if (text[at] === "\\") at += 1;
    else if (text[at] === "|") {
      cells.push(unescaped(text.slice(from, at)));
      from = at + 1;
    }
  }
  if (from < text.length && cells.length < CELLS_MAX) cells.push(unescaped(text.slice(from)));
  return cells;
}

/** No register has so many columns; a line of a million pipes is not read to its end. */
const CELLS_MAX = 100;

const unescaped = (cell: string) => cell.trim().replaceAll("\\|", "|");

/** `| --- | :--: |`. */
export function isDelimiterRow(cells: readonly string[]): boolean {
  return cells.length > 0 && cells.every((cell) => /^:?-+:?$/.test(cell.slice(0, 200)));
}

/** A row in its native form. */
export function writeRow(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll("|", "\\|").replaceAll("\n", " ")).join(" | ")} |`;
}

/** Head, delimiter and rows. */
export function writeTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [writeRow(head), writeRow(head.map(() => "---")), ...rows.map(writeRow)].join("\n");
}
