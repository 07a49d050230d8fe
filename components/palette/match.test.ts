import { expect, test } from "vitest";
import { matchesQuery } from "./match.ts";

test.each([
  ["job 12 Pre-flight acme", "acme pre", true],
  ["job 12 Pre-flight acme", "12", true],
  ["job 12 Pre-flight acme", "acme network", false],
  ["acme", "  ACME ", true],
])("%j and %j: %s", (text, query, found) => {
  expect(matchesQuery(text, query)).toBe(found);
});
