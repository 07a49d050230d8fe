import { describe, expect, it } from "vitest";
import { prosePartsIn } from "./prose/parts.ts";
import { readRegister } from "./read.ts";
import { recordsIn } from "./records.ts";

/** Everything that an import does with bytes before it asks the database. */
function look(text: string) {
  const file = readRegister(new TextEncoder().encode(text), "x.md");
  const records = file.documents.flatMap((document) => recordsIn(document));
  const parts = file.documents.flatMap((document) => prosePartsIn(document));
  return { file, records, parts };
}

const HEAD = "# Handoff\n\n## 1. Immediate\n\n";
/** Shapes that are made of one piece, and how a document of `size` characters of it is written. */
const SHAPES: readonly [string, (size: number) => string][] = [
  ["one line", (size) => "a".repeat(size)],
  ["one line of words behind a title", (size) => `${HEAD}${"word ".repeat(size / 5)}`],
  ["headings", (size) => "## x\n".repeat(size / 5)],
  ["headings of every level", (size) => `${"#".repeat(200)} x\n`.repeat(size / 203)],
  [
    "nested lists",
    (size) => Array.from({ length: Math.sqrt(size * 2) }, (_, at) => `${" ".repeat(at)}- x`).join("\n"),
  ],
  ["fences without an end", (size) => `${HEAD}H-1 -- a\n${"```\nx\n~~~\n".repeat(size / 10)}`],
  [
    "ever longer fences",
    (size) => Array.from({ length: Math.sqrt(size * 2) }, (_, at) => "`".repeat(3 + at)).join("\n"),
  ],
  ["characters that turn words around", (size) => `${HEAD}${"\u202ea\n".repeat(size / 3)}`],
  ["lone carriage returns", (size) => `${HEAD}H-1 -- a\r\n${"x\r\r\n".repeat(size / 4)}`],
  ["cells", (size) => `| ID |\n| --- |\n|${" a |".repeat(size / 4)}`],
  ["rows of a ledger", (size) => "| ID | Due |\n| --- | --- |\n" + "| SEC-001 | x |\n".repeat(size / 16)],
  ["names in angle brackets", (size) => `${HEAD}H-1 -- a\n  ${"<client> ".repeat(size / 9)}`],
  ["brackets that never close", (size) => `${HEAD}H-1 -- a\n  ${"<a ".repeat(size / 3)}`],
  ["parentheses of references", (size) => `${HEAD}H-1 ${"(D-1 ".repeat(size / 5)} -- a`],
  ["labels", (size) => `${HEAD}H-1 -- a\n${"  FIX: x ACCEPT: y\n".repeat(size / 19)}`],
  ["points in one line", (size) => `${HEAD}H-1 -- a\n  ACCEPT: ${"x; ".repeat(size / 3)}`],
  ["bullets without a trigger", (size) => `# Handoff\n\n## 6. Deferred\n\n${"- a\n".repeat(size / 4)}`],
  ["bold labels of a decision", (size) => `## D-001: t\n\n${"**Status:** OPEN\n".repeat(size / 17)}`],
  ["marks of a patch", (size) => `@@ -1 +1 @@\n${"+a\n-b\n".repeat(size / 6)}`],
  ["a patch in one line", (size) => `@@ -0,0 +1,9 @@ ${"+a ".repeat(size / 3)}`],
  ["quotations in quotations", (size) => `${">".repeat(60)} a\n`.repeat(size / 63)],
];

describe("a document of nothing but", () => {
  it.each(SHAPES)("%s is read or refused, and what is said of it names a line", (_name, made) => {
    const { file } = look(made(20_000));
    for (const { line, says } of [...file.diagnostics, ...file.documents.flatMap((one) => one.diagnostics)]) {
      expect(line).toBeGreaterThan(0);
      expect(says).not.toBe("");
    }
  });

  it.each<[string, Uint8Array, string]>([
    ["bytes that are no UTF-8", new Uint8Array(1000).fill(0xff, 3), "document.not_utf8"],
    ["half characters", new Uint8Array([0x23, 0x20, 0xed, 0xa0, 0x80, 0x0a]), "document.not_utf8"],
    ["UTF-16", new Uint8Array([0xff, 0xfe, 0x23, 0x00]), "document.utf16"],
    ["too many bytes", new Uint8Array(16 * 1024 * 1024 + 1).fill(0x61), "document.too_large"],
  ])("%s is refused by name", (_name, bytes, code) => {
    const { isExact, diagnostics } = readRegister(bytes, "x.md");
    expect({ isExact, code: diagnostics[0]?.code }).toEqual({ isExact: false, code });
  });

  it("NUL, bidirectional marks and a byte order mark is named by line and kept", () => {
    const text = `\uFEFF${HEAD}H-1 -- a\u0000b\n  \u202egnp\n`;
    const { file } = look(text);
    expect(file.documents[0]?.text.source.text).toBe(text);
    expect(file.documents[0]?.diagnostics.map(({ code, line }) => `${code} ${line}`)).toEqual([
      "text.hidden 5",
      "text.hidden 6",
    ]);
  });
});
