import { describe, expect, it } from "vitest";
import { readRegisterText } from "../read.ts";
import { type DocumentRecord, recordsIn } from "../records.ts";
import type { RecordContent } from "../record.ts";
import { changesOf, type HeldRecord, planImport } from "./plan.ts";
import { documentPathSchema, type ImportAnswers } from "./schema.ts";

const recordsOf = (text: string): DocumentRecord[] =>
  readRegisterText(text, null).documents.flatMap(recordsIn);
const handoff = (...items: string[]) => `# Handoff\n\n## 1. All\n\n${items.join("\n\n")}\n`;
const held = (text: string): HeldRecord[] =>
  recordsOf(text).map((record) => ({ ...record, shown: record.content }));

function plan(texts: { base: string; theirs: string; ours: string }, answers: ImportAnswers = {}) {
  const ways = { base: recordsOf(texts.base), theirs: recordsOf(texts.theirs), ours: held(texts.ours) };
  const { insert, update, remove, unanswered } = planImport(ways, changesOf(ways), answers);
  return {
    insert: insert.map(({ key }) => key),
    update: update.map(({ key, content, state }) => `${key} ${state}: ${titleOf(content)}`),
    remove,
    unanswered,
  };
}

const titleOf = (content: RecordContent) =>
  content.kind === "item"
    ? [
        content.item.title,
        ...content.item.parts.map((part) => (part.kind === "text" ? part.text : "block")),
      ].join("|")
    : content.kind;

const A = handoff("H-1 -- a\n  body a");
const NOTHING = { insert: [], update: [], remove: [], unanswered: [] };

describe("an import of a document that is known", () => {
  it.each<[string, { base: string; theirs: string; ours: string }, ImportAnswers, object]>([
    ["that is the same", { base: A, theirs: A, ours: A }, {}, {}],
    [
      "with a new title",
      { base: A, theirs: handoff("H-1 -- x\n  body a"), ours: A },
      {},
      { update: ["H-1 open: x|body a"] },
    ],
    [
      "with a new title that is not wanted",
      { base: A, theirs: handoff("H-1 -- x\n  body a"), ours: A },
      { records: { "H-1": "ours" } },
      {},
    ],
    ["changed here only", { base: A, theirs: A, ours: handoff("H-1 -- y\n  body a") }, {}, {}],
    [
      "changed here only, and taken all the same",
      { base: A, theirs: A, ours: handoff("H-1 -- y\n  body a") },
      { records: { "H-1": "theirs" } },
      { update: ["H-1 open: a|body a"] },
    ],
    [
      "changed in both, in different fields",
      { base: A, theirs: handoff("H-1 -- x\n  body a"), ours: handoff("H-1 -- a\n  body b") },
      {},
      { update: ["H-1 open: x|body b"] },
    ],
    [
      "changed in both, differently",
      { base: A, theirs: handoff("H-1 -- x\n  body a"), ours: handoff("H-1 -- y\n  body a") },
      {},
      { unanswered: ["H-1"] },
    ],
    [
      "changed in both, answered for all",
      { base: A, theirs: handoff("H-1 -- x\n  body a"), ours: handoff("H-1 -- y\n  body a") },
      { conflicts: "theirs" },
      { update: ["H-1 open: x|body a"] },
    ],
    [
      "changed in both, answered by field",
      { base: A, theirs: handoff("H-1 -- x\n  body x"), ours: handoff("H-1 -- y\n  body y") },
      { records: { "H-1": { title: "theirs", body: "ours" } } },
      { update: ["H-1 open: x|body y"] },
    ],
    [
      "changed in both, one field unanswered",
      { base: A, theirs: handoff("H-1 -- x\n  body x"), ours: handoff("H-1 -- y\n  body y") },
      { records: { "H-1": { title: "theirs" } } },
      { unanswered: ["H-1"] },
    ],
    [
      "with one more",
      { base: A, theirs: handoff("H-1 -- a\n  body a", "H-2 -- b"), ours: A },
      {},
      { insert: ["H-2"] },
    ],
    [
      "with one more that is left out",
      { base: A, theirs: handoff("H-1 -- a\n  body a", "H-2 -- b"), ours: A },
      { records: { "H-2": "ours" } },
      {},
    ],
    [
      "with one less",
      {
        base: handoff("H-1 -- a\n  body a", "H-2 -- b"),
        theirs: A,
        ours: handoff("H-1 -- a\n  body a", "H-2 -- b"),
      },
      {},
      { unanswered: ["H-2"] },
    ],
    [
      "with one less, agreed",
      {
        base: handoff("H-1 -- a\n  body a", "H-2 -- b"),
        theirs: A,
        ours: handoff("H-1 -- a\n  body a", "H-2 -- b"),
      },
      { removed: "theirs" },
      { remove: ["H-2"] },
    ],
    [
      "with one less, kept",
      {
        base: handoff("H-1 -- a\n  body a", "H-2 -- b"),
        theirs: A,
        ours: handoff("H-1 -- a\n  body a", "H-2 -- b"),
      },
      { records: { "H-2": "ours" } },
      {},
    ],
    [
      "with one less that was made here",
      { base: A, theirs: A, ours: handoff("H-1 -- a\n  body a", "H-2 -- b") },
      { removed: "theirs" },
      {},
    ],
    [
      "with one that was taken out here",
      {
        base: handoff("H-1 -- a\n  body a", "H-2 -- b"),
        theirs: handoff("H-1 -- a\n  body a", "H-2 -- b"),
        ours: A,
      },
      {},
      {},
    ],
    [
      "with one taken out here and changed there",
      {
        base: handoff("H-1 -- a\n  body a", "H-2 -- b"),
        theirs: handoff("H-1 -- a\n  body a", "H-2 -- c"),
        ours: A,
      },
      {},
      { unanswered: ["H-2"] },
    ],
    [
      "with one taken out here, brought back",
      {
        base: handoff("H-1 -- a\n  body a", "H-2 -- b"),
        theirs: handoff("H-1 -- a\n  body a", "H-2 -- c"),
        ours: A,
      },
      { conflicts: "theirs" },
      { insert: ["H-2"] },
    ],
    [
      "that is wrapped anew",
      { base: handoff("H-1 -- a\n  body\n  a"), theirs: A, ours: handoff("H-1 -- a\n  body\n  a") },
      {},
      { update: ["H-1 open: a|body a"] },
    ],
    [
      "that now says it is done",
      { base: A, theirs: handoff("H-1 -- DONE: a\n  body a"), ours: A },
      {},
      { update: ["H-1 done: DONE: a|body a"] },
    ],
    [
      "with two of one number",
      { base: A, theirs: handoff("H-1 -- a\n  body a", "H-1 -- b"), ours: A },
      {},
      { insert: ["H-1 (2)"] },
    ],
  ])("%s", (_name, ...[texts, answers, expected]) => {
    expect(plan(texts, answers)).toEqual({ ...NOTHING, ...expected });
  });
});

describe("the path of a document", () => {
  it.each(["docs/handoff.md", "a", "docs/D-064-x.y_z+1.md", "with space.md"])("may be %s", (path) => {
    expect(documentPathSchema.parse(path)).toBe(path);
  });
  it.each([
    "",
    " ",
    "/etc/passwd",
    "../x",
    "a/../b",
    "a/..",
    "./a",
    "a\nb",
    "a\u0000",
    "caf\u00e9.md",
    "a".repeat(201),
    "<b>",
  ])("may not be %j", (path) => expect(documentPathSchema.safeParse(path).success).toBe(false));
});
