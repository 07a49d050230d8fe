import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { matchesList } from "./pattern-list.ts";

describe("matchesList", () => {
  it.each([
    ["olivia@corp", "olivia@corp"],
    ["olivia@corp", "*@corp"],
    ["olivia@corp", "*"],
    ["olivia@corp", "olivia@????"],
    ["olivia@corp", "o*a@c*p"],
    ["olivia@corp", "rita@corp,olivia@corp"],
    ["olivia@corp", "*@corp,!rita@*"],
    ["olivia@corp", "olivia@corp**"],
    ["aab", "*ab"],
    ["abab", "a*ab"],
    ["", ""],
    ["", "*"],
    ["a", "a,"],
  ])("%j fits %j", (text, list) => {
    expect(matchesList(text, list)).toBe(true);
  });

  it.each([
    ["olivia@corp", "Olivia@corp"],
    ["olivia@corp", "olivia@corp "],
    ["olivia@corp", "olivia"],
    ["olivia@corp", "olivia@cor?p"],
    ["olivia@corp", "?livia@cor"],
    ["olivia@corp", "*@corp,!olivia@*"],
    ["olivia@corp", "!olivia@corp,*"],
    ["olivia@corp", "!rita@corp"],
    ["olivia@corp", ""],
    ["olivia@corp", ","],
    ["", "?"],
    ["ab", "a"],
    ["a", "ab"],
    ["a", "a*b"],
    ["ab", "b*"],
    ["a.c", "abc"],
    ["abc", "a.c"],
  ])("%j does not fit %j", (text, list) => {
    expect(matchesList(text, list)).toBe(false);
  });

  it("agrees with a regular expression", () => {
    const letters = fc.string({ unit: fc.constantFrom("a", "b"), maxLength: 8 });
    const pattern = fc.string({ unit: fc.constantFrom("a", "b", "*", "?"), maxLength: 8 });
    fc.assert(
      fc.property(letters, pattern, (text, glob) => {
        const expression = new RegExp(`^${glob.replaceAll("*", ".*").replaceAll("?", ".")}$`);
        expect(matchesList(text, glob)).toBe(expression.test(text));
        expect(matchesList(text, `*,!${glob}`)).toBe(!expression.test(text));
      }),
      { numRuns: 2000 },
    );
  });

  it("is quick about a pattern that is made to be slow", () => {
    const start = performance.now();
    expect(matchesList("a".repeat(5000), `${"*a".repeat(50)}b`)).toBe(false);
    expect(performance.now() - start).toBeLessThan(2000);
  });
});
