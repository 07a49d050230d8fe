import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { mergedText, mergeFieldsOf, mergeLines } from "./merge-lines.ts";

const NONE = new Map<string, "theirs" | "mine">();
const BASE = "a\nb\nc\nd\ne";

describe("a merge by lines", () => {
  it.each<[string, string, string, string | null]>([
    ["of places that only one changed takes both", "A\nb\nc\nd\ne", "a\nb\nc\nd\nE", "A\nb\nc\nd\nE"],
    ["of the same change takes it once", "a\nB\nc\nd\ne", "a\nB\nc\nd\ne", "a\nB\nc\nd\ne"],
    [
      "of lines that I put in and others took out elsewhere",
      "a\nb\nc\ne",
      "a\nx\nb\nc\nd\ne",
      "a\nx\nb\nc\ne",
    ],
    ["of one line that both changed asks", "a\nB\nc\nd\ne", "a\nbb\nc\nd\ne", null],
    ["of a line that I changed and others took out asks", "a\nc\nd\ne", "a\nbb\nc\nd\ne", null],
    ["of lines that both put in at one place asks", "a\nx\nb\nc\nd\ne", "a\ny\nb\nc\nd\ne", null],
  ])("%s", (_what, ...[theirs, mine, merged]) => {
    const hunks = mergeLines(BASE, theirs, mine);
    const open = mergeFieldsOf(hunks).filter(({ taken }) => taken === null);
    if (merged === null) {
      expect(open).toHaveLength(1);
      const choose = (side: "theirs" | "mine") =>
        mergedText(hunks, new Map(open.map(({ key }) => [key, side])));
      expect([choose("theirs"), choose("mine")]).toEqual([theirs, mine]);
    } else {
      expect(open).toEqual([]);
      expect(mergedText(hunks, NONE)).toBe(merged);
    }
  });

  it("says where it asks by the lines that I began with", () => {
    const keys = (theirs: string, mine: string) =>
      mergeFieldsOf(mergeLines(BASE, theirs, mine)).map(({ key }) => key);
    expect(keys("a\nB\nc\nd\ne", "a\nbb\nc\nd\ne")).toEqual(["Line 2"]);
    expect(keys("a\nB\nC\nd\ne", "a\nbb\ncc\nd\ne")).toEqual(["Lines 2 to 3"]);
    expect(keys(`x\n${BASE}`, `y\n${BASE}`)).toEqual(["Before line 1"]);
    expect(keys(`${BASE}\nx`, `${BASE}\ny`)).toEqual(["After line 5"]);
  });

  it("loses nothing: what one side alone changed is exactly that side's text", () => {
    const lines = fc
      .array(fc.constantFrom("a", "b", "c", "", "d"), { maxLength: 12 })
      .map((all) => all.join("\n"));
    fc.assert(
      fc.property(lines, lines, (base, other) => {
        expect(mergedText(mergeLines(base, other, base), NONE)).toBe(other);
        expect(mergedText(mergeLines(base, base, other), NONE)).toBe(other);
        expect(mergedText(mergeLines(base, other, other), NONE)).toBe(other);
      }),
    );
  });
});
