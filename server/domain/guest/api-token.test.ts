import { describe, expect, it } from "vitest";
import { isSuccessor, nextTokenName, parseTokenId } from "./api-token.ts";

describe("an API token's id", () => {
  it.each<[string, object | null]>([
    ["a@pve!console", { user: "a@pve", base: "console", number: 1 }],
    ["a@pve!console-12", { user: "a@pve", base: "console", number: 12 }],
    ["a@pve!con-sole-0", { user: "a@pve", base: "con-sole-0", number: 1 }],
    ["a@pve", null],
    ["a!console", null],
    ["a@pve!", null],
    ["a@pve!x!y", null],
    ["a@pve!x y", null],
  ])("%s", (id, parsed) => {
    expect(parseTokenId(id)).toEqual(parsed);
  });

  it.each([
    ["a@pve!c-2", "a@pve!c", true],
    ["a@pve!c-10", "a@pve!c-9", true],
    ["a@pve!c", "a@pve!c", false],
    ["a@pve!c-2", "a@pve!c-3", false],
    ["a@pve!d-2", "a@pve!c", false],
    ["b@pve!c-2", "a@pve!c", false],
    ["root", "a@pve!c", false],
  ])("%s takes the place of %s: %s", (id, of, verdict) => {
    expect(isSuccessor(id, of)).toBe(verdict);
  });

  it("gives a new one a number that no other has", () => {
    const present = { user: "a@pve", base: "c", number: 2 };
    expect(nextTokenName(present, [])).toBe("c-3");
    expect(nextTokenName(present, ["c", "c-7", "d-40", "c-x", ""])).toBe("c-8");
  });
});
