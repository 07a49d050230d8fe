import { describe, expect, it } from "vitest";
import { decideCheckMove, isRiskOver, type CheckFacts, type CheckMove } from "./check.ts";
import { decideRowMove, type RowMove } from "./ledger-row.ts";
import {
  decideDecisionMove,
  decidePointRuling,
  decideRuling,
  type Ruling,
  statusAfterRulings,
} from "./ruling.ts";
import * as states from "./states.ts";
import { decideDeferredMove, firedBecause, proposeTrigger, type Trigger } from "./trigger.ts";
import type { RegisterVerdict } from "./verdict.ts";
import { decideWorkMove, type WorkFacts, type WorkMove } from "./work.ts";

const said = (verdict: RegisterVerdict) => (verdict.kind === "allowed" ? "allowed" : verdict.reason);
const NOW = new Date("2026-09-18T12:00:00Z");
const hours = (count: number) => new Date(NOW.getTime() + count * 3_600_000);

it.each([
  [states.WORK_STATES, states.WORK_TRANSITIONS],
  [states.CHECK_STATES, states.CHECK_TRANSITIONS],
  [states.RULING_STATES, states.RULING_TRANSITIONS],
  [states.DEFERRED_STATES, states.DEFERRED_TRANSITIONS],
  [states.ROW_STATES, states.ROW_TRANSITIONS],
] as const)("every state but the first can be reached: %j", (all, table) => {
  const reached = new Set<string>(Object.values(table).flat());
  expect(all.slice(1).filter((state) => !reached.has(state))).toEqual([]);
});

describe("an item closes only with its points backed", () => {
  const point = { text: "green", isTicked: true, evidence: { kind: "job", id: "j1" } } as const;
  const facts: WorkFacts = {
    id: "H-1",
    state: "open",
    accept: [point],
    isChange: true,
    changeEntry: { id: "c1", hasRevert: true },
    blockedBy: [],
  };
  const done: WorkMove = { to: "done", reason: null, trigger: null };
  it.each<[string, Partial<WorkFacts>, Partial<WorkMove>, string]>([
    ["all there", {}, {}, "allowed"],
    ["no change", { isChange: false, changeEntry: null }, {}, "allowed"],
    ["no points", { accept: [] }, {}, "allowed"],
    ["not ticked", { accept: [{ ...point, isTicked: false }] }, {}, "not_evidenced"],
    ["ticked without evidence", { accept: [point, { ...point, evidence: null }] }, {}, "not_evidenced"],
    ["empty evidence", { accept: [{ ...point, evidence: { kind: "job", id: " " } }] }, {}, "not_evidenced"],
    ["no change entry", { changeEntry: null }, {}, "no_change_entry"],
    ["an entry without revert", { changeEntry: { id: "c1", hasRevert: false } }, {}, "no_change_entry"],
    ["blocked", { blockedBy: ["R-1"] }, {}, "blocked"],
    ["done already", { state: "done" }, {}, "not_from_here"],
    ["deferred without a trigger", {}, { to: "deferred" }, "no_trigger"],
    ["deferred", {}, { to: "deferred", trigger: "when asked" }, "allowed"],
    ["dropped without a reason", {}, { to: "dropped", reason: " " }, "no_reason"],
    ["opened again without a reason", { state: "done" }, { to: "open" }, "no_reason"],
    ["opened again", { state: "done" }, { to: "open", reason: "came back" }, "allowed"],
  ])("%s", (_name, ...[change, move, expected]) => {
    expect(said(decideWorkMove({ ...facts, ...change }, { ...done, ...move }))).toBe(expected);
  });
});

describe("a check", () => {
  const facts: CheckFacts = {
    id: "V-2",
    state: "open",
    freshForMs: 3_600_000,
    mustDifferFrom: "ann",
    lastRun: { at: NOW, digest: "d1" },
    targetChangedAt: null,
  };
  const risk = {
    to: "risk_accepted",
    by: "bob",
    owner: "bob",
    expiresAt: hours(24),
    pinnedTo: "d1",
    reason: "old rule",
  } as const;
  it.each<[string, Partial<CheckFacts>, CheckMove, string]>([
    ["passes", {}, { to: "passed", evidenceId: "j1", by: "bob" }, "allowed"],
    ["by the same person", {}, { to: "passed", evidenceId: "j1", by: "ann" }, "same_person"],
    ["without evidence", {}, { to: "failed", evidenceId: null, by: "bob" }, "no_evidence"],
    ["never run", { lastRun: null }, { to: "passed", evidenceId: "j1", by: "bob" }, "not_fresh"],
    [
      "run too long ago",
      { lastRun: { at: hours(-2), digest: "d1" } },
      { to: "passed", evidenceId: "j1", by: "bob" },
      "not_fresh",
    ],
    ["changed since", { targetChangedAt: NOW }, { to: "passed", evidenceId: "j1", by: "bob" }, "not_fresh"],
    ["risk accepted", {}, risk, "allowed"],
    ["risk without owner", {}, { ...risk, owner: null }, "no_owner"],
    ["risk without reason", {}, { ...risk, reason: "" }, "no_reason"],
    ["risk without end", {}, { ...risk, expiresAt: null }, "no_expiry"],
    ["risk that ended", {}, { ...risk, expiresAt: NOW }, "expiry_past"],
    ["risk of another result", {}, { ...risk, pinnedTo: "d0" }, "not_pinned"],
    ["retired without reason", {}, { to: "retired", reason: null, by: "bob" }, "no_reason"],
    ["stale while fresh", { state: "passed" }, { to: "stale" }, "not_from_here"],
    ["stale after a change", { state: "passed", targetChangedAt: hours(1) }, { to: "stale" }, "allowed"],
    [
      "passed out of retirement",
      { state: "retired" },
      { to: "passed", evidenceId: "j1", by: "bob" },
      "not_from_here",
    ],
  ])("%s", (_name, ...[change, move, expected]) => {
    expect(said(decideCheckMove({ ...facts, ...change }, move, NOW))).toBe(expected);
  });
  it("an accepted risk is over with its date, its result and its target", () => {
    const accepted = { expiresAt: hours(1), pinnedTo: "d1" };
    expect(isRiskOver(accepted, facts, NOW)).toBe(false);
    expect(isRiskOver(accepted, facts, hours(1))).toBe(true);
    expect(isRiskOver({ ...accepted, pinnedTo: "d0" }, facts, NOW)).toBe(true);
    expect(isRiskOver(accepted, { ...facts, targetChangedAt: NOW }, NOW)).toBe(true);
  });
});

describe("a ruling", () => {
  const words = { ruling: "adopt", by: "bob", reason: "measured", amendment: null, trigger: null } as const;
  const item = { id: "R-1", state: "open", mustDifferFrom: null } as const;
  it.each<[string, ...Parameters<typeof decideRuling>, string]>([
    ["adopted", item, words, "allowed"],
    ["without a reason", item, { ...words, reason: " " }, "no_reason"],
    ["amended without words", item, { ...words, ruling: "amend" as const }, "no_reason"],
    ["deferred without a trigger", item, { ...words, ruling: "defer" as const }, "no_trigger"],
    ["by who filed it", { ...item, mustDifferFrom: "bob" }, words, "same_person"],
    ["twice", { ...item, state: "adopted" as const }, words, "not_from_here"],
    ["after a rejection", { ...item, state: "rejected" as const }, words, "not_from_here"],
  ])("%s", (_name, ...[facts, ask, expected]) => {
    expect(said(decideRuling(facts, ask))).toBe(expected);
  });

  const proposal = {
    id: "D-087",
    status: "proposed",
    points: ["1", "2"],
    ruled: new Map<string, Ruling>([["2", "adopt"]]),
    mustDifferFrom: null,
  } as const;
  it.each([
    ["1", {}, "allowed"],
    ["2", {}, "not_from_here"],
    ["3", {}, "unknown_point"],
    ["", {}, "unknown_point"],
    ["1", { status: "adopted" as const }, "not_from_here"],
    ["1", { mustDifferFrom: "bob" }, "same_person"],
  ])("of point %j with %j: %s", (point, change, expected) => {
    expect(said(decidePointRuling({ ...proposal, ...change }, point, words))).toBe(expected);
  });
  it.each<[readonly string[], [string, Ruling][], string]>([
    [[], [], "proposed"],
    [[], [["", "adopt"]], "adopted"],
    [["1", "2"], [["1", "adopt"]], "proposed"],
    [
      ["1", "2"],
      [
        ["1", "adopt"],
        ["2", "defer"],
      ],
      "deferred",
    ],
    [
      ["1", "2"],
      [
        ["1", "adopt"],
        ["2", "reject"],
      ],
      "amended",
    ],
    [
      ["1", "2"],
      [
        ["1", "reject"],
        ["2", "reject"],
      ],
      "rejected",
    ],
    [
      ["1", "2"],
      [
        ["1", "adopt"],
        ["2", "adopt"],
      ],
      "adopted",
    ],
  ])("of points %j with %j makes it %s", (points, ruled, status) => {
    expect(statusAfterRulings({ points, ruled: new Map(ruled) })).toBe(status);
  });
  it.each([
    [{ status: "proposed", to: "adopted", reason: "r", successor: null }, "points_open"],
    [{ status: "adopted", to: "superseded", reason: "r", successor: null }, "no_successor"],
    [{ status: "adopted", to: "superseded", reason: "r", successor: "D-001" }, "no_successor"],
    [{ status: "adopted", to: "superseded", reason: "r", successor: "D-002" }, "allowed"],
    [{ status: "adopted", to: "closed", reason: "r", successor: null }, "gates_open"],
    [{ status: "adopted", to: "amended", reason: null, successor: null }, "no_reason"],
    [{ status: "closed", to: "adopted", reason: "r", successor: null }, "not_from_here"],
  ] as const)("decision %j: %s", ({ status, ...move }, expected) => {
    expect(said(decideDecisionMove({ id: "D-001", status, openGates: ["LIVE-READ PENDING"] }, move))).toBe(
      expected,
    );
  });
});

describe("a ledger row", () => {
  const row = { id: "SEC-1", state: "open", owner: "ann" } as const;
  const risk: RowMove = { to: "risk_accepted", owner: "ann", expiresAt: hours(1), reason: "r" };
  it.each<[string, { state?: states.RowState; owner?: string | null }, RowMove, string]>([
    ["closed", {}, { to: "closed", evidenceId: "j" }, "allowed"],
    ["closed unowned", { owner: null }, { to: "closed", evidenceId: "j" }, "no_owner"],
    ["closed without evidence", {}, { to: "closed", evidenceId: "" }, "no_evidence"],
    ["risk", {}, risk, "allowed"],
    ["risk that ended", {}, { ...risk, expiresAt: NOW }, "expiry_past"],
    ["open again", { state: "closed" }, { to: "open", reason: null }, "no_reason"],
    ["expired from open", {}, { to: "expired" }, "not_from_here"],
  ])("%s", (_name, ...[change, move, expected]) => {
    expect(said(decideRowMove({ ...row, ...change }, move, NOW))).toBe(expected);
  });
});

describe("a trigger", () => {
  it.each<[string, Trigger]>([
    ["2027-03-01.", { kind: "date", at: new Date("2027-03-01T00:00:00Z") }],
    ["2027-02-31", { kind: "words", text: "2027-02-31" }],
    ["when a SECOND operator gets access", { kind: "people_with_role", role: "operator", atLeast: 2 }],
    ["after H-1 is done", { kind: "item_closed", id: "H-1" }],
    ["when V-2 fails", { kind: "check_result", id: "V-2", result: "failed" }],
    ["once D-060 is superseded", { kind: "decision_status", id: "D-060", status: "superseded" }],
    ["at the next rebuild", { kind: "words", text: "at the next rebuild" }],
  ])("%s", (text, expected) => {
    expect(proposeTrigger(text)).toEqual(expected);
  });
  it("fires when it is met and not before", () => {
    const facts = {
      now: NOW,
      closedItems: new Set(["H-1"]),
      decisionStatus: new Map([["D-060", "superseded"]]),
      peopleByRole: new Map([["operator", 2]]),
      checkResults: new Map([["V-2", "failed"]]),
    };
    const met: Trigger[] = [
      { kind: "date", at: NOW },
      { kind: "item_closed", id: "H-1" },
      { kind: "decision_status", id: "D-060", status: "superseded" },
      { kind: "people_with_role", role: "operator", atLeast: 2 },
      { kind: "check_result", id: "V-2", result: "failed" },
    ];
    expect(met.map((trigger) => firedBecause(trigger, facts))).not.toContain(null);
    const open: Trigger[] = [
      { kind: "date", at: hours(1) },
      { kind: "item_closed", id: "H-2" },
      { kind: "decision_status", id: "D-060", status: "adopted" },
      { kind: "people_with_role", role: "operator", atLeast: 3 },
      { kind: "check_result", id: "V-2", result: "passed" },
      { kind: "words", text: "now" },
    ];
    expect(open.map((trigger) => firedBecause(trigger, facts))).toEqual(open.map(() => null));
  });
  it.each<[states.DeferredState, states.DeferredState, string | null, string | null, string]>([
    ["fired", "waiting", null, null, "no_trigger"],
    ["fired", "waiting", "2027-01-01", null, "allowed"],
    ["waiting", "dropped", null, null, "no_reason"],
    ["taken_up", "waiting", "x", null, "not_from_here"],
  ])("deferred item %s to %s", (state, ...[to, trigger, reason, expected]) => {
    expect(said(decideDeferredMove({ id: "deferred-1", state }, { to, trigger, reason }))).toBe(expected);
  });
});
