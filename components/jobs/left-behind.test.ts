import { expect, test } from "vitest";
import { leftBehind } from "./left-behind.ts";

const steps = (states: string) =>
  states.split("").map((letter) => ({
    state: letter === "d" ? ("done" as const) : letter === "r" ? ("running" as const) : ("pending" as const),
  }));

test.each([
  ["queued", "ppp", /Nothing was sent/, /finished/],
  [
    "running",
    "rpp",
    /No step is finished yet\. The call that is being made.* 2 steps are not started/,
    /stays\. The/,
  ],
  ["running", "ddr", /2 steps of 3 are finished; what they did stays/, /not started/],
  ["running", "drp", /1 step of 3 is finished; what it did stays.* 1 step is not started/, /2 steps/],
] as const)("%s %s", (...[state, letters, says, never]) => {
  expect(leftBehind(state, steps(letters))).toMatch(says);
  expect(leftBehind(state, steps(letters))).not.toMatch(never);
});
