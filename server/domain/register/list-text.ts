/** A list as a table: a head and rows of plain texts. */
export interface TextTable {
  head: readonly string[];
  rows: readonly (readonly string[])[];
}

/**
 * Characters with which a spreadsheet takes a cell for a formula, a tab and a carriage return included
 * (OWASP, CSV Injection). Full-width signs are taken for the plain ones by some of them.
 */
const FORMULA = /^[=+\-@\t\r\n\uFF1D\uFF0B\uFF0D\uFF20]/;

/** One cell of RFC 4180, always in quotes; what a spreadsheet would compute gets an apostrophe before it. */
export function csvCell(text: string): string {
  const safe = FORMULA.test(text) ? `'${text}` : text;
  return `"${safe.replaceAll('"', '""')}"`;
}

/** Lines of RFC 4180, each with its CR LF. */
export const csvLines = (rows: TextTable["rows"]): string =>
  rows.map((row) => `${row.map(csvCell).join(",")}\r\n`).join("");

/** One cell of a Markdown table: one line, in which nothing is markup, a link, an element or the end of the cell. */
export function markdownCell(text: string): string {
  return text
    .replaceAll(/[\s\u0085\u2028\u2029]+/g, " ")
    .trim()
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll(/[\\`*_[\]|~!]/g, (mark) => `\\${mark}`)
    .replaceAll(
      /(?:https?|ftp|mailto|www)(?=[:.])/gi,
      (scheme) => `${scheme.slice(0, 1)}&#${scheme.charCodeAt(1)};${scheme.slice(2)}`,
    )
    .replaceAll("@", "&#64;");
}

/** Rows of a Markdown table, each with its line end. */
export const markdownLines = (rows: TextTable["rows"]): string =>
  rows.map((row) => `| ${row.map(markdownCell).join(" | ")} |\n`).join("");

/** Head and delimiter row of a Markdown table. */
export const markdownHead = (head: TextTable["head"]): string =>
  `${markdownLines([head])}|${head.map(() => " --- |").join("")}\n`;
