import { describe, expect, it } from "vitest";
import { addPersonSchema, emailSchema } from "./schema.ts";

describe("emailSchema", () => {
  it.each([
    ["ada@example.org", "ada@example.org"],
    ["  Ada@Example.ORG ", "ada@example.org"],
    ["a.b+c_d%e-f@x-1.example", "a.b+c_d%e-f@x-1.example"],
    ["ada@localhost", "ada@localhost"],
  ])("reads %j", (text, email) => {
    expect(emailSchema.parse(text)).toBe(email);
  });

  it.each([
    "",
    "ada",
    "@example.org",
    "ada@",
    "ada@@example.org",
    "ada@example..org",
    "ada@.org",
    "ada example@example.org",
    "\u0430da@example.org",
    "ada\uff20example.org",
    "ada@ex\u00e4mple.org",
    "ada@example.org\nbcc:x@example.org",
    `${"a".repeat(250)}@x.org`,
  ])("refuses %j", (text) => {
    expect(emailSchema.safeParse(text).success).toBe(false);
  });

  it("gives letters that look alike one account", () => {
    // In lower case the Kelvin sign is the ASCII letter k: the same account, not another that looks like it.
    expect(emailSchema.parse("\u212aarl@example.org")).toBe("karl@example.org");
  });
});

describe("addPersonSchema", () => {
  const person = { email: "ada@example.org", name: "Ada", roles: ["operator"] };
  it.each<[string, object, boolean]>([
    ["a person", {}, true],
    ["no role", { roles: [] }, false],
    ["a role that does not exist", { roles: ["root"] }, false],
    ["a blank name", { name: "  " }, false],
    ["the longest name", { name: "x".repeat(120) }, true],
    ["one letter more", { name: "x".repeat(121) }, false],
    ["a field nobody declared", { isAdmin: true }, false],
  ])("%s", (_what, change, isGood) => {
    expect(addPersonSchema.safeParse({ ...person, ...change }).success).toBe(isGood);
  });
});
