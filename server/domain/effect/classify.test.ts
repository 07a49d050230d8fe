import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { classifyOperation, type JournaledObject } from "./classify.ts";

const ID = "0d3e7c8a-5f0c-4f53-9a3d-3a1a0b8f2c11";
const made: JournaledObject = { objectId: ID, writtenBy: "executor", jobId: "job-1", event: "created" };
const BENIGN = ["start", "stop", "set_config", "create", "restart"];
const DATA_BEARING = ["guest_destroy", "storage_wipe", "restore_overwrite", "decommission"];

function dispositionOf(
  operationClass: string,
  journal: readonly JournaledObject[] = [],
  { jobId = "job-1", objectId = ID } = {},
) {
  const { disposition, says } = classifyOperation({ operationClass, jobId, objectId, journal });
  expect(says).toMatch(/\.$/);
  return disposition;
}

describe("classifyOperation", () => {
  it.each(BENIGN)("%s is benign", (name) => {
    expect(dispositionOf(name)).toBe("benign");
  });

  it.each([...DATA_BEARING, "key_rotation"])("%s is destructive", (name) => {
    expect(dispositionOf(name)).toBe("destructive");
  });

  it.each([
    "Start",
    "start ",
    " start",
    "START",
    "",
    "constructor",
    "__proto__",
    "toString",
    "hasOwnProperty",
    "guest_destroy ",
    "read",
    "benign",
    "st\u0430rt",
    "start\0",
  ])("%j is not known, so it is destructive, own work or not", (name) => {
    expect(dispositionOf(name)).toBe("destructive");
    expect(dispositionOf(name, [made])).toBe("destructive");
  });

  it.each(DATA_BEARING)("%s of what this job made or the console made as scratch is benign", (name) => {
    expect(dispositionOf(name, [made])).toBe("benign");
    expect(dispositionOf(name, [{ ...made, event: "scratch", jobId: "job-0" }])).toBe("benign");
  });

  it("never lets provenance cover a key rotation", () => {
    expect(dispositionOf("key_rotation", [made])).toBe("destructive");
    expect(dispositionOf("key_rotation", [{ ...made, event: "scratch" }])).toBe("destructive");
  });

  it.each<[string, JournaledObject[]]>([
    ["another job made it", [{ ...made, jobId: "job-2" }]],
    ["another component wrote the entry", [{ ...made, writtenBy: "other" }]],
    ["another component calls it scratch", [{ ...made, writtenBy: "other", event: "scratch" }]],
    ["the entry is of another object", [{ ...made, objectId: `${ID}0` }]],
    ["the id differs in case", [{ ...made, objectId: ID.toUpperCase() }]],
    ["the object was removed since", [made, { ...made, event: "removed" }]],
    ["only its removal is known", [{ ...made, event: "removed" }]],
    ["the id was used twice", [made, made]],
    ["the id was used by scratch before", [{ ...made, event: "scratch", jobId: "job-0" }, made]],
  ])("is destructive when %s", (_what, journal) => {
    expect(dispositionOf("guest_destroy", journal)).toBe("destructive");
  });

  it("finds no provenance for a whole host", () => {
    expect(dispositionOf("guest_destroy", [{ ...made, objectId: "" }], { objectId: "" })).toBe("destructive");
  });

  it("knows exactly five benign names without provenance", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.constantFrom(...BENIGN, ...DATA_BEARING)), (name) => {
        expect(dispositionOf(name)).toBe(BENIGN.includes(name) ? "benign" : "destructive");
      }),
    );
  });

  it("tells the three reasons apart", () => {
    const says = (operationClass: string, journal: JournaledObject[] = []) =>
      classifyOperation({ operationClass, jobId: "job-1", objectId: ID, journal }).says;
    expect(says("frobnicate")).toContain("Nobody has classified");
    expect(says("start")).toContain("loses no data");
    expect(says("guest_destroy", [made])).toContain("made this object itself");
    expect(says("guest_destroy")).toContain("can lose data");
  });
});
