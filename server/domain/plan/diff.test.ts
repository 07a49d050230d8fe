import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Json } from "../canonical/json.ts";
import { diffContent } from "./diff.ts";

describe("diffContent", () => {
  it.each<[string, Json, Json, [string, Json | null, Json | null][]]>([
    ["nothing", { a: [1, { b: 2 }] }, { a: [1, { b: 2 }] }, []],
    ["members in another order", { a: 1, b: 2 }, { b: 2, a: 1 }, []],
    ["a leaf", { a: { b: 1 } }, { a: { b: 2 } }, [["a.b", 1, 2]]],
    ["a new member", {}, { a: 1 }, [["a", null, 1]]],
    ["a lost member", { a: { b: 1 } }, {}, [["a", { b: 1 }, null]]],
    ["a longer list", { a: [1] }, { a: [1, 2] }, [["a.1", null, 2]]],
    [
      "a shorter list",
      { a: [1, 2] },
      { a: [2] },
      [
        ["a.0", 1, 2],
        ["a.1", 2, null],
      ],
    ],
    ["another kind", { a: { b: 1 } }, { a: "b" }, [["a", { b: 1 }, "b"]]],
    ["a list for a map", { a: [1] }, { a: { "0": 1 } }, [["a", [1], { "0": 1 }]]],
    ["an empty list for an empty map", { a: [] }, { a: {} }, [["a", [], {}]]],
    ["number and text", [1], ["1"], [["0", 1, "1"]]],
    ["the whole value", 1, 2, [["", 1, 2]]],
  ])("%s", (_what, before, ...[after, found]) => {
    expect(diffContent(before, after)).toEqual(found.map(([path, b, a]) => ({ path, before: b, after: a })));
  });

  it("stops at the limit", () => {
    const many = Object.fromEntries(Array.from({ length: 150 }, (_unused, at) => [`k${at}`, at]));
    expect(diffContent(many, {})).toHaveLength(100);
    expect(diffContent(many, {}, 3).map(({ path }) => path)).toEqual(["k0", "k1", "k2"]);
  });

  it("finds a difference exactly when there is one", () => {
    // Few different values, so that many pairs are equal or nearly so.
    const leaf = fc.constantFrom<Json>(0, 1, "0", null, true, [], {});
    const inner = fc.oneof(
      leaf,
      fc.array(leaf, { maxLength: 2 }),
      fc.dictionary(fc.constantFrom("a", "0"), leaf),
    );
    const value: fc.Arbitrary<Json> = fc.dictionary(fc.constantFrom("a", "b"), inner, {
      noNullPrototype: true,
    });
    fc.assert(
      fc.property(value, value, (a, b) => {
        expect(diffContent(a, a)).toEqual([]);
        expect(diffContent(a, b).length === 0).toBe(JSON.stringify(sorted(a)) === JSON.stringify(sorted(b)));
      }),
    );
  });
});

function sorted(value: Json): Json {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(
    Object.entries(value)
      .map(([key, member]): [string, Json] => [key, sorted(member)])
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}
