import { existsSync, readFileSync } from "node:fs";
import { stripVTControlCharacters } from "node:util";

/** Totals of test runs from the reports the runners write. A report that is missing is a failure, not a zero. */

export const NOTHING = { passed: 0, failed: 0, skipped: 0 };

export const add = (a, b) => ({
  passed: a.passed + b.passed,
  failed: a.failed + b.failed,
  skipped: a.skipped + b.skipped,
});

/** Counts of vitest's JSON report. A file that could not be loaded has no test and counts as one failure. */
export function tallyVitest(report) {
  const unloaded = report.testResults.filter(
    (file) => file.status === "failed" && !file.assertionResults.some((test) => test.status === "failed"),
  ).length;
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + unloaded,
    skipped: report.numPendingTests + report.numTodoTests,
  };
}

/** Counts of Playwright's JSON report. A second try is allowed in CI only; the report names such a test as flaky. */
export function tallyPlaywright({ stats, errors }) {
  return {
    passed: stats.expected + stats.flaky,
    failed: stats.unexpected + errors.length,
    skipped: stats.skipped,
  };
}

const firstLine = (text = "no reason was given") => stripVTControlCharacters(text).trim().split("\n", 1)[0];

/** What failed in vitest's JSON report, a line each, with the first line of its reason. */
export const failedInVitest = ({ testResults }) =>
  testResults.flatMap(({ name, message, status, assertionResults }) => {
    const failed = assertionResults.filter((test) => test.status === "failed");
    if (status === "failed" && failed.length === 0) return [`${name}: ${firstLine(message)}`];
    return failed.map((test) => `${name} > ${test.fullName}: ${firstLine(test.failureMessages[0])}`);
  });

/** What failed in Playwright's JSON report, a line each, with the first line of its reason. */
export function failedInPlaywright({ suites = [], errors = [] }) {
  const specsOf = (suite) => [...(suite.specs ?? []), ...(suite.suites ?? []).flatMap(specsOf)];
  const failed = suites.flatMap(specsOf).filter((spec) => !spec.ok);
  return [
    ...failed.map(({ file, title, tests }) => {
      const results = tests.flatMap((test) => test.results);
      const reason = results.findLast(({ error }) => error !== undefined);
      return `${file} > ${title}: ${firstLine(reason?.error.message)}`;
    }),
    ...errors.map(({ message }) => firstLine(message)),
  ];
}

const read = (file) => (existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : null);

/** The failures that a report names; none where there is no report. */
export function failuresOf(file, list) {
  const report = read(file);
  return report === null ? [] : list(report);
}

/** Reads a report; where there is none, or the runner failed without a failed test, that is one failure. */
export function tallyFile(file, tally, isRunGood) {
  const report = read(file);
  const counts = report === null ? NOTHING : tally(report);
  const isExplained = isRunGood || counts.failed > 0;
  return isExplained ? counts : { ...counts, failed: 1 };
}

export const closingLine = ({ passed, failed, skipped }) =>
  `${passed} passed, ${failed} failed, ${skipped} skipped`;

/** Good means: something ran, and nothing failed. */
export const isGood = ({ passed, failed }) => passed > 0 && failed === 0;
