import { expect, test } from "vitest";
import { fillKnown, fillKnownText } from "./fill-known.ts";

const known = new Map<string, string | number | string[]>([
  ["tenant.slug", "acme"],
  ["inputs.instances", 10],
  ["saved.roles", ["member"]],
]);

test.each([
  ["Domain {{ tenant.slug }}", "Domain acme"],
  ["{{tenant.slug}}-prod", "acme-prod"],
  ["at most {{ inputs.instances }}", "at most 10"],
  ["{{ saved.roles }}", '["member"]'],
  ["is {{ saved.domain_id }}", "is saved.domain_id"],
  ["{{domain.id}} passes", "{{domain.id}} passes"],
  ["{{secret:x}}", "{{secret:x}}"],
  ["", ""],
])("%j reads %j", (text, said) => {
  expect(fillKnownText(text, known)).toBe(said);
});

test("what is known is told apart from what is not", () => {
  expect(fillKnown("{{ tenant.slug }} on {{ saved.domain_id }}", known)).toEqual([
    { kind: "known", text: "acme" },
    { kind: "text", text: " on " },
    { kind: "unknown", text: "saved.domain_id" },
  ]);
});
