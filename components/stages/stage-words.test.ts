import { expect, test } from "vitest";
import { NOTHING_PROVEN } from "#server/domain/marker/compute.ts";
import { STAGE_STATES } from "#server/domain/tenant/progress.ts";
import { gradeWords, markerPeople, markerWords, stageNumber, stageWords } from "./stage-words.ts";

test("every state of a stage has a word of its own", () => {
  const labels = STAGE_STATES.map((state) => stageWords(state).label);
  expect(new Set(labels).size).toBe(STAGE_STATES.length);
});

test.each([
  ["locked", "The domain", "Opens after The domain"],
  ["locked", null, "Locked"],
  ["open", "The domain", "Open"],
] as const)("a %s stage after %j says %j", (state, before, label) => {
  expect(stageWords(state, before).label).toBe(label);
});

test("a marker without a run names nobody, and one that nobody approved says only who ran it", () => {
  const run = {
    jobId: "j",
    number: 1,
    tenantId: "t",
    finishedAt: new Date(0),
    requestedBy: "Olivia",
    approvedBy: null,
  };
  const marker = NOTHING_PROVEN;
  expect(markerPeople(null)).toBeNull();
  expect(markerPeople(marker)).toBeNull();
  expect(markerPeople({ ...marker, run })).toBe("run by Olivia");
  expect(markerPeople({ ...marker, run: { ...run, approvedBy: "Rita" } })).toBe(
    "run by Olivia, approved by Rita",
  );
  expect(markerPeople({ ...marker, readBy: ["Rita", "Otto"] })).toBe("by Rita, Otto");
  expect(markerWords(null).label).toBe("Never run");
  expect(gradeWords(marker)).toBeNull();
});

test("what people did is not called never run, and not proven either", () => {
  const marker = { ...NOTHING_PROVEN, isByHand: true };
  expect(markerWords(marker)).toMatchObject({ state: "by_hand", label: "Done by hand" });
  expect(markerWords({ ...marker, kind: "corrected_pending" }).label).toBe(
    "Corrected, not re-run, done by hand",
  );
  expect(markerWords({ ...marker, kind: "refuted" }).label).toBe("Refuted");
  expect(gradeWords(marker)).toBeNull();
});

test("stage 6-7 is written 6/7", () => {
  expect(stageNumber("6-7")).toBe("6/7");
  expect(stageNumber("2.5")).toBe("2.5");
});
