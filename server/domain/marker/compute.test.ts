import { describe, expect, it } from "vitest";
import { computeMarkers, type GreenRun, type MarkerKind } from "./compute.ts";

const STAGES = [
  { key: "0", hash: "h0" },
  { key: "1", hash: "h1" },
  { key: "2.5", hash: "h25" },
];

const run = (stageKey: string, stageHash: string, change: Partial<GreenRun> = {}): GreenRun => ({
  stageKey,
  stageHash,
  jobId: `job-${stageKey}`,
  finishedAt: new Date("2026-01-01T00:00:00Z"),
  cloudId: "here",
  requestedBy: "ada",
  approvedBy: "bob",
  ...change,
});

const kinds = (runs: GreenRun[]) =>
  STAGES.map(({ key }) => computeMarkers(STAGES, runs, "here").get(key)?.kind);

const V = "validated";
const C = "corrected_pending";
const P = "procedure_pending";

describe("computeMarkers", () => {
  it.each<[string, GreenRun[], MarkerKind[]]>([
    ["no run", [], [P, P, P]],
    ["the first stage green", [run("0", "h0")], [V, P, P]],
    ["all green", [run("0", "h0"), run("1", "h1"), run("2.5", "h25")], [V, V, V]],
    ["a green run of other bytes", [run("0", "old")], [C, P, P]],
    [
      "an edited stage demotes what stands after it",
      [run("0", "h0"), run("1", "old"), run("2.5", "h25")],
      [V, C, C],
    ],
    ["an edited first stage demotes all", [run("0", "old"), run("1", "h1"), run("2.5", "h25")], [C, C, C]],
    ["a stage that was added demotes what stands after it", [run("0", "h0"), run("2.5", "h25")], [V, P, C]],
    ["green before and after the edit", [run("1", "old"), run("1", "h1"), run("0", "h0")], [V, V, P]],
    ["green on another cloud only", [run("0", "h0", { cloudId: "there" })], [P, P, P]],
    ["other bytes on another cloud", [run("0", "old", { cloudId: "there" }), run("0", "h0")], [V, P, P]],
    ["the same bytes under another key", [run("1", "h0")], [P, C, P]],
  ])("%s", (_what, runs, expected) => {
    expect(kinds(runs)).toEqual(expected);
  });

  it("names the newest run that proves it, and none otherwise", () => {
    const older = run("0", "h0", { jobId: "older" });
    const newer = run("0", "h0", { jobId: "newer", finishedAt: new Date("2026-01-02T00:00:00Z") });
    const edited = run("0", "old", { jobId: "edited", finishedAt: new Date("2026-01-03T00:00:00Z") });
    for (const runs of [
      [older, newer, edited],
      [edited, newer, older],
    ]) {
      expect(computeMarkers(STAGES, runs, "here").get("0")?.run?.jobId).toBe("newer");
    }
    expect(computeMarkers(STAGES, [edited], "here").get("0")?.run).toBeNull();
  });
});
