import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FIXTURES, readFixture } from "#server/testing/register-fixtures.ts";
import { readPlain, readRegisterText } from "../read.ts";
import { recordsIn } from "../records.ts";
import { planProse, proseChanges } from "./compare.ts";
import { findProseRefusal, trimmedProse, withProse } from "./edit.ts";
import { prosePartsIn } from "./parts.ts";

const partsOf = (text: string) => prosePartsIn(readPlain(text, "x.md"));
const refusalOf = (text: string, key: string, words: string) =>
  findProseRefusal(readPlain(text, "x.md"), key, words);

/** Lines that a person writes: words, lists, quotations, blank lines, and things that look like something else. */
const LINE = fc.oneof(
  fc.lorem({ maxCount: 8, mode: "words" }),
  fc.constantFrom(
    "",
    "  - a point",
    "> quoted",
    "```",
    "## 3. Another",
    "H-91 -- an item",
    "D-101: decided",
    "---",
  ),
  fc.string({ unit: "grapheme-ascii", maxLength: 30 }),
);

describe.each(FIXTURES)("%s", (name) => {
  const text = readFixture(name);

  it("has every line that is no record's in exactly one part, but for blank lines and rules", () => {
    const document = readPlain(text, name);
    const owned = new Map<number, number>();
    const own = (first: number, last: number) => {
      for (let line = first; line <= last; line += 1) owned.set(line, (owned.get(line) ?? 0) + 1);
    };
    for (const { lines } of recordsIn(document)) own(lines.first, lines.last);
    const parts = prosePartsIn(document);
    for (const { lines } of parts) own(lines.first, lines.last);
    expect(new Set(parts.map(({ key }) => key)).size).toBe(parts.length);
    text.split("\n").forEach((line, at) => {
      const isSaid = line.trim() !== "" && !/^(?:-{3,}|={3,}|-- end of register --)$/.test(line);
      if (isSaid) expect(`${at + 1} ${owned.get(at + 1)}`).toBe(`${at + 1} 1`);
      else expect(owned.get(at + 1) ?? 0).toBeLessThan(2);
    });
  });

  it.each(["\n", "\r\n"])(
    "edited in one part differs only there and reads back as itself, with %j",
    (end) => {
      const own = text.replaceAll("\n", end);
      const document = readPlain(own, name);
      const parts = prosePartsIn(document);
      const records = JSON.stringify(
        recordsIn(document).map(({ content, key, section }) => ({ content, key, section })),
      );
      let taken = 0;
      const check = fc.property(fc.nat(), fc.array(LINE, { minLength: 1, maxLength: 6 }), (at, lines) => {
        const part = parts[at % parts.length];
        if (part === undefined) return;
        const words = trimmedProse([part.text, ...lines].join("\n"));
        const refusal = findProseRefusal(document, part.key, words);
        if (refusal !== null) {
          expect(refusal.says).toMatch(/^[A-Z].*\.$/);
          return;
        }
        taken += 1;
        const given = withProse(document, new Map([[part.key, words]]));
        const before = own.split(end);
        const after = given.split(end);
        expect(after.slice(0, part.lines.last)).toEqual(before.slice(0, part.lines.last));
        const behind = before.length - part.lines.last;
        expect(after.slice(after.length - behind)).toEqual(before.slice(part.lines.last));
        const read = readRegisterText(given, name);
        const [back] = read.documents;
        if (back === undefined) throw new Error("nothing was read");
        expect(
          JSON.stringify(recordsIn(back).map(({ content, key, section }) => ({ content, key, section }))),
        ).toBe(records);
        const ways = { base: parts, theirs: prosePartsIn(back), words: new Map([[part.key, words]]) };
        expect(proseChanges(ways).map(({ side }) => side)).toEqual(words === part.text ? [] : ["both"]);
        expect(planProse(ways, {})).toEqual({ words: new Map(), unanswered: [], gone: [] });
      });
      fc.assert(check, { numRuns: 40 });
      expect(parts.every(({ isMachines }) => isMachines) || taken > 0).toBe(true);
    },
  );
});

const HANDOFF = [
  "# Handoff -- open items register (2026-03-01 session close)",
  "",
  "STATUS SNAPSHOT at handoff: repo HEAD 1234abc;",
  "all green.",
  "",
  "Numbering at handoff (re-grep): next-free D-071, DOCFIX-082.",
  "",
  "Conventions for whoever picks this up: read first.",
  "",
  "-".repeat(80),
  "## 1. Immediate",
  "-".repeat(80),
  "",
  "H-1 (DOCFIX-081) -- mend it",
  "  FIX: mend. ACCEPT: green.",
  "",
  "-".repeat(80),
  "## 2. Verify-live queue",
  "-".repeat(80),
  "What is looked at.",
  "",
  "V-1 -- look",
  "  CHECK (read-only) -- bastion",
  "  ```bash",
  "  true",
  "  ```",
  "",
  "stray words",
  "",
  "-- end of register --",
  "",
].join("\n");

describe("the parts of a handoff", () => {
  it("are its head by name, and what stands before its records", () => {
    expect(partsOf(HANDOFF).map(({ key, title, lines }) => [key, title, lines.first, lines.last])).toEqual([
      ["H-1#1", "Handoff -- open items register (2026-03-01 session close)", 1, 1],
      ["snapshot", "Status snapshot", 3, 4],
      ["numbering", "Numbering", 6, 6],
      ["conventions", "Conventions", 8, 8],
      ["H-1#5", "1. Immediate", 11, 12],
      ["V-1#1", "2. Verify-live queue", 18, 20],
      ["end#1", "stray words", 28, 28],
    ]);
  });

  it("may get what a section begins with, another date and other numbers", () => {
    const edits: [string, string][] = [
      ["H-1#5", `## 1. Immediate\n${"-".repeat(80)}\n\nBegin at the top.`],
      ["H-1#1", "# Handoff -- open items register (2026-03-02 session close)"],
      ["numbering", "Numbering at handoff (re-grep): next-free D-072, DOCFIX-090."],
    ];
    let text = HANDOFF;
    for (const [key, words] of edits) {
      expect(refusalOf(text, key, words)).toBeNull();
      text = withProse(readPlain(text, "x.md"), new Map([[key, words]]));
    }
    expect(text.split("\n")).toHaveLength(HANDOFF.split("\n").length + 2);
    expect(partsOf(text).map(({ key }) => key)).toEqual(partsOf(HANDOFF).map(({ key }) => key));
  });

  it.each<[string, string, string, number | null, RegExp]>([
    [
      "an item",
      "snapshot",
      "STATUS SNAPSHOT at handoff: x\n\nH-9 -- mine",
      3,
      /^Line 3 would be read as H-9/,
    ],
    ["an item of a checklist", "end#1", "stray words\n\nC-4 tick it", 3, /^Line 3 would be read as C-4/],
    ["a section", "conventions", "Conventions for all: x\n## 7. Mine", 2, /^Line 2 would begin another part/],
    ["a heading", "end#1", "stray words\n### Mine", 2, /^Line 2 would begin another part/],
    [
      "a second paragraph of a named one",
      "numbering",
      "Numbering at handoff: D-1.\n\nmore",
      3,
      /^Line 3 would begin/,
    ],
    [
      "a block without an end",
      "V-1#1",
      `## 2. Verify-live queue\n${"-".repeat(80)}\nx\n\n\`\`\`sh\nls`,
      5,
      /^Line 5 begins a block/,
    ],
    ["the end of the register", "end#1", "stray words\n-- end of register --", null, /no longer read/],
    ["a patch", "end#1", "stray words\n@@ -1,2 +1,3 @@", null, /read as a patch/],
    ["another name of the paragraph", "snapshot", "Where we are: x", null, /no longer read/],
    ["nothing", "conventions", "", null, /would be empty/],
    [
      "letters beyond ASCII",
      "conventions",
      "Conventions for all: x\nread \u201cfirst\u201d",
      2,
      /U\+201C, and the document is plain/,
    ],
    [
      "a character that turns words around",
      "conventions",
      "Conventions: \u202egnp",
      1,
      /U\+202E, which does not show/,
    ],
    ["NUL", "conventions", "Conventions: \u0000", 1, /U\+0000/],
    ["half a character", "conventions", "Conventions: \ud800", 1, /U\+D800/],
    ["a line separator", "conventions", "Conventions: a\u2028H-9 -- b", 1, /U\+2028/],
    ["a part that is not there", "H-7#1", "x", null, /no such part/],
  ])("do not take %s", (_what, ...[key, words, line, says]) => {
    const refusal = refusalOf(HANDOFF, key, words);
    expect(refusal?.says).toMatch(says);
    expect(refusal?.line).toBe(line);
  });

  it("of a document with letters of its own take more of them", () => {
    const text = HANDOFF.replace("read first", "lies zuerst, \u00fcberall");
    expect(refusalOf(text, "conventions", "Conventions for all: gr\u00fcndlich")).toBeNull();
    expect(refusalOf(text, "conventions", "Conventions for all: \u200bx")?.line).toBe(1);
  });

  it("keep a byte order mark, and line ends that are mixed", () => {
    const text = `\uFEFF${HANDOFF.replace("\nall green.\n", "\r\nall green.\r\n")}`;
    const document = readPlain(text, "x.md");
    const given = withProse(
      document,
      new Map([
        ["H-1#1", "# Handoff of March"],
        ["snapshot", "STATUS SNAPSHOT at handoff: repo HEAD 1234abc;\nnew\nall green."],
      ]),
    );
    expect(given.startsWith("\uFEFF# Handoff of March\n\nSTATUS")).toBe(true);
    expect(given).toContain("1234abc;\r\nnew\nall green.\r\n");
  });

  it("that a machine writes are not edited", () => {
    const text = readFixture("session-ledger.md");
    const machines = partsOf(text).filter(({ isMachines }) => isMachines);
    expect(machines).toHaveLength(1);
    expect(refusalOf(text, machines[0]?.key ?? "", "## x")?.says).toContain("made by the console");
  });
});

describe("a document that comes again", () => {
  const base = partsOf(HANDOFF);
  const words = new Map([["conventions", "Conventions for all: ours."]]);
  const ways = (text: string) => ({ base, theirs: partsOf(text), words });
  const inTheirs = HANDOFF.replace("read first.", "theirs.");

  it.each<[string, string, string[], Parameters<typeof planProse>[1], [string[], number, number]]>([
    ["unchanged keeps what the console says", HANDOFF, ["ours"], {}, [["conventions"], 0, 0]],
    [
      "unchanged gives way when somebody says so",
      HANDOFF,
      ["ours"],
      { records: { "prose:conventions": "theirs" } },
      [[], 0, 0],
    ],
    [
      "with the same words is theirs",
      HANDOFF.replace("Conventions for whoever picks this up: read first.", "Conventions for all: ours."),
      ["both"],
      {},
      [[], 0, 0],
    ],
    ["with other words asks", inTheirs, ["conflict"], {}, [[], 1, 0]],
    [
      "with other words is answered by field",
      inTheirs,
      ["conflict"],
      { records: { "prose:conventions": { text: "ours" } } },
      [["conventions"], 0, 0],
    ],
    ["with other words is answered for all", inTheirs, ["conflict"], { conflicts: "theirs" }, [[], 0, 0]],
    [
      "with other words elsewhere shows them",
      HANDOFF.replace("all green", "all red"),
      ["theirs", "ours"],
      {},
      [["conventions"], 0, 0],
    ],
    [
      "without the part asks",
      HANDOFF.replace("Conventions for whoever picks this up: read first.\n\n", ""),
      ["conflict"],
      {},
      [[], 1, 0],
    ],
    [
      "without the part cannot keep it",
      HANDOFF.replace("Conventions for whoever picks this up: read first.\n\n", ""),
      ["conflict"],
      { removed: "ours" },
      [[], 0, 1],
    ],
  ])("%s", (_what, ...[text, sides, answers, [kept, unanswered, gone]]) => {
    const changes = proseChanges(ways(text)).filter(
      ({ change, side }) => change !== "removed" || side === "conflict",
    );
    expect(changes.filter(({ code }) => code !== "1. Immediate").map(({ side }) => side)).toEqual(sides);
    const plan = planProse(ways(text), answers);
    expect([[...plan.words.keys()], plan.unanswered.length, plan.gone.length]).toEqual([
      kept,
      unanswered,
      gone,
    ]);
  });

  it("finds a part again that stands before another record now", () => {
    const edited = new Map([["V-1#1", "## 2. Verify-live queue\nOurs."]]);
    const theirs = partsOf(HANDOFF.replace("V-1 -- look", "V-0 -- new\n  x.\n\nV-1 -- look"));
    const plan = planProse({ base, theirs, words: edited }, {});
    expect([...plan.words]).toEqual([["V-0#1", "## 2. Verify-live queue\nOurs."]]);
  });
});
