import { describe, expect, it } from "vitest";
import { CATALOGUE } from "../operation/catalogue.ts";
import { declaredEffect, strictestEffect } from "./strictest.ts";

describe("declaredEffect", () => {
  it.each(["read", "mutate", "destroy"])("keeps %s", (effect) => {
    expect(declaredEffect(effect)).toBe(effect);
  });

  it.each([undefined, null, "", "Read", "read ", "delete", 0, [], ["read"], {}, "constructor"])(
    "takes %j for destroy",
    (declared) => {
      expect(declaredEffect(declared)).toBe("destroy");
    },
  );

  it("is declared by every operation of the catalogue", () => {
    for (const { id, effect } of CATALOGUE.values())
      expect([id, declaredEffect(effect)]).toEqual([id, effect]);
    expect(CATALOGUE.size).toBeGreaterThan(20);
  });
});

describe("strictestEffect", () => {
  it.each([
    [[], "read"],
    [["read"], "read"],
    [["read", "mutate", "read"], "mutate"],
    [["destroy", "mutate"], "destroy"],
    [["read", undefined], "destroy"],
    [["read", "erase"], "destroy"],
  ])("of %j is %s", (declared, effect) => {
    expect(strictestEffect(declared)).toBe(effect);
  });
});
