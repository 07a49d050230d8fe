import { describe, expect, it } from "vitest";
import { findKeysTo, keyMap, matchKeys } from "./key-map.ts";

describe("keyMap", () => {
  it("binds no keys twice and makes no binding unreachable behind a shorter one", () => {
    for (const { keys } of keyMap) {
      const clashes = keyMap.filter(
        (other) => other.keys === keys || `${other.keys} `.startsWith(`${keys} `),
      );
      expect(clashes.map((clash) => clash.keys)).toEqual([keys]);
    }
  });

  it.each([
    [["g"], { kind: "prefix" }],
    [["g", "t"], { kind: "action", action: { kind: "go", href: "/tenants" } }],
    [["g", "x"], { kind: "none" }],
    [["k"], { kind: "action", action: { kind: "move", by: -1 } }],
    [["Mod", "k"], { kind: "action", action: { kind: "palette" } }],
    [["Mod"], { kind: "none" }],
    [["Enter"], { kind: "none" }],
  ])("reads %j", (pressed, match) => {
    expect(matchKeys(pressed)).toEqual(match);
  });

  it("knows the keys to a place", () => {
    expect([findKeysTo("/inbox"), findKeysTo("/nowhere")]).toEqual(["g i", null]);
  });
});
