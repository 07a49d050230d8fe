import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { csvCell, csvLines, markdownCell, markdownHead, markdownLines } from "./list-text.ts";

/** A reader of RFC 4180, written from its grammar. */
function readCsv(text: string): string[][] {
  const rows: string[][] = [[]];
  let at = 0;
  while (at < text.length) {
    expect(text[at]).toBe('"');
    let cell = "";
    for (at += 1; ; at += 1) {
      if (text[at] !== '"') cell += text[at];
      else if (text[at + 1] === '"') {
        cell += '"';
        at += 1;
      } else break;
    }
    rows.at(-1)?.push(cell);
    at += 1;
    if (text[at] === ",") at += 1;
    else {
      expect(text.slice(at, at + 2)).toBe("\r\n");
      at += 2;
      if (at < text.length) rows.push([]);
    }
  }
  return rows;
}

describe("a cell of a spreadsheet", () => {
  it.each([
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\tx",
    "\rx",
    "\n=x",
    "=cmd|' /C calc'!A0",
    '=HYPERLINK("http://evil.example","x")',
    "\uFF1D1",
    "\uFF201",
  ])("that begins like a formula, %j, is text", (text) => {
    expect(csvCell(text).startsWith(`"'`)).toBe(true);
    expect(readCsv(`${csvCell(text)}\r\n`)).toEqual([[`'${text}`]]);
  });

  it.each(["", "plain", "1", "a=b", "x-1", "it's", " =1", 'say "so"', "a,b", "two\r\nlines", "\u{1f600}"])(
    "%j is given as it is",
    (text) => {
      expect(readCsv(csvLines([[text, "x"]]))).toEqual([[text, "x"]]);
    },
  );

  it("can hold anything, and no cell of any row begins a formula", () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(fc.string({ unit: "binary" }), { minLength: 1 }), { minLength: 1 }),
        (rows) => {
          const read = readCsv(csvLines(rows));
          expect(read.map((row) => row.length)).toEqual(rows.map((row) => row.length));
          for (const cell of read.flat()) expect(cell).not.toMatch(/^[=+\-@\t\r]/);
          expect(read.map((row) => row.map((cell) => cell.replace(/^'/, "")))).toEqual(
            rows.map((row) => row.map((cell) => cell.replace(/^'/, ""))),
          );
        },
      ),
    );
  });
});

describe("a cell of a Markdown table", () => {
  it.each([
    ["a | b", "a \\| b"],
    ["\\|", "\\\\\\|"],
    ["<img src=x onerror=alert(1)>", "&lt;img src=x onerror=alert(1)&gt;"],
    ["&lt;", "&amp;lt;"],
    ["[x](javascript:1)", "\\[x\\](javascript:1)"],
    ["![x](y)", "\\!\\[x\\](y)"],
    ["two\nlines\r\n", "two lines"],
    ["a\u2028b", "a b"],
    ["`code` *b* _i_ ~s~", "\\`code\\` \\*b\\* \\_i\\_ \\~s\\~"],
  ])("%j is written %j", (text, written) => {
    expect(markdownCell(text)).toBe(written);
  });

  it("names no address that a renderer would make a link of", () => {
    expect(markdownCell("see https://evil.example and www.evil.example, mail me@evil.example")).not.toMatch(
      /https?:|www\.|@/,
    );
  });

  it("stands in a table of as many columns as its head, whatever it holds", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.string({ unit: "binary" }), (one, other) => {
        const table = markdownHead(["A", "B"]) + markdownLines([[one, other]]);
        expect(table.split("\n")).toHaveLength(4);
        for (const line of table.trimEnd().split("\n")) {
          expect(line.replaceAll(/\\./g, "").split("|")).toHaveLength(4);
        }
      }),
    );
  });
});
