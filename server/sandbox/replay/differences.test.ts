import { describe, expect, it } from "vitest";
import { listDifferences } from "./differences.ts";
import { IdMap } from "./id-map.ts";

const id = (digit: string): string => digit.repeat(32);

describe("listDifferences", () => {
  it.each([
    ["another value of an enumeration", { status: "ACTIVE" }, { status: "DOWN" }],
    ["another message", { message: "No such project" }, { message: "No such thing" }],
    ["a missing key", { a: 1, b: null }, { a: 1 }],
    ["a key too many", { a: 1 }, { a: 1, b: null }],
    ["another type", { size: 1 }, { size: "1" }],
    ["null for a document", { gateway: null }, { gateway: {} }],
    ["fewer elements", { list: [1, 2] }, { list: [1] }],
    ["more elements", { list: [1] }, { list: [1, 2] }],
    ["another element", { list: [{ name: "a" }] }, { list: [{ name: "b" }] }],
    ["another type under a key whose value is free", { created_at: "now" }, { created_at: 5 }],
    ["an empty catalog", "<catalog>", []],
  ])("reports %s", (_title, recorded, actual) => {
    expect(listDifferences(recorded, actual, new IdMap())).not.toEqual([]);
  });

  it.each([
    ["another time", { created_at: "2026-01-01" }, { created_at: "2027-01-01" }],
    ["another order", { list: [{ name: "a" }, { name: "b" }] }, { list: [{ name: "b" }, { name: "a" }] }],
    [
      "another id",
      { id: id("a"), link: `/v3/users/${id("a")}` },
      { id: id("b"), link: `/v3/users/${id("b")}` },
    ],
  ])("accepts %s", (_title, recorded, actual) => {
    expect(listDifferences(recorded, actual, new IdMap())).toEqual([]);
  });

  it("holds every later answer to an id it has learned", () => {
    const ids = new IdMap();
    expect(listDifferences({ id: id("a") }, { id: id("b") }, ids)).toEqual([]);
    expect(listDifferences({ user_id: id("a") }, { user_id: id("c") }, ids)).not.toEqual([]);
    expect(listDifferences({ user_id: id("d") }, { user_id: id("b") }, ids)).not.toEqual([]);
  });

  it("learns nothing from elements that look alike, and pairs them once one is named", () => {
    const ids = new IdMap();
    const recorded = { trusts: [{ id: id("a") }, { id: id("b") }] };
    expect(listDifferences(recorded, { trusts: [{ id: id("c") }, { id: id("d") }] }, ids)).toEqual([]);
    expect(ids.find(id("a"))).toBeNull();
    const named = {
      users: [
        { id: id("a"), name: "x" },
        { id: id("b"), name: "y" },
      ],
    };
    const actual = {
      users: [
        { id: id("c"), name: "y" },
        { id: id("d"), name: "x" },
      ],
    };
    expect(listDifferences(named, actual, ids)).toEqual([]);
    expect(ids.find(id("a"))).toBe(id("d"));
  });
});
