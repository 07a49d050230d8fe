import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { canonicalDigest, canonicalJson, type Json } from "./json.ts";

const key = fc.string({ unit: "grapheme", maxLength: 8 }).filter((text) => text !== "__proto__");
const { value: anyJson } = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { depthSize: "small" },
    fc.constant(null),
    fc.boolean(),
    fc.maxSafeInteger(),
    fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e6, max: 1e6 }),
    fc.string({ unit: "grapheme", maxLength: 8 }),
    fc.array(tie("value"), { maxLength: 4 }),
    fc.dictionary(key, tie("value"), { maxKeys: 4, noNullPrototype: true }),
  ),
}));

/** The same value with the members of every object in the opposite order. */
function reversed(value: Json): Json {
  if (Array.isArray(value)) return value.map(reversed);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(
    Object.entries(value)
      .toReversed()
      .map(([name, member]): [string, Json] => [name, reversed(member)]),
  );
}

describe("canonicalJson", () => {
  it.each<[Json, string]>([
    [null, "null"],
    [-0, "0"],
    [0.1, "0.1"],
    ['\u20ac\n"', '"\u20ac\\n\\""'],
    [[], "[]"],
    [{}, "{}"],
    [{ b: [1, { d: 2, c: 1 }], a: null }, '{"a":null,"b":[1,{"c":1,"d":2}]}'],
    // RFC 8785 section 3.2.3: sorted by UTF-16 code units, not by code points.
    [
      { "\u20ac": 1, "\r": 2, "\ufb33": 3, "1": 4, "\u{1f600}": 5, "\u0080": 6, "\u00f6": 7 },
      '{"\\r":2,"1":4,"\u0080":6,"\u00f6":7,"\u20ac":1,"\u{1f600}":5,"\ufb33":3}',
    ],
  ])("%j", (value, text) => {
    expect(canonicalJson(value)).toBe(text);
  });

  it.each<[string, Json]>([
    ["not a number", Number.NaN],
    ["infinite", Number.POSITIVE_INFINITY],
    ["2^53", 2 ** 53],
    ["-2^53", -(2 ** 53)],
    ["a lone surrogate", "\ud800"],
    ["a lone surrogate as key", { "\udc00": 1 }],
  ])("refuses %s", (_what, value) => {
    expect(() => canonicalJson(value)).toThrow("Broken invariant");
  });

  it.each([2 ** 53 - 1, -(2 ** 53 - 1), 0.5])("keeps %d", (value) => {
    expect(canonicalJson(value)).toBe(String(value));
  });

  it("does not depend on the order of members", () => {
    fc.assert(
      fc.property(anyJson, (value) => {
        expect(canonicalDigest(reversed(value))).toBe(canonicalDigest(value));
      }),
    );
  });

  it("reads back as the same value and is a fixed point", () => {
    fc.assert(
      fc.property(anyJson, (value) => {
        const text = canonicalJson(value);
        expect(canonicalJson(JSON.parse(text))).toBe(text);
        expect(sameValue(JSON.parse(text), value)).toBe(true);
      }),
    );
  });

  it("gives distinct values distinct digests", () => {
    fc.assert(
      fc.property(anyJson, anyJson, (a, b) => {
        fc.pre(!sameValue(a, b));
        expect(canonicalDigest(a)).not.toBe(canonicalDigest(b));
      }),
    );
  });

  it.each<[Json, Json]>([
    [1, "1"],
    [null, "null"],
    [true, "true"],
    [[], {}],
    [
      [1, 2],
      [2, 1],
    ],
    [{ a: null }, {}],
    [["a,b"], ["a", "b"]],
    [{ a: "b" }, { ab: "" }],
    ["\u00e9", "e\u0301"],
  ])("tells %j from %j", (a, b) => {
    expect(canonicalDigest(a)).not.toBe(canonicalDigest(b));
  });
});

/** An equality that knows nothing of text. */
function sameValue(a: Json, b: Json): boolean {
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return a === b;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const left = Object.entries(a);
  const right = new Map<string, Json>(Object.entries(b));
  return (
    left.length === right.size &&
    left.every(([name, member]) => {
      const other = right.get(name);
      return other !== undefined && sameValue(member, other);
    })
  );
}
