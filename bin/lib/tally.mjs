import { existsSync, readFileSync } from "node:fs";

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

/** Reads a report; where there is none, or the runner failed without a failed test, that is one failure. */
export function tallyFile(file, tally, isRunGood) {
  const counts = existsSync(file) ? tally(JSON.parse(readFileSync(file, "utf8"))) : NOTHING;
  const isExplained = isRunGood || counts.failed > 0;
  return isExplained ? counts : { ...counts, failed: 1 };
}

export const closingLine = ({ passed, failed, skipped }) =>
  `${passed} passed, ${failed} failed, ${skipped} skipped`;

/** Good means: something ran, and nothing failed. */
export const isGood = ({ passed, failed }) => passed > 0 && failed === 0;
