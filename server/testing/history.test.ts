import { describe, expect, it } from "vitest";
import { checkHistory, type HistoryEffect, type HistoryEntry } from "./history.ts";

function entry(kind: string, change: Partial<HistoryEntry> = {}): HistoryEntry {
  return { jobId: "a", lane: "t", seq: 0, fencing: 1, kind, callId: null, result: null, at: 0, ...change };
}

/** A good history of one call. */
function good(jobId = "a", from = 0): HistoryEntry[] {
  return [
    entry("claimed"),
    entry("consumed"),
    entry("intent", { callId: "x" }),
    entry("outcome", { callId: "x", result: "applied" }),
    entry("finished"),
  ].map((one, index) => ({ ...one, jobId, seq: index + 1, at: from + index }));
}
const effect = (what = "POST /x", jobId = "a"): HistoryEffect => ({ jobId, what, at: 2 });
const job = (state = "succeeded", jobId = "a") => ({ jobId, state, calls: ["x"] });

describe("the history checker", () => {
  it("finds nothing in a good history, of one job or of two in turn", () => {
    expect(checkHistory({ jobs: [job()], entries: good(), effects: [effect()] })).toEqual([]);
    const entries = [...good("a"), ...good("b", 10)];
    const effects = [effect(), effect("POST /x", "b")];
    expect(checkHistory({ jobs: [job(), job("succeeded", "b")], entries, effects })).toEqual([]);
  });

  const change = (at: number, to: Partial<HistoryEntry>) =>
    good().map((one, index) => (index === at ? { ...one, ...to } : one));

  it.each([
    ["an effect twice", good(), [effect(), effect()], "succeeded", "an effect happened twice"],
    ["a success without effect", good(), [], "succeeded", "without all its effects"],
    [
      "a success without outcome",
      change(3, { result: "refused" }),
      [effect()],
      "succeeded",
      "without all its outcomes",
    ],
    ["an approval used twice", change(0, { kind: "consumed" }), [effect()], "succeeded", "used 2 times"],
    ["a call announced twice", change(3, { kind: "intent" }), [effect()], "failed", "announced twice"],
    ["an effect nobody announced", change(2, { kind: "note" }), [effect()], "failed", "not announced"],
    ["an effect nobody recorded", change(3, { kind: "note" }), [effect()], "failed", "not on record"],
    [
      "a line after the end",
      [...good(), entry("note", { seq: 6 })],
      [effect()],
      "succeeded",
      "after its end",
    ],
    ["a gap", change(4, { seq: 9 }), [effect()], "succeeded", "a gap"],
    ["an older lease that writes", change(1, { fencing: 7 }), [effect()], "succeeded", "a lost lease wrote"],
    ["no end", good().slice(0, 4), [effect()], "running", "ended as running"],
  ])("finds %s", (...[, entries, effects, state, says]) => {
    expect(checkHistory({ jobs: [job(state)], entries, effects }).join("\n")).toContain(says);
  });

  it("finds two at once in one lane", () => {
    const entries = [...good("a"), ...good("b", 3)];
    const effects = [effect(), effect("POST /x", "b")];
    const jobs = [job(), job("succeeded", "b")];
    expect(checkHistory({ jobs, entries, effects })).toEqual([
      "b: began in t before the one in it had ended",
    ]);
  });
});
