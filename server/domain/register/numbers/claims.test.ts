import { describe, expect, it } from "vitest";
import { readFixture } from "#server/testing/register-fixtures.ts";
import { readRegisterText } from "../read.ts";
import { decideClaim, type HeldNumber, type NumberClaimed, numbersIn } from "./claims.ts";
import { marksIn } from "./scan.ts";

function documentOf(text: string) {
  const [document] = readRegisterText(text, null).documents;
  if (document === undefined) throw new Error("no document");
  return document;
}
const summary = (text: string) =>
  numbersIn("x.md", documentOf(text)).map(({ id, state, source }) => `${id} ${state} ${source}`);

describe("numbers that a document takes", () => {
  it("are those of its records", () => {
    expect(summary(readFixture("design-decisions.md"))).toEqual([
      "D-012 assigned definition",
      "D-081 assigned definition",
      "D-087 assigned definition",
      "D-090 assigned definition",
    ]);
    expect(summary(readFixture("docfix-draft.md")).every((line) => line.endsWith("provisional draft"))).toBe(
      true,
    );
    expect(summary(readFixture("security-ledger.md"))[0]).toMatch(/^SEC-\d+ assigned definition$/);
  });

  it("are those of its numbering line, in the state that it says", () => {
    const text =
      "# Handoff\n\nNumbering at handoff (re-grep): next free D-072, DOCFIX-087 (D-071 PROPOSED/OPEN = vault; DOCFIX-064 RESERVED = backups; DOCFIX-065 RELINQUISHED).\n\n## 1. x\n\nH-1 -- a\n";
    expect(summary(text)).toEqual([
      "D-071 assigned statement",
      "DOCFIX-064 reserved statement",
      "DOCFIX-065 relinquished statement",
    ]);
    expect(
      marksIn(documentOf(text)).map(({ series, largest, width }) => `${series} ${largest} ${width}`),
    ).toEqual(expect.arrayContaining(["D 71 3", "DOCFIX 86 3", "H 1 1"]));
  });

  it("are none of what only looks like one", () => {
    expect(summary("# Handoff\n\n## 1. x\n\nH-1 -- D-100 and DOCFIX-001 are named\n")).toEqual([]);
    expect(summary("# Something else with D-100\n")).toEqual([]);
  });

  it("do not become a list of series without end", () => {
    const many = Array.from({ length: 3000 }, (_, at) => `X${at}-001`).join(" ");
    expect(marksIn(documentOf(`# Handoff\n\n## 1. x\n\nH-1 -- a\n  ${many}\n`)).length).toBeLessThanOrEqual(
      500,
    );
  });
});

const claim: NumberClaimed = {
  id: "DOCFIX-064",
  series: "DOCFIX",
  number: 64,
  suffix: "",
  state: "assigned",
  source: "definition",
  purpose: "t",
  line: 7,
};
const held = (rest: Partial<HeldNumber>): HeldNumber => ({
  id: "DOCFIX-064",
  state: "reserved",
  holder: "Mara Manager",
  purpose: "backups",
  source: "person",
  personId: "mara",
  ...rest,
});
const by = { path: "docs/c.md", personId: "olga" };

describe("a number that the console knows already", () => {
  it.each<[string, HeldNumber | null, Partial<NumberClaimed>, string]>([
    ["nobody", null, {}, "new"],
    ["another person", held({}), {}, "taken"],
    ["another person, assigned", held({ state: "assigned" }), {}, "taken"],
    ["who imports it", held({ personId: "olga" }), {}, "moves"],
    ["who imports it, assigned", held({ personId: "olga", state: "assigned" }), {}, "same"],
    ["who imports it, given up", held({ personId: "olga", state: "relinquished" }), {}, "taken"],
    ["the same document", held({ source: "definition", state: "assigned", holder: "docs/c.md" }), {}, "same"],
    [
      "another document that defines it",
      held({ source: "definition", state: "assigned", holder: "docs/d.md" }),
      {},
      "taken",
    ],
    ["a draft", held({ source: "draft", state: "provisional", holder: "docs/d.md" }), {}, "moves"],
    ["a statement", held({ source: "statement", state: "reserved", holder: "docs/h.md" }), {}, "moves"],
    [
      "a statement that it is assigned",
      held({ source: "statement", state: "assigned", holder: "docs/h.md" }),
      {},
      "moves",
    ],
    [
      "a change, named again by a draft",
      held({ source: "definition", state: "assigned", holder: "docs/d.md" }),
      { source: "draft", state: "provisional" },
      "same",
    ],
    [
      "a statement that it was given up",
      held({ source: "statement", state: "relinquished", holder: "docs/h.md" }),
      {},
      "taken",
    ],
    [
      "the same, stated again",
      held({ source: "statement", state: "relinquished", holder: "docs/h.md" }),
      { source: "statement", state: "relinquished" },
      "same",
    ],
  ])("by %s", (_name, ...[known, change, kind]) => {
    const verdict = decideClaim(known, { ...claim, ...change }, by);
    expect(verdict.kind).toBe(kind);
    if (verdict.kind === "taken")
      expect(verdict.says).toMatch(/docs\/c\.md line 7 uses DOCFIX-064\. DOCFIX-064 is \w+ by /);
  });
});
