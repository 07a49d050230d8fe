import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Json } from "../canonical/json.ts";
import { evaluate } from "./expression-evaluate.ts";
import { parseExpression } from "./expression.ts";
import { EXPRESSION_MAX_LENGTH } from "./limits.ts";

const HEX32 = "0123456789abcdef0123456789abcdef";

const EVIDENCE: Json = {
  id: HEX32,
  uuid: "6f0c7a52-1111-4000-8000-0000000000ab",
  status: "ACTIVE",
  enabled: true,
  disabled: false,
  nothing: null,
  zero: 0,
  five: 5,
  half: 0.5,
  five_text: "5",
  ip: "10.20.24.7",
  cidr: "10.20.24.0/24",
  roles: ["member", "load-balancer_member"],
  twice: ["a", "a", "b"],
  empty: [],
  flags: [true, true],
  mixed: [true, false],
  servers: [
    { name: "a", port: 22, tags: ["x"] },
    { name: "b", port: 22, tags: ["x", "y"] },
  ],
  "with-hyphen": { inner: { deep: 1 } },
  map: { a: 1, b: [2] },
  huge: 1e300,
};

function judge(text: string, scope: Json = EVIDENCE) {
  const parsed = parseExpression(text);
  if (parsed.kind === "error") throw new Error(`${text}: ${parsed.column}: ${parsed.says}`);
  return evaluate(parsed.expression, scope);
}

describe("an expression", () => {
  it.each<[text: string, holds: boolean]>([
    // is, is not
    ['status is "ACTIVE"', true],
    ['status is "active"', false],
    ['status is not "ERROR"', true],
    ['status is not "ACTIVE"', false],
    ["enabled is true", true],
    ["disabled is false", true],
    ["disabled is true", false],
    ["nothing is null", true],
    ["zero is null", false],
    ["five is 5", true],
    ["five is 5.0", true],
    ["five is 5e0", true],
    ["five is 6", false],
    ["five_text is 5", false],
    ['five is "5"', false],
    ["zero is -0", true],
    ['roles is ["member", "load-balancer_member"]', true],
    ['roles is ["load-balancer_member", "member"]', false],
    ["map is []", false],
    ["huge is 5", false],
    ["huge is not 5", true],
    // paths
    ['roles.0 is "member"', true],
    ['roles.1 is "member"', false],
    ["roles.2 exists", false],
    ["roles.length exists", false],
    ["with-hyphen.inner.deep is 1", true],
    ['servers.1.tags.1 is "y"', true],
    ["status.0 exists", false],
    ["toString exists", false],
    ["map.constructor exists", false],
    ["__proto__ exists", false],
    ["five.a.b is 1", false],
    // matches
    ["id matches hex32", true],
    ["uuid matches hex32", false],
    ["uuid matches uuid", true],
    ["id matches uuid", false],
    ["ip matches ipv4", true],
    ["cidr matches ipv4", false],
    ["cidr matches cidr", true],
    ["ip matches cidr", false],
    ["status matches name", true],
    ["five matches name", false],
    ["roles matches name", false],
    // in, exactly
    ['status in ["ACTIVE", "BUILD"]', true],
    ['status in ["BUILD"]', false],
    ["status in []", false],
    ["five in [1, 5, true]", true],
    ['roles exactly ["load-balancer_member", "member"]', true],
    ['roles exactly ["member"]', false],
    ['roles exactly ["member", "load-balancer_member", "admin"]', false],
    ['roles exactly ["member", "member"]', false],
    ['twice exactly ["b", "a", "a"]', true],
    ['twice exactly ["a", "b", "b"]', false],
    ['twice exactly ["a", "b"]', false],
    ["empty exactly []", true],
    ["nothing exactly []", false],
    ['status exactly ["ACTIVE"]', false],
    // contains
    ['roles contains "member"', true],
    ['roles contains "memb"', false],
    ['roles does not contain "admin"', true],
    ['roles does not contain "member"', false],
    ['empty does not contain "admin"', true],
    ['status contains "ACT"', true],
    ['status does not contain "ERR"', true],
    ['status does not contain "ACT"', false],
    ['map contains "a"', false],
    ['map does not contain "z"', false],
    ['nothing does not contain "z"', false],
    ["status contains 1", false],
    ["status does not contain 1", false],
    // all
    ["flags all is true", true],
    ["mixed all is true", false],
    ["empty all is true", false],
    ["status all is true", false],
    ["roles all matches name", true],
    ["servers all port is 22", true],
    ["servers all port > 22", false],
    ["servers all missing is absent", true],
    ["servers all missing exists", false],
    ['servers all tags contains "x"', true],
    ['servers all tags all in ["x"]', false],
    ['servers all tags all in ["x", "y"]', true],
    // count
    ["roles count is 2", true],
    ["roles count is 3", false],
    ["roles count >= 2", true],
    ["roles count >= 3", false],
    ["roles count <= 2", true],
    ["roles count <= 1", false],
    ["roles count > 1", true],
    ["roles count < 2", false],
    ["empty count is 0", true],
    ["status count is 6", false],
    ["nothing count is 0", false],
    // exists, absent
    ["zero exists", true],
    ["disabled exists", true],
    ["empty exists", true],
    ["nothing exists", false],
    ["missing exists", false],
    ["missing is absent", true],
    ["map.z is absent", true],
    ["nothing is absent", false],
    ["zero is absent", false],
    // numbers
    ["five >= 5", true],
    ["five >= 5.1", false],
    ["five <= 5", true],
    ["five <= 4", false],
    ["five > 5", false],
    ["five > 4", true],
    ["five < 5", false],
    ["five < 6", true],
    ["half > -1", true],
    ["five_text >= 5", false],
    ["nothing >= 0", false],
    // within
    ['ip within "10.20.0.0/16"', true],
    ['ip within "10.20.24.7/32"', true],
    ['ip within "10.20.24.8/32"', false],
    ['cidr within "10.20.24.0/24"', true],
    ['cidr within "10.20.24.0/25"', false],
    ['status within "0.0.0.0/0"', false],
    // A path that leads nowhere proves nothing.
    ['missing is "a"', false],
    ['missing is not "a"', false],
    ["missing is null", false],
    ["missing matches name", false],
    ["missing in [null]", false],
    ["missing exactly []", false],
    ['missing contains "a"', false],
    ['missing does not contain "a"', false],
    ["missing all is true", false],
    ["missing count is 0", false],
    ["missing >= 0", false],
    ['missing within "0.0.0.0/0"', false],
  ])("%s: %s", (text, holds) => {
    expect(judge(text).holds).toBe(holds);
  });

  it.each<[text: string, expected: string, observed: string]>([
    ['status is "ERROR"', '"ERROR"', '"ACTIVE"'],
    ["missing is true", "true", "nothing"],
    ["nothing exists", "something", "null"],
    ["five is absent", "nothing", "5"],
    ["id matches uuid", "a UUID", `"${HEX32}"`],
    ["roles count >= 3", "count >= 3", "2"],
    ["mixed all is true", "every element: true", "element 1 is false"],
    ["servers all port > 22", "every element: port > 22", "element 0 is 22"],
    ["empty all is true", "every element: true", "an empty list"],
    ['roles exactly ["a"]', 'exactly ["a"], in any order', '["member", "load-balancer_member"]'],
    ['roles does not contain "member"', 'does not contain "member"', '["member", "load-balancer_member"]'],
    ["map is 1", "1", "{a: 1, b: [2]}"],
    ["five < 1", "< 1", "5"],
    ['status in ["A", "B"]', 'one of ["A", "B"]', '"ACTIVE"'],
  ])("%s: expected %s, observed %s", (text, expected, observed) => {
    expect(judge(text)).toMatchObject({ holds: false, expected, observed });
  });

  it("shows long values short", () => {
    const long = { text: "x".repeat(5000), list: Array.from({ length: 500 }, (_unused, at) => at) };
    expect(judge('text is "y"', long).observed).toBe(`"${"x".repeat(120)}"... (5000 characters)`);
    expect(judge("list is 1", long).observed).toBe("[0, 1, 2, 3, 4, 5, 6, 7, 492 more]");
    let deep: Json = 1;
    for (let level = 0; level < 50; level += 1) deep = [deep, "y".repeat(100)];
    expect(judge("deep is 1", { deep }).observed.length).toBeLessThan(260);
  });
});

describe("parseExpression", () => {
  it.each<[text: string, column: number, says: string]>([
    ["", 1, "starts with the path"],
    ["   ", 4, "starts with the path"],
    ["true is true", 1, "starts with the path"],
    ["a..b is 1", 1, "starts with the path"],
    ["a. is 1", 1, "starts with the path"],
    ["a.00 is 1", 1, "starts with the path"],
    ["0.a is 1", 1, "neither a number nor a name"],
    ["a", 2, "Expected a test"],
    ["a equals 1", 3, "Expected a test"],
    ["a == 1", 3, '"=" means nothing'],
    ["a is", 5, "Expected a value"],
    ["a is ACTIVE", 6, "double quotes"],
    ["a is 'x'", 6, "means nothing here"],
    ["a is not", 9, "Expected a value"],
    ['a is "x', 6, "not closed"],
    ['a is "x\\"', 6, "not closed"],
    ['a is "\\x"', 6, "not a JSON string"],
    ['a is "\\ud800"', 6, "not a JSON string"],
    ["a is 01", 6, "neither a number nor a name"],
    ["a is 1.", 6, "neither a number nor a name"],
    ["a is .5", 6, "means nothing here"],
    ["a is 1e999", 6, "too large"],
    ["a is 9007199254740992", 6, "too large"],
    ["a is 1 and b is 2", 8, "complete before this"],
    ["a exists exists", 10, "complete before this"],
    ["a matches", 10, "Expected one of hex32"],
    ["a matches /x+/", 11, "means nothing here"],
    ["a matches regex", 11, "Expected one of hex32"],
    ["a in 1", 6, "Expected a list"],
    ["a in [1", 8, 'Expected "," or "]"'],
    ["a in [1,]", 9, "Expected a value"],
    ["a in [,1]", 7, "Expected a value"],
    ["a exactly", 10, "Expected a list"],
    ["a does contain 1", 8, "does not contain"],
    ["a count 2", 9, "Write: count is 2"],
    ["a count is 1.5", 12, "whole number"],
    ["a count >= -1", 12, "whole number"],
    ['a >= "1"', 6, "Expected a number"],
    ["a within 10", 10, "Expected a network"],
    ['a within "10.0.0.1/8"', 10, "Expected a network"],
    ["a all", 6, "Expected a test"],
    ["a all b", 8, "Expected a test"],
    ["a is {{ saved.x", 6, 'no "}}"'],
    ["a is {}", 6, "means nothing here"],
    ["a() is 1", 2, "means nothing here"],
    ["a[0] is 1", 2, "Expected a test"],
    ["a is \u{1f600}", 6, "\u{1f600}"],
    [`a in ${"[".repeat(10)}${"]".repeat(10)}`, 15, "Lists nest"],
  ])("%s: column %d: %s", (text, column, says) => {
    expect(parseExpression(text)).toMatchObject({
      kind: "error",
      column,
      says: expect.stringContaining(says),
    });
  });

  it("has a longest text", () => {
    const fits = `a is "${"x".repeat(EXPRESSION_MAX_LENGTH - 7)}"`;
    expect(fits).toHaveLength(EXPRESSION_MAX_LENGTH);
    expect(parseExpression(fits).kind).toBe("ok");
    expect(parseExpression(`${fits} `)).toMatchObject({
      kind: "error",
      says: expect.stringContaining("at most"),
    });
  });

  it.each([
    "a is {{ saved.x }}",
    "a in {{ inputs.list }}",
    "a in [{{ saved.x }}, 1]",
    'a is "{{ saved.x }}/b"',
    "a count is {{ inputs.n }}",
    "a >= {{ inputs.n }}",
    "a within {{ inputs.cidr }}",
    'a within "{{ inputs.cidr }}"',
  ])("takes a name to fill in: %s", (text) => {
    expect(parseExpression(text).kind).toBe("ok");
  });

  it("never holds while a name is not filled in", () => {
    const scope = { a: "{{ saved.x }}", n: 1, list: [] };
    const texts = [
      "a is {{ saved.x }}",
      "a is not {{ saved.x }}",
      "n >= {{ saved.x }}",
      "n in [1, {{ saved.x }}]",
    ];
    for (const text of [...texts, "list count is {{ saved.x }}", "list does not contain {{ saved.x }}"]) {
      expect(judge(text, scope)).toMatchObject({ holds: false });
      expect(judge(text, scope).expected).toContain("not filled in");
    }
  });

  it("never throws on any text, and what it reads it can judge", () => {
    const words = fc.constantFrom(
      ..."a b.0 is not absent exists matches hex32 in exactly contains does contain all count within >= <= > < [ ] , 1 -2.5 true null".split(
        " ",
      ),
      '"x"',
      '"10.0.0.0/8"',
      "{{ saved.x }}",
      "\\",
      '"',
      "{{",
    );
    const text = fc.oneof(
      fc.array(words, { maxLength: 9 }).map((parts) => parts.join(" ")),
      fc.string({ unit: "binary", maxLength: 40 }),
    );
    fc.assert(
      fc.property(text, fc.jsonValue(), (source, value) => {
        const parsed = parseExpression(source);
        if (parsed.kind === "error") {
          expect(parsed.column).toBeGreaterThanOrEqual(1);
          expect(parsed.column).toBeLessThanOrEqual(source.length + 1);
          return;
        }
        const scope: Json = JSON.parse(JSON.stringify({ a: value, b: [value] }));
        const { holds, observed, expected } = evaluate(parsed.expression, scope);
        expect(typeof holds).toBe("boolean");
        expect(observed.length).toBeLessThan(600);
        expect(expected).not.toBe("");
      }),
      { numRuns: 2000 },
    );
  });

  it("judges evidence that has no canonical form, or is absurdly deep, without throwing", () => {
    let deep: Json = 1;
    for (let level = 0; level < 200_000; level += 1) deep = [deep];
    for (const text of ["a is 1", "a is not 1", "a exactly [1]", "a contains 1", "a exists"]) {
      expect(() => judge(text, { a: deep })).not.toThrow();
      expect(() => judge(text, { a: [Number.NaN, 2 ** 60, "\ud800"] })).not.toThrow();
    }
    expect(judge("a is 1", { a: 2 ** 60 }).holds).toBe(false);
  });
});
