import { describe, expect, it } from "vitest";
import { mergeFields } from "./merge.ts";

const texts = (of: Record<string, string | null>) => new Map(Object.entries(of));

describe("a merge", () => {
  it.each<[string, [string | null, string | null, string | null], string | null | undefined]>([
    ["that I alone changed is mine", ["a", "a", "b"], "mine"],
    ["that both changed is asked", ["a", "c", "b"], null],
    ["that both changed to the same is done", ["a", "b", "b"], undefined],
    ["that they alone changed is theirs", ["a", "b", "a"], undefined],
    ["that they took out and I changed is asked", ["a", null, "b"], null],
    ["that I took out and they changed is asked", ["a", "b", null], null],
    ["that both put in is asked", [null, "b", "c"], null],
    ["that I put in is mine", [null, null, "c"], "mine"],
  ])("of a field %s", (_what, [base, theirs, mine], taken) => {
    const [field] = mergeFields(texts({ f: base }), texts({ f: theirs }), texts({ f: mine }));
    expect(field?.taken).toBe(taken);
  });

  it("leaves out what I did not touch", () => {
    expect(mergeFields(texts({ f: "a" }), texts({ f: "b" }), texts({}))).toEqual([]);
  });
});
