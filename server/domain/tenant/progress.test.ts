import { describe, expect, it } from "vitest";
import { JOB_STATES, type JobState } from "../job/states.ts";
import { handoverObstacle } from "./handover.ts";
import { type StageJob, stageProgress, type StageState } from "./progress.ts";

const KEYS = ["0", "1", "2"];
let number = 0;
const job = (stageKey: string, state: JobState, change: Partial<StageJob> = {}): StageJob => {
  number += 1;
  return {
    id: `${stageKey}-${state}-${number}`,
    number,
    stageKey,
    state,
    wasStarted: true,
    isResolved: false,
    ...change,
  };
};

const show = (jobs: StageJob[]) =>
  [...stageProgress(KEYS, jobs).values()].map(({ state, isOpen }) => `${state}${isOpen ? "*" : ""}`);

describe("stageProgress", () => {
  it.each<[string, StageJob[], string[]]>([
    ["nothing has run", [], ["open*", "locked", "locked"]],
    ["the first stage is green", [job("0", "succeeded")], ["passed*", "open*", "locked"]],
    ["the first stage failed", [job("0", "failed")], ["failed*", "locked", "locked"]],
    ["green, then failed", [job("0", "succeeded"), job("0", "failed")], ["failed*", "locked", "locked"]],
    ["failed, then green", [job("0", "failed"), job("0", "succeeded")], ["passed*", "open*", "locked"]],
    [
      "an early stage fails after later ones were green: everything behind it closes",
      [job("0", "succeeded"), job("1", "succeeded"), job("0", "failed")],
      ["failed*", "passed", "locked"],
    ],
    [
      "cancelled while running",
      [job("0", "succeeded"), job("0", "cancelled")],
      ["failed*", "locked", "locked"],
    ],
    [
      "cancelled before it ran",
      [job("0", "succeeded"), job("0", "cancelled", { wasStarted: false })],
      ["passed*", "open*", "locked"],
    ],
    ["refused for drift", [job("0", "succeeded"), job("0", "refused")], ["passed*", "open*", "locked"]],
    ["an unknown outcome", [job("0", "outcome_unknown")], ["unknown", "locked", "locked"]],
    [
      "an unknown outcome that two people settled",
      [job("0", "outcome_unknown", { isResolved: true })],
      ["failed*", "locked", "locked"],
    ],
    ["running again", [job("0", "succeeded"), job("0", "running")], ["running", "open*", "locked"]],
    [
      "jobs in any order",
      [job("0", "succeeded"), job("0", "failed")].toReversed(),
      ["failed*", "locked", "locked"],
    ],
  ])("%s", (_what, jobs, expected) => {
    expect(show(jobs)).toEqual(expected);
  });

  it.each<[JobState, StageState]>([
    ["awaiting_approval", "waiting"],
    ["approved", "approved"],
    ["queued", "queued"],
    ["running", "running"],
    ["rejected", "open"],
    ["withdrawn", "open"],
    ["expired", "open"],
  ])("a first job that is %s shows as %s", (state, shown) => {
    const first = stageProgress(KEYS, [job("0", state, { wasStarted: false })]).get("0");
    expect(first?.state).toBe(shown);
    expect(first?.isOpen).toBe(shown === "open");
  });

  it("opens the next stage after a green run only", () => {
    for (const state of JOB_STATES) {
      const next = stageProgress(KEYS, [job("0", state)]).get("1");
      expect(next?.isOpen).toBe(state === "succeeded");
    }
  });
});

describe("handoverObstacle", () => {
  it.each([
    [false, true, null],
    [false, false, "opens when every stage has passed"],
    [true, true, "was handed over"],
    [true, false, "was handed over"],
  ])("handed over %s, all passed %s", (isHandedOver, areAllPassed, says) => {
    const obstacle = handoverObstacle({ isHandedOver, areAllPassed });
    if (says === null) expect(obstacle).toBeNull();
    else expect(obstacle).toContain(says);
  });
});
