import { describe, expect, it } from "vitest";
import { describeReplay, type PastDecision, replayDecision } from "./replay.ts";
import type { Requirement } from "./requirement.ts";

const NEEDED: Requirement = {
  approvers: 1,
  roles: [],
  stepUp: false,
  signatures: [],
  windows: [],
  never: [],
  rules: [],
};
const RITA = { id: "r", name: "Rita" };
const ROLF = { id: "f", name: "Rolf" };
const past = (change: Partial<PastDecision> = {}): PastDecision => ({
  number: 4,
  approvedBy: [RITA],
  startedAt: new Date("2026-03-02T12:00:00Z"),
  ...change,
});

describe("a past decision", () => {
  it.each<[string, Partial<PastDecision>, Partial<Requirement> | null, string | null]>([
    ["goes as it did", {}, {}, null],
    ["with two goes under one", { approvedBy: [RITA, ROLF] }, {}, null],
    ["without a rule is denied", {}, null, "would have been denied"],
    ["with one of two waits", {}, { approvers: 2 }, "had 1 of 2 approvals, so it would still wait"],
    ["by whom the rules shut out waits", {}, { never: ["r"] }, "Rita could not have approved it"],
    ["with one left of two goes", { approvedBy: [RITA, ROLF] }, { never: ["r"] }, null],
    [
      "outside of the window waits for it",
      {},
      { windows: [{ days: [1], from: "13:00", to: "14:00" }] },
      "outside of the window",
    ],
    [
      "that never started has no window",
      { startedAt: null },
      { windows: [{ days: [1], from: "13:00", to: "14:00" }] },
      null,
    ],
  ])("%s", (_what, change, ...[needed, says]) => {
    const replayed = replayDecision(past(change), needed === null ? null : { ...NEEDED, ...needed });
    expect(replayed.same ? null : replayed.says).toEqual(
      says === null ? null : expect.stringContaining(says),
    );
  });
});

describe("the replay", () => {
  const other = (number: number) => ({ number, same: false as const, says: "would still wait" });
  it.each<[string, Parameters<typeof describeReplay>[0], string[]]>([
    ["of nothing", [], ["No change was decided in the last 30 days."]],
    [
      "of one",
      [{ number: 1, same: true }],
      ["Of 1 decided change of the last 30 days all would have gone as they did."],
    ],
    [
      "of two",
      [{ number: 1, same: true }, other(2)],
      ["Of 2 decided changes of the last 30 days 1 would have gone as they did.", "Job 2 would still wait."],
    ],
  ])("%s", (_what, all, lines) => expect(describeReplay(all, 30)).toEqual(lines));

  it("names the first twenty and counts the rest", () => {
    const lines = describeReplay(
      Array.from({ length: 25 }, (_, n) => other(n)),
      30,
    );
    expect(lines).toHaveLength(22);
    expect(lines.at(-1)).toBe("And 5 more.");
  });
});
