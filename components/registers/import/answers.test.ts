import { describe, expect, it } from "vitest";
import { fieldSide, isWhole, openAnswers, wholeSide, withField, withWhole } from "./answers.ts";
import type { PreviewedDocument } from "./upload.ts";

type Change = PreviewedDocument["changes"][number];

const change = (rest: Partial<Change>): Change => ({
  key: "H-1",
  code: "H-1",
  change: "changed",
  side: "theirs",
  fields: [],
  ...rest,
});
const field = (side: Change["side"], name = "title") => ({
  field: name,
  side,
  base: "a",
  theirs: "b",
  ours: "c",
});

describe("answers to an import", () => {
  it.each([
    ["theirs", "theirs"],
    ["both", "theirs"],
    ["ours", "ours"],
    ["conflict", null],
  ] as const)("take a field that %s changed from %s", (side, expected) => {
    expect(fieldSide(change({}), field(side), {})).toBe(expected);
    expect(fieldSide(change({}), field(side), { records: { "H-1": "ours" } })).toBe("ours");
    expect(fieldSide(change({}), field(side), { records: { "H-1": { title: "theirs" } } })).toBe("theirs");
  });

  it.each<[Partial<Change>, "theirs" | "ours" | null, boolean]>([
    [{ change: "added", side: "theirs" }, "theirs", true],
    [{ change: "added", side: "ours" }, "ours", true],
    [{ change: "removed", side: "theirs" }, null, true],
    [{ change: "removed", side: "ours" }, "ours", true],
    [{ change: "removed", side: "conflict" }, null, true],
    [{ change: "removed", side: "both" }, "ours", true],
  ])("take %j from %s", (part, ...[side, whole]) => {
    expect(wholeSide(change(part), {})).toBe(side);
    expect(isWhole(change(part))).toBe(whole);
  });

  it("are counted until none is open", () => {
    const document = {
      changes: [
        change({ side: "conflict", fields: [field("conflict"), field("conflict", "body")] }),
        change({ key: "H-2", change: "removed" }),
      ],
    };
    const of = (answers: Parameters<typeof openAnswers>[1]) =>
      openAnswers({ ...PREVIEW, ...document }, answers);
    expect(of({})).toBe(2);
    const one = withField({}, "H-1", { field: "title", side: "ours" });
    expect(of(one)).toBe(2);
    const two = withField(one, "H-1", { field: "body", side: "theirs" });
    expect(of(two)).toBe(1);
    expect(of(withWhole(two, "H-2", "theirs"))).toBe(0);
  });
});

const PREVIEW: PreviewedDocument = {
  path: "x.md",
  kind: "handoff",
  obstacle: null,
  isPart: false,
  known: null,
  isSameText: false,
  lines: 1,
  counts: { records: 0, unplaced: 0, diagnostics: 0, changes: 0, links: 0, numbers: 0, taken: 0 },
  records: [],
  unplaced: [],
  diagnostics: [],
  changes: [],
  links: [],
  taken: [],
};
