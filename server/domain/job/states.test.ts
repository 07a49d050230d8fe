import { describe, expect, it } from "vitest";
import { canMove, isFinal, JOB_STATES, JOB_TRANSITIONS, type JobState, OPEN_JOB_STATES } from "./states.ts";

/** Every move there is; each of the other pairs is refused. */
const MOVES: readonly (readonly [JobState, JobState])[] = [
  ["awaiting_approval", "awaiting_signature"],
  ["awaiting_approval", "approved"],
  ["awaiting_approval", "queued"],
  ["awaiting_approval", "rejected"],
  ["awaiting_approval", "withdrawn"],
  ["awaiting_approval", "cancelled"],
  ["awaiting_approval", "expired"],
  ["awaiting_signature", "approved"],
  ["awaiting_signature", "queued"],
  ["awaiting_signature", "withdrawn"],
  ["awaiting_signature", "cancelled"],
  ["awaiting_signature", "expired"],
  ["approved", "queued"],
  ["approved", "withdrawn"],
  ["approved", "cancelled"],
  ["approved", "expired"],
  ["queued", "running"],
  ["queued", "refused"],
  ["queued", "cancelled"],
  ["queued", "expired"],
  ["running", "awaiting_person"],
  ["awaiting_person", "running"],
  ["running", "succeeded"],
  ["running", "failed"],
  ["running", "refused"],
  ["running", "cancelled"],
  ["running", "outcome_unknown"],
];

const PAIRS = JOB_STATES.flatMap((from) => JOB_STATES.map((to) => [from, to] as const));
const isMove = (from: JobState, to: JobState) => MOVES.some(([a, b]) => a === from && b === to);

describe("job states", () => {
  it.each(PAIRS.filter(([from, to]) => isMove(from, to)))("%s may become %s", (from, to) => {
    expect(canMove(from, to)).toBe(true);
  });

  it.each(PAIRS.filter(([from, to]) => !isMove(from, to)))("%s may not become %s", (from, to) => {
    expect(canMove(from, to)).toBe(false);
  });

  it("has a row for every state and names no other", () => {
    expect(Object.keys(JOB_TRANSITIONS).sort()).toEqual([...JOB_STATES].sort());
    expect(
      Object.values(JOB_TRANSITIONS)
        .flat()
        .every((state) => JOB_STATES.includes(state)),
    ).toBe(true);
  });

  it("is open or final, never both", () => {
    for (const state of JOB_STATES) {
      expect(isFinal(state)).toBe(!OPEN_JOB_STATES.some((open) => open === state));
    }
  });

  it("never runs without having been queued, and returns from nothing but a step by hand", () => {
    expect(JOB_STATES.filter((state) => canMove(state, "running"))).toEqual(["queued", "awaiting_person"]);
    const isInPair = (state: JobState) => state === "running" || state === "awaiting_person";
    for (const state of JOB_STATES) expect(reachable(state).has(state), state).toBe(isInPair(state));
  });

  it("reaches every state from the first", () => {
    expect(new Set(["awaiting_approval", ...reachable("awaiting_approval")])).toEqual(new Set(JOB_STATES));
  });
});

function reachable(from: JobState): Set<JobState> {
  const found = new Set<JobState>();
  const open = [from];
  for (let state = open.pop(); state !== undefined; state = open.pop()) {
    for (const next of JOB_TRANSITIONS[state]) {
      if (!found.has(next)) open.push(next);
      found.add(next);
    }
  }
  return found;
}
