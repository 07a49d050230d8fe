import { expect, it } from "vitest";
import { findDoubledMember } from "./doubled-member.ts";

it.each<[string, string | null]>([
  ['{"a":1,"a":2}', "a"],
  ['{"a":1,"b":{"c":1,"c":1}}', "c"],
  ['[{"a":1},{"b":2,"b":2}]', "b"],
  ['{"a":1,"\\u0061":2}', "a"],
  ['{"a" : 1 , "a"\n:2}', "a"],
  ['{"":1,"":2}', ""],
  ['{"a":{"x":1},"a":{"y":1}}', "a"],
  ['{"x":"\\"","x":1}', "x"],
  ['{"__proto__":1,"__proto__":2}', "__proto__"],
  ['{"a":[{"a":1}],"b":{"a":2}}', null],
  ['{"a":"a","b":"a"}', null],
  ['{"a":"{\\"a\\":1,\\"a\\":2}"}', null],
  ['["a","a"]', null],
  ['{"a":1,"A":2}', null],
  ['{"e\\u0301":1,"\\u00e9":2}', null],
  ["", null],
  ["null", null],
  ['{"a', null],
  ['{"\\x":1,"\\x":2}', '"\\x"'],
  ["}}]]", null],
])("%s: %j", (json, name) => expect(findDoubledMember(json)).toBe(name));

it("is linear, whatever stands in a body of the size that is read", () => {
  const started = performance.now();
  for (const body of [
    '\\"'.repeat(500_000),
    '"'.repeat(1_000_000),
    '{"a":'.repeat(200_000),
    '"a":'.repeat(250_000),
  ]) {
    findDoubledMember(body);
  }
  expect(performance.now() - started).toBeLessThan(3_000);
});
