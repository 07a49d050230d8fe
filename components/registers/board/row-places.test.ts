import { describe, expect, it } from "vitest";
import { countPlaces, groupStarts, placeAt } from "./row-places.ts";

const GROUPS = [
  { value: "H", count: 2 },
  { value: "R", count: 1 },
  { value: "C", count: 3 },
];

describe("the lines of a grouped list", () => {
  it("are the heads of groups and every row once, in order", () => {
    const starts = groupStarts(GROUPS);
    const lines = Array.from({ length: countPlaces(6, GROUPS) }, (_, index) =>
      placeAt(index, GROUPS, starts),
    );
    expect(lines.map((line) => (line.kind === "group" ? line.group.value : line.at))).toEqual([
      "H",
      0,
      1,
      "R",
      2,
      "C",
      3,
      4,
      5,
    ]);
  });

  it("without groups are the rows", () => {
    expect(placeAt(7, null, [])).toEqual({ kind: "row", at: 7 });
    expect(placeAt(7, [], [])).toEqual({ kind: "row", at: 7 });
    expect(countPlaces(9, null)).toBe(9);
  });
});
