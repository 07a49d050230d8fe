import { expect, it } from "vitest";
import { splitReferences } from "./reference-tokens.ts";

it.each([
  ["plain", [["plain", "plain"]]],
  ["", []],
  ["{{secret:admin_password}}", [["{{secret:admin_password}}", "secret"]]],
  [
    "/v3/domains/{{create_domain.id}}/users",
    [
      ["/v3/domains/", "plain"],
      ["{{create_domain.id}}", "symbol"],
      ["/users", "plain"],
    ],
  ],
  ["{{not closed", [["{{not closed", "plain"]]],
  ["{{}} {{ a }}", [["{{}} {{ a }}", "plain"]]],
])("splits %j", (text, parts) => {
  expect(splitReferences(text).map((part) => [part.text, part.kind])).toEqual(parts);
});
