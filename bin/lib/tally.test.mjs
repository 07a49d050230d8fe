import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import {
  add,
  closingLine,
  failedInPlaywright,
  failedInVitest,
  failuresOf,
  isGood,
  tallyFile,
  tallyPlaywright,
  tallyVitest,
} from "./tally.mjs";

const folder = mkdtempSync(join(tmpdir(), "countersign-tally-"));
afterAll(() => rmSync(folder, { recursive: true }));

const counts = (passed, failed, skipped) => ({ passed, failed, skipped });
const vitestReport = (over) => ({
  numPassedTests: 5,
  numFailedTests: 0,
  numPendingTests: 1,
  numTodoTests: 1,
  testResults: [{ status: "passed", assertionResults: [{ status: "passed" }] }],
  ...over,
});

it("counts vitest's tests, and a file that could not be loaded as a failure", () => {
  expect(tallyVitest(vitestReport({}))).toEqual(counts(5, 0, 2));
  const unloaded = [{ status: "failed", assertionResults: [] }];
  expect(tallyVitest(vitestReport({ testResults: unloaded }))).toEqual(counts(5, 1, 2));
  const failed = [{ status: "failed", assertionResults: [{ status: "failed" }] }];
  expect(tallyVitest(vitestReport({ numFailedTests: 1, testResults: failed }))).toEqual(counts(5, 1, 2));
});

it("counts Playwright's tests, an error outside a test as a failure, a second try as passed", () => {
  const stats = { expected: 4, unexpected: 1, flaky: 1, skipped: 2 };
  expect(tallyPlaywright({ stats, errors: [] })).toEqual(counts(5, 1, 2));
  expect(tallyPlaywright({ stats, errors: [{}] })).toEqual(counts(5, 2, 2));
});

it("counts a missing report, or a run that failed without a failed test, as one failure", () => {
  const file = join(folder, "report.json");
  expect(tallyFile(file, tallyVitest, false)).toEqual(counts(0, 1, 0));
  writeFileSync(file, JSON.stringify(vitestReport({})));
  expect(tallyFile(file, tallyVitest, true)).toEqual(counts(5, 0, 2));
  expect(tallyFile(file, tallyVitest, false)).toEqual(counts(5, 1, 2));
});

it("names what failed with the first line of its reason, and says nothing of what passed", () => {
  const results = [
    { status: "passed", fullName: "holds" },
    { status: "failed", fullName: "breaks", failureMessages: ["\u001b[31mexpected 1\u001b[39m\n  at a.ts"] },
  ];
  const testResults = [
    { name: "a.test.ts", status: "failed", message: "", assertionResults: results },
    { name: "b.test.ts", status: "failed", message: "Cannot find module\n at b", assertionResults: [] },
    { name: "c.test.ts", status: "passed", message: "", assertionResults: [results[0]] },
  ];
  expect(failedInVitest({ testResults })).toEqual([
    "a.test.ts > breaks: expected 1",
    "b.test.ts: Cannot find module",
  ]);
  const failed = { file: "x.spec.ts", title: "is seen", ok: false };
  const tries = [{ error: { message: "first" } }, { error: { message: "second\nmore" } }];
  const suites = [
    { specs: [{ ok: true }], suites: [{ specs: [{ ...failed, tests: [{ results: tries }] }] }] },
    { specs: [{ ...failed, tests: [{ results: [{}] }] }] },
  ];
  expect(failedInPlaywright({ suites, errors: [{ message: "a worker ended" }] })).toEqual([
    "x.spec.ts > is seen: second",
    "x.spec.ts > is seen: no reason was given",
    "a worker ended",
  ]);
  expect(failuresOf(join(folder, "nowhere.json"), failedInVitest)).toEqual([]);
});

it.each([
  [counts(1, 0, 0), true],
  [counts(1, 0, 9), true],
  [counts(0, 0, 0), false],
  [counts(0, 0, 9), false],
  [counts(9, 1, 0), false],
])("%o is good: %s", (total, expected) => {
  expect(isGood(total)).toBe(expected);
});

it("closes with the totals", () => {
  expect(closingLine(add(counts(1, 2, 3), counts(10, 20, 30)))).toBe("11 passed, 22 failed, 33 skipped");
});
