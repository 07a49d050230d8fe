import { describe, expect, it } from "vitest";
import { diffLines } from "./diff-lines.ts";

const sign = { same: " ", added: "+", removed: "-" } as const;
const show = (a: string, b: string) =>
  diffLines(a.split(""), b.split("")).map((line) => sign[line.kind] + line.text);

describe("diffLines", () => {
  it.each([
    ["", "", []],
    ["abc", "abc", [" a", " b", " c"]],
    ["abc", "axc", [" a", "-b", "+x", " c"]],
    ["", "ab", ["+a", "+b"]],
    ["ab", "", ["-a", "-b"]],
    ["abcd", "bcde", ["-a", " b", " c", " d", "+e"]],
    ["aa", "aaa", [" a", " a", "+a"]],
  ])("%j to %j", (a, b, lines) => {
    expect(show(a, b)).toEqual(lines);
  });

  it("numbers the lines of both sides", () => {
    expect(diffLines(["a", "b"], ["a", "c"])).toEqual([
      { kind: "same", text: "a", before: 1, after: 1 },
      { kind: "removed", text: "b", before: 2 },
      { kind: "added", text: "c", after: 2 },
    ]);
  });

  it("gives back both texts whatever the size", () => {
    const before = Array.from({ length: 3000 }, (_, n) => `b${n}`);
    const after = Array.from({ length: 3000 }, (_, n) => `a${n}`);
    const lines = diffLines(before, after);
    expect(lines.filter((l) => l.kind !== "added").map((l) => l.text)).toEqual(before);
    expect(lines.filter((l) => l.kind !== "removed").map((l) => l.text)).toEqual(after);
  });
});
