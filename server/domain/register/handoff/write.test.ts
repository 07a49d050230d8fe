import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readFixture } from "#server/testing/register-fixtures.ts";
import { importView } from "../import-view.ts";
import { readRegisterText } from "../read.ts";
import { writePatch } from "../source/patch.ts";
import { replaceItem } from "./edit.ts";
import type { HandoffItem, HandoffRegister, ItemPart, PlacedItem } from "./item.ts";
import { registerOf } from "./register.ts";
import { registerFromInput, registerSchema } from "./schema.ts";
import { writeHandoff } from "./write.ts";

const HANDOFF = readFixture("handoff.md");

function registerIn(text: string): HandoffRegister {
  const [document] = readRegisterText(text, null).documents;
  if (document?.content.kind !== "handoff") throw new Error(`read as ${document?.content.kind}:\n${text}`);
  expect(document.unplaced, text).toEqual([]);
  return registerOf(document.content.handoff);
}

/** Words as they stand in registers, and words that look like structure. */
const WORD = fc.oneof(
  { weight: 6, arbitrary: fc.stringMatching(/^[a-z][a-z0-9]{0,11}$/) },
  fc.constantFrom(
    "D-068",
    "DOCFIX-082",
    "H-1",
    "C-2",
    "V-1..V-3",
    "SEC-003",
    "phase-07",
    "--",
    "->",
    "+",
    "-",
    "a/b",
    "(x)",
    "`set -u`",
    "`FIX: x`",
    "it's",
    "pre-",
    "**bold**",
    "#1",
    "|",
    "1.",
    "e.g.",
    "a;",
    "b:",
    "caf\u00e9",
    "\u540d",
  ),
);
const words = (max: number) => fc.array(WORD, { minLength: 1, maxLength: max }).map((list) => list.join(" "));
const LINE = fc.oneof(
  { weight: 8, arbitrary: words(14) },
  fc.constantFrom(
    "- a bullet",
    "  deeper",
    "## a heading",
    "H-9 (X-1) -- not an item",
    "-- end of register --",
    "| a | b |",
    "1. one",
    "--------------------",
    "====================",
    "STATUS SNAPSHOT at x",
    "Numbering at y",
    "* star",
    "> quoted",
    "```x```",
  ),
);
/** A text begins at the margin, and has no blank lines around it. */
const TEXT = fc
  .tuple(
    words(12),
    fc.array(fc.oneof({ weight: 5, arbitrary: LINE }, fc.constant("")), { maxLength: 5 }),
    words(8),
  )
  .map(([first, middle, last]) => [first, ...middle, last].join("\n"));
const SCRIPT = fc
  .array(
    fc.oneof(
      words(6),
      fc.constantFrom("", "  x", "H-1 (a) -- b", "FIX: no", "~~~", "## 2. x", "\tindented", "```"),
    ),
    {
      minLength: 1,
      maxLength: 6,
    },
  )
  .map((lines) => lines.join("\n"));
const LABELLED = fc
  .tuple(fc.constantFrom("FIX", "ACCEPT", "RULE ON RESULT", "TRIGGER"), TEXT)
  .map(([label, text]): ItemPart => ({ kind: "text", label, text }));
const BLOCK = fc
  .record({
    label: fc.constantFrom("CHECK", "RUN"),
    note: fc.constantFrom("read-only", "careful, twice"),
    host: fc.constantFrom("jumphost", "unit keystone/0", "bastion1"),
    language: fc.constantFrom("bash", "", "python"),
    script: SCRIPT,
  })
  .map((block): ItemPart => ({ kind: "block", ...block }));
const PARTS = fc
  .tuple(fc.option(TEXT), fc.option(BLOCK), fc.option(TEXT), fc.array(LABELLED, { maxLength: 3 }))
  .map(([body, block, note, labelled]): ItemPart[] => [
    ...(body === null ? [] : [{ kind: "text", label: null, text: body } as const]),
    ...(block === null ? [] : [block]),
    ...(block === null || note === null ? [] : [{ kind: "text", label: null, text: note } as const]),
    ...labelled,
  ]);

const REFS = fc.option(
  fc.constantFrom("DOCFIX-082 candidate", "D-063, PROPOSED/OPEN", "SEC-003 / D-069", "a (b) c"),
);
const TITLE = words(9).filter((title) => /^[a-z]/.test(title));
const headed = (kind: "H" | "V" | "R" | "D") =>
  fc
    .record({ number: fc.integer({ min: 1, max: 99 }), refsText: REFS, title: TITLE, parts: PARTS })
    .map(({ number, ...rest }): HandoffItem => ({ id: `${kind}-${number}`, kind, trigger: null, ...rest }));
const SENTENCE = fc.array(fc.stringMatching(/^[a-zA-Z0-9(][a-z0-9,.)]{0,14}$/), {
  minLength: 1,
  maxLength: 40,
});
const checklist = fc
  .tuple(fc.integer({ min: 1, max: 99 }), SENTENCE, PARTS)
  .map(([number, list, parts]): HandoffItem => ({
    id: `C-${number}`,
    kind: "C",
    refsText: null,
    title: list.join(" "),
    trigger: null,
    parts,
  }));
const deferred = fc
  .tuple(SENTENCE, fc.option(SENTENCE), PARTS)
  .map(([what, trigger, parts]): HandoffItem => ({
    id: "deferred-0",
    kind: "deferred",
    refsText: null,
    parts,
    title: `x${what.map((word) => word.replaceAll(/[()]/g, "y")).join(" ")}`,
    trigger: trigger === null ? null : `when ${trigger.join(" ")}`,
  }));

const PARAGRAPH = fc
  .array(words(9), { maxLength: 3 })
  .map((lines) => lines.filter((line) => /^[a-z]/.test(line)).join("\n"));
const paragraph = (label: string) => fc.option(PARAGRAPH.map((text) => `${label}: x\n${text}`.trim()));
const REGISTER = fc
  .record({
    title: fc.constantFrom("Handoff -- open items register (2026-09-18)", "Handoff of today"),
    snapshot: paragraph("STATUS SNAPSHOT at handoff"),
    numbering: paragraph("Numbering at handoff"),
    conventions: paragraph("Conventions for all"),
    H: fc.array(headed("H"), { maxLength: 3 }),
    V: fc.array(headed("V"), { maxLength: 3 }),
    R: fc.array(headed("R"), { maxLength: 2 }),
    D: fc.array(headed("D"), { maxLength: 2 }),
    C: fc.array(checklist, { maxLength: 4 }),
    deferred: fc.array(deferred, { maxLength: 4 }),
  })
  .map(({ H, V, R, D, C, deferred: later, ...head }): HandoffRegister => {
    const numbered = later.map((item, at) => ({ ...item, id: `deferred-${at + 1}` }));
    const section = (
      number: string,
      title: string,
      { kind, items }: { kind: HandoffItem["kind"]; items: HandoffItem[] },
    ) => ({
      number,
      title,
      kind,
      items,
    });
    return {
      ...head,
      sections: [
        section("1", "Immediate (small)", { kind: "H", items: H }),
        section("2", "Verify-live queue", { kind: "V", items: V }),
        section("3", "Operator rulings pending", { kind: "R", items: R }),
        section("4", "The deploy path", { kind: "D", items: D }),
        section("5", "v1-close checklist", { kind: "C", items: C }),
        section("6", "Deferred, with triggers", { kind: "deferred", items: numbered }),
      ],
    };
  });

describe("a handoff register that is written", () => {
  it("is read as the same register", () => {
    fc.assert(
      fc.property(REGISTER, (register) => {
        expect(registerIn(writeHandoff(register))).toEqual(register);
      }),
      { numRuns: 400 },
    );
  });

  it("survives a patch as well", () => {
    fc.assert(
      fc.property(REGISTER, (register) => {
        expect(registerIn(writePatch("docs/h.md", writeHandoff(register)))).toEqual(register);
      }),
      { numRuns: 60 },
    );
  });

  it("settles after one reading, whatever its texts hold", () => {
    const any = fc.string({ unit: "grapheme", maxLength: 60 }).map((text) => text.replaceAll("\r", " "));
    fc.assert(
      fc.property(fc.array(fc.tuple(any, any, any), { minLength: 1, maxLength: 5 }), (list) => {
        const items = list.map(([title, body, fix], at) => ({
          id: `H-${at + 1}`,
          kind: "H",
          title: `t ${title}`,
          body,
          fix,
        }));
        const once = writeHandoff(registerFromInput(registerSchema.parse(items)));
        const first = registerOf(handoffOf(once));
        const twice = writeHandoff(first);
        expect(registerOf(handoffOf(twice))).toEqual(first);
      }),
      { numRuns: 300 },
    );
  });

  it("is the document it came from, but for where lines break", () => {
    const register = registerIn(HANDOFF);
    expect(registerIn(writeHandoff(register))).toEqual(register);
    expect(writeHandoff(register).split(/\s+/)).toEqual(HANDOFF.split(/\s+/));
  });

  it("comes back from what the import prints", () => {
    const printed: unknown = JSON.parse(JSON.stringify(importView(readRegisterText(HANDOFF, null))));
    expect(writeHandoff(registerFromInput(registerSchema.parse(printed)))).toBe(
      writeHandoff(registerIn(HANDOFF)),
    );
  });

  it.each([
    ["an id of no kind", [{ id: "X-1", kind: "H", title: "t" }]],
    ["a decision", [{ id: "D-001", kind: "D", title: "t" }]],
    ["no title", [{ id: "H-1", kind: "H", title: "" }]],
    ["a kind of its own", [{ id: "H-1", kind: "Z", title: "t" }]],
    ["no list", { items: 7 }],
    ["nothing", null],
  ])("is not made from %s", (_name, input) => {
    expect(registerSchema.safeParse(input).success).toBe(false);
  });
});

function handoffOf(text: string) {
  const [document] = readRegisterText(text, null).documents;
  if (document?.content.kind !== "handoff") throw new Error(`read as ${document?.content.kind}:\n${text}`);
  return document.content.handoff;
}

describe("an item that is edited", () => {
  const edit = (text: string, id: string, change: (item: PlacedItem) => HandoffItem): string => {
    const [document] = readRegisterText(text, null).documents;
    if (document?.content.kind !== "handoff") throw new Error("no handoff");
    const item = document.content.handoff.items.find((one) => one.id === id);
    if (item === undefined) throw new Error(`no ${id}`);
    return replaceItem(document.text, item, change(item));
  };

  it.each(["\n", "\r\n", "\r"])("changes its own lines and nothing else, with line ends %j", (end) => {
    const text = `\uFEFF${HANDOFF.replaceAll("\n", end)}stray\t  ${end}`;
    for (const { id, lines, kind } of handoffOf(text).items) {
      const edited = edit(text, id, (item) => ({ ...item, title: `${kind === "C" ? "New" : "new"} title` }));
      const was = text.split(end);
      const is = edited.split(end);
      expect(is.slice(0, lines.first - 1)).toEqual(was.slice(0, lines.first - 1));
      const behind = was.length - lines.last;
      expect(is.slice(-behind)).toEqual(was.slice(-behind));
      expect(handoffOf(edited).items.find((item) => item.id === id)?.title).toMatch(/^new title$/i);
    }
  });

  it("changes nothing when nothing is changed in its form", () => {
    const plain = writeHandoff(registerIn(HANDOFF));
    for (const { id } of handoffOf(plain).items) expect(edit(plain, id, (item) => item)).toBe(plain);
  });

  it("keeps the missing end of the last line", () => {
    const text = "# Handoff\n\n## 1. Immediate\n\nH-1 -- one";
    expect(edit(text, "H-1", (item) => ({ ...item, title: "two" }))).toBe(
      "# Handoff\n\n## 1. Immediate\n\nH-1 -- two",
    );
  });
});
