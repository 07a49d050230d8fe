import { describe, expect, it } from "vitest";
import { FIXTURES, readFixture } from "#server/testing/register-fixtures.ts";
import { gatesOf, linksOf, pointsOf, stateOf } from "./decision/view.ts";
import type { DocumentContent } from "./document.ts";
import { importView } from "./import-view.ts";
import { writeMachineDerived } from "./ledger/session.ts";
import { isSessionLabel } from "./ledger/sessions.ts";
import { readRegister, readRegisterText } from "./read.ts";
import { writeDocument } from "./write.ts";

function contentOf(text: string): DocumentContent {
  const [document] = readRegisterText(text, null).documents;
  if (document === undefined) throw new Error("no document");
  return document.content;
}

/** Without the places of lines, which move when a document is written anew. */
const bare = (content: DocumentContent): unknown =>
  JSON.parse(
    JSON.stringify(content, (key, value: unknown) => (key === "lines" || key === "line" ? undefined : value)),
  );

function decisionsOf(text: string) {
  const content = contentOf(text);
  if (content.kind !== "decisions") throw new Error(`read as ${content.kind}`);
  return content.decisions;
}

describe.each(FIXTURES)("%s", (name) => {
  const text = readFixture(name);
  const read = importView(readRegisterText(text, name));
  it("is understood to the last line", () => {
    expect(read.unplaced).toEqual([]);
    expect(read.documents[0]?.kind).not.toBe("unknown");
  });
  it("goes back to its native form", () => {
    const written = writeDocument(contentOf(text)) ?? "";
    expect(bare(contentOf(written))).toEqual(bare(contentOf(text)));
    expect(importView(readRegisterText(written, name)).unplaced).toEqual([]);
    expect(writeDocument(contentOf(written))).toBe(written);
  });
  it("is the same with other line ends", () => {
    expect(bare(contentOf(text.replaceAll("\n", "\r\n")))).toEqual(bare(contentOf(text)));
  });
});

describe("decisions", () => {
  const [old, scoped, proposed, adopted] = decisionsOf(readFixture("design-decisions.md"));
  it("are read in both generations of their form", () => {
    expect(old).toMatchObject({ id: "D-012", generation: "old", tags: [] });
    expect(old?.fields.map(({ label }) => label)).toEqual([
      "Decision",
      "Alternatives considered",
      "Consequences",
      "Verification source",
    ]);
    expect(scoped).toMatchObject({
      id: "D-081",
      tags: ["v2-scope"],
      title: "Object storage stays in region one",
    });
    expect(adopted?.fields.map(({ label }) => label)).toContain("Supersedes");
  });
  it("have a status with its date", () => {
    if (old === undefined || proposed === undefined || adopted === undefined) throw new Error("not read");
    expect(stateOf(old)).toEqual({ status: "adopted", words: "", date: null });
    expect(stateOf(proposed)).toMatchObject({ status: "proposed", date: "2026-09-02" });
    expect(stateOf(adopted)).toMatchObject({ status: "adopted", date: "2026-09-10" });
    expect(pointsOf(proposed).map(({ mark }) => mark)).toEqual(["1", "2", "3"]);
    expect(gatesOf(proposed)).toEqual([{ text: "LIVE-READ PENDING", isDischarged: false }]);
    expect(gatesOf(adopted)).toEqual([{ text: "LIVE-READ PENDING", isDischarged: true }]);
    expect(linksOf(adopted)).toEqual(
      expect.arrayContaining([
        { kind: "amends", to: "D-081" },
        { kind: "discharges", to: "D-085" },
        { kind: "supersedes", to: "D-069" },
      ]),
    );
  });
  it.each([
    ["**Status:** something new", null],
    ["**Status:** SUPERSEDED by D-060", "superseded"],
    ["**Status:** CLOSED 2026-07-03", "closed"],
    ["**Status:** amended 2026-07-05", "amended"],
    ["**Status:** PROPOSED", "proposed"],
    ["**Context / trigger:** no status at all", null],
  ])("%s", (line, status) => {
    const [decision] = decisionsOf(`## D-100: t\n\n${line}\n`);
    expect(decision === undefined ? "none" : stateOf(decision).status).toBe(status);
  });
  it.each(["## D-100 -- t", "### D-100: t", "## **D-100**: t", "# D-100 \u2014 t"])(
    "begin with %s",
    (head) => {
      expect(decisionsOf(`${head}\n\n**Status:** ADOPTED\n`)).toMatchObject([{ id: "D-100", title: "t" }]);
    },
  );
  it("list what stands outside of them", () => {
    const read = importView(
      readRegisterText("lost words\n\n## D-100: t\n\n**Status:** ADOPTED\n\n---\n\nmore words\n", null),
    );
    expect(read.unplaced.map(({ line }) => line)).toEqual([1, 9]);
  });
});

describe("other documents", () => {
  it("of the family degrade to lines that are not understood", () => {
    const text =
      "# Registry sync\n\nDate: 2026-06-23\n\n| a | b |\n| --- | --- |\n\n```\n## not a heading\n```\n- a bullet\n";
    const read = importView(readRegisterText(text, "x.md"));
    expect(read.documents).toMatchObject([{ kind: "unknown", items: 0 }]);
    expect(read.unplaced.map(({ line }) => line)).toEqual([1, 3, 5, 6, 8, 9, 10, 11]);
    expect(read.diagnostics.map(({ code }) => code)).toContain("document.unknown");
  });
  it("changes without a revert, and numbers that are not continuous, are named", () => {
    const text = readFixture("changelog-hardening.md")
      .replace("REVERT: git revert 41c0aa7\n", "")
      .replace("### 4.", "### 5.");
    expect(importView(readRegisterText(text, null)).diagnostics.map(({ code }) => code)).toEqual([
      "change.no_revert",
      "change.numbering",
    ]);
  });
  it("rows without owner or date are named", () => {
    const table =
      "# L\n\n| ID | What | Owner | Opened |\n| --- | --- | --- | --- |\n| SEC-001 | a | - | soon |\n| SEC-001 | b | M | 2026-01-01 |\n";
    expect(
      importView(readRegisterText(table, null)).diagnostics.map(({ code, line }) => [code, line]),
    ).toEqual([
      ["ledger.no_owner", 5],
      ["ledger.no_date", 5],
      ["ledger.duplicate", 6],
    ]);
  });
  it("the machine-derived section is made from facts and read again", () => {
    const content = contentOf(readFixture("session-ledger.md"));
    if (content.kind !== "session_ledger" || content.ledger.machine === null) throw new Error("no section");
    const { heading, asOf, openDecisions, openRows, numbers, text } = content.ledger.machine;
    expect(openDecisions).toEqual(["D-087"]);
    expect(numbers.map(({ id }) => id)).toEqual(["D-093", "DOCFIX-112", "BUNDLEFIX-014"]);
    const nextFree = [
      { series: "D", digits: "093" },
      { series: "DOCFIX", digits: "112" },
      { series: "BUNDLEFIX", digits: "014" },
    ];
    const written = writeMachineDerived({ heading, asOf, openDecisions, openRows, nextFree });
    expect(written).toBe(`## ${heading}\n\n${text}`);
  });
  it.each([
    ["phase-07-network", true],
    ["ops-vault", true],
    ["incident-2026-09-03-quorum", true],
    ["phase-7-x", false],
    ["lunch", false],
  ])("session label %s: %s", (label, is) => {
    expect(isSessionLabel(label)).toBe(is);
  });
});

const MIB = 1024 * 1024;
const times = (text: string) => text.repeat(Math.ceil(MIB / text.length));

/** Linear, with room for a busy machine: processor time, and none of the shapes that grow with the square. */
describe("hostile text", () => {
  it.each<[string, string]>([
    ["one line", times("a")],
    ["spaces", `${times(" ")}x`],
    ["a million pipes", "|".repeat(1_000_000)],
    ["rows of pipes", times("|\n")],
    ["rows of a table", `| ID | What |\n| --- | --- |\n${times("| SEC-001 | x |\n")}`],
    ["fences that never end", times("```bash\n")],
    ["fences before items", times("```bash\nH-1 -- x\n")],
    ["fences ever shorter", Array.from({ length: 1400 }, (_, at) => `${"`".repeat(1400 - at)}\n`).join("")],
    ["blank lines", times("\n")],
    ["carriage returns", times("\r")],
    ["a joined patch of nothing", `@@ -0,0 +1,164 @@ ${times(" + + a")}`],
    ["items", times("H-1 -- x\n")],
    ["a bullet that goes on", `# Handoff\n\n## 6. Deferred\n\n- x\n${times("  y\n")}`],
    ["parentheses", `H-1 ${times("(")}`],
    ["labels", `H-1 -- x\n  ${times("FIX: ")}`],
    ["labels in open code", `H-1 -- x\n  \` ${times("FIX: ")}`],
    ["labels cut in two", `H-1 -- x\n${times("  RULE ON\n")}`],
    ["stars", `## D-001: x\n${times("**a")}`],
    ["bold labels", `## D-001: x\n${times("**A:** b. ")}`],
    ["decisions", times("## D-001: x\n")],
    ["identifiers", `# Handoff\n\nH-1 -- x\n  ${times("D-001 ")}`],
    ["capitals and dashes", times("A-")],
    ["brackets", `1. ${"x".repeat(200)}${times("[")}`],
    ["placeholders", times("<a")],
    ["quotation marks", times("> ")],
    ["combining marks", `e${"\u0301".repeat(100_000)}`],
    ["direction marks", times("\u202e").slice(0, 300_000)],
    ["half characters", times("\uDB40").slice(0, 300_000)],
    ["nested tables", times("| a | | b | |\n| - | | - | |\n")],
    ["block of HTML", times("<div>\n<!-- ")],
  ])("%s", (_name, text) => {
    const bytes = new TextEncoder().encode(text);
    const before = process.cpuUsage();
    const read = readRegister(bytes, "x.md");
    const { user } = process.cpuUsage(before);
    expect(read.documents.length + read.diagnostics.length).toBeGreaterThan(0);
    expect(user / 1000).toBeLessThan(1500);
  });
});
