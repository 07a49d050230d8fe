import { describe, expect, it } from "vitest";
import { readFixture } from "#server/testing/register-fixtures.ts";
import { readRegisterText } from "../read.ts";
import {
  decideMove,
  decideTake,
  findConflicts,
  type KnownNumber,
  type NumberState,
  nextFree,
  readSeries,
} from "./ledger.ts";
import { nextOver } from "./scan.ts";
import { readNumberStatements } from "./statement.ts";

const files = (...texts: string[]) =>
  texts.flatMap((text, at) =>
    readRegisterText(text, null).documents.map((document) => ({ path: `${at}.md`, document })),
  );

describe("series", () => {
  it.each(["D", "DOCFIX", "FLEX-WP", "D-", "KI-P6"])("%s is one", (name) =>
    expect(readSeries(name, [])).not.toBeNull(),
  );
  it.each(["", "d", "-", "D 1", "D--", "../x", "A".repeat(40), "D\n"])("%j is none", (name) => {
    expect(readSeries(name, [])).toBeNull();
  });
  it.each([
    ["D", [], "D-001"],
    ["D", ["D-004a", "D-071", "DOCFIX-999"], "D-072"],
    ["FLEX-WP", ["FLEX-WP-0007"], "FLEX-WP-0008"],
    ["DOCFIX", ["DOCFIX-999"], "DOCFIX-1000"],
  ])("next of %s over %j is %s", (name, known, next) => {
    const series = readSeries(name, known);
    expect(series === null ? null : nextFree(series, known)).toBe(next);
  });
  it("comes to an end", () => {
    expect(nextFree({ name: "D", width: 6 }, ["D-999999"])).toBeNull();
  });
});

describe("the next free number over documents", () => {
  const all = files(
    readFixture("handoff.md"),
    readFixture("changelog-running.md"),
    readFixture("design-decisions.md"),
  );
  it.each([
    ["D", "D-093"],
    ["DOCFIX", "DOCFIX-112"],
    ["BUNDLEFIX", "BUNDLEFIX-014"],
    ["SEC", "SEC-013"],
    ["NEW", "NEW-001"],
  ])("of %s is %s", (series, next) => expect(nextOver(series, all)?.next).toBe(next));
  it("a number that is written down anywhere is taken, a candidate is not", () => {
    const text =
      "# Handoff\n\nNumbering: next-free D-071, DOCFIX-082.\n\n## 1. x\n\nH-1 (DOCFIX-082 or 083) -- a\n";
    expect(nextOver("DOCFIX", files(text))?.next).toBe("DOCFIX-082");
    expect(nextOver("DOCFIX", files(text, "see DOCFIX-090 RESERVED"))).toMatchObject({
      next: "DOCFIX-091",
      before: { path: "1.md" },
    });
    expect(nextOver("D", files(text, "D-1 and D-3 are items"))?.next).toBe("D-071");
  });
});

it("reads what a text says about numbers", () => {
  const text =
    "Design decision: D-065. Doc fix: DOCFIX-065. (D-064 ASSIGNED above = reconcile D-051 to x.\nDOCFIX-064 RESERVED = sweep (image; seed), later. D-063 = open port, PROPOSED/OPEN.)";
  expect(readNumberStatements(text).map(({ id, claim }) => `${id} ${claim}`)).toEqual([
    "D-065 next_free",
    "DOCFIX-065 next_free",
    "D-064 assigned",
    "DOCFIX-064 reserved",
    "D-063 assigned",
  ]);
  expect(readNumberStatements("`D = 072, DOCFIX = 088`").map(({ id }) => id)).toEqual([
    "D-072",
    "DOCFIX-088",
  ]);
});

describe("a number", () => {
  const held: KnownNumber = { id: "D-071", state: "reserved", holder: "main", purpose: "x" };
  const take = { id: "D-071", state: "reserved", holder: "jumphost", purpose: "y" } as const;
  it("is given once", () => {
    expect(decideTake(null, take)).toMatchObject({ kind: "allowed" });
    expect(decideTake(held, take)).toMatchObject({
      reason: "taken",
      says: expect.stringContaining("reserved by main"),
    });
    expect(decideTake({ ...held, state: "relinquished" }, take)).toMatchObject({ reason: "taken" });
    expect(decideTake(null, { ...take, purpose: " " })).toMatchObject({ reason: "no_purpose" });
    expect(decideTake(null, { ...take, id: "D-x" })).toMatchObject({ reason: "not_of_series" });
  });
  it.each<[NumberState, string, string, string]>([
    ["assigned", "main", "", "allowed"],
    ["provisional", "main", "", "allowed"],
    ["relinquished", "main", "gave way", "allowed"],
    ["relinquished", "main", " ", "no_reason"],
    ["assigned", "jumphost", "", "not_yours"],
    ["reserved", "main", "", "final"],
  ])("held moves to %s by %s", (to, ...[holder, reason, expected]) => {
    const decided = decideMove(held, { id: held.id, to, holder, reason });
    expect(decided.kind === "allowed" ? "allowed" : decided.reason).toBe(expected);
  });
  it("that nobody holds, or that is assigned, does not move", () => {
    expect(decideMove(null, { id: "D-1", to: "assigned", holder: "main", reason: "" })).toMatchObject({
      reason: "not_held",
    });
    const ask = { id: "D-071", to: "relinquished", holder: "main", reason: "r" } as const;
    expect(decideMove({ ...held, state: "assigned" }, ask)).toMatchObject({ reason: "final" });
  });
  it("claimed twice says who gave way", () => {
    const other: KnownNumber = { ...held, holder: "jumphost", state: "relinquished" };
    expect(findConflicts([held, other, held])).toMatchObject([{ id: "D-071", gaveWay: "jumphost" }]);
    expect(findConflicts([held, { ...other, state: "assigned" }])).toMatchObject([{ gaveWay: null }]);
    expect(findConflicts([held, held])).toEqual([]);
  });
});
