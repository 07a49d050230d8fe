import { describe, expect, test } from "vitest";
import { approveObstacle } from "./approve-obstacle.ts";
import { recheckPhase } from "./recheck-phase.ts";
import { countTicks, tickRest, toggleTick } from "./ticks.ts";

const tickable = [
  { callId: "domain.create", singly: false },
  { callId: "user.create", singly: true },
  { callId: "grant.create", singly: false },
];

describe("ticks", () => {
  test("a tick is put and taken away, and the set given is left alone", () => {
    const before = new Set(["domain.create"]);
    expect([...toggleTick(before, "user.create")]).toEqual(["domain.create", "user.create"]);
    expect([...toggleTick(before, "domain.create")]).toEqual([]);
    expect([...before]).toEqual(["domain.create"]);
  });

  test("the rest never covers a call that needs a look of its own", () => {
    expect([...tickRest(tickable, new Set())]).toEqual(["domain.create", "grant.create"]);
    expect([...tickRest(tickable, new Set(["user.create"]))].sort()).toEqual([
      "domain.create",
      "grant.create",
      "user.create",
    ]);
  });

  test("counts tell what may be ticked together from what may not", () => {
    expect(countTicks(tickable, new Set(["domain.create"]))).toEqual({
      done: 1,
      total: 3,
      restTogether: 1,
      restSingly: 1,
    });
  });
});

const at = new Date("2026-01-01T00:00:00Z");
const after = (ms: number) => at.getTime() + ms;

test.each([
  { name: "nothing compared", recheck: null, age: 0, phase: "none" },
  { name: "asked for", recheck: { state: "requested", drift: [] }, age: 0, phase: "comparing" },
  { name: "no way to plan", recheck: { state: "blocked", drift: [] }, age: 0, phase: "blocked" },
  { name: "not found out", recheck: { state: "failed", drift: [] }, age: 0, phase: "failed" },
  { name: "equal and new", recheck: { state: "ready", drift: [] }, age: 120_000, phase: "same" },
  { name: "equal and too old", recheck: { state: "ready", drift: [] }, age: 120_001, phase: "old" },
  { name: "different, however old", recheck: { state: "ready", drift: [{}] }, age: 600_000, phase: "drift" },
] as const)("recheckPhase: $name", ({ recheck, age, phase }) => {
  expect(recheckPhase(recheck && { ...recheck, at }, after(age))).toBe(phase);
});

describe("approveObstacle", () => {
  const ready = {
    may: { allowed: true, says: null },
    tickable,
    shownCallIds: tickable.map(({ callId }) => callId),
    ticks: new Set(tickable.map(({ callId }) => callId)),
    reason: "Ordered by the client.",
    phase: "same" as const,
    target: null,
  };

  test("nothing stands in the way when everything is read, ticked, compared and reasoned", () => {
    expect(approveObstacle(ready)).toBeNull();
  });

  test("a plan that destroys takes the name of what it is about, letter by letter", () => {
    expect(approveObstacle({ ...ready, target: { name: "acme", typed: "acme" } })).toBeNull();
    for (const typed of ["", "Acme", "acme ", "acm"]) {
      expect(approveObstacle({ ...ready, target: { name: "acme", typed } })).toMatch(/^Type acme/);
    }
  });

  test.each([
    ["no right", { may: { allowed: false, says: "You asked for this yourself." } }, /yourself/],
    [
      "one tick missing",
      { ticks: new Set(["domain.create", "grant.create"]) },
      /Tick the 1 call that is left/,
    ],
    ["a blank reason", { reason: "  \n" }, /reason/],
    ["no comparison", { phase: "none" as const }, /not been compared/],
    ["an old comparison", { phase: "old" as const }, /too old/],
    ["a comparison under way", { phase: "comparing" as const }, /being compared/],
    ["a failed comparison", { phase: "failed" as const }, /did not succeed/],
    [
      "drift, before anything the reviewer could do",
      { phase: "drift" as const, ticks: new Set<string>() },
      /changed/,
    ],
    ["a call that is not shown", { shownCallIds: ["domain.create"] }, /not on this page/],
  ])("%s", (_name, change, words) => {
    expect(approveObstacle({ ...ready, ...change })).toMatch(words);
  });
});
