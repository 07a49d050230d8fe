import { globSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

/** Everything that runs in production, by path. */
const SOURCES = globSync([
  "app/**/*.{ts,tsx}",
  "components/**/*.{ts,tsx}",
  "server/**/*.ts",
  "bin/**/*.mjs",
]).filter((file) => !/\.test\.tsx?$|^server\/testing\//.test(file));
const filesWith = (pattern: RegExp, but: string) =>
  SOURCES.filter((file) => file !== but && pattern.test(readFileSync(file, "utf8"))).sort();

describe("the way to the cloud", () => {
  it("knows its sources", () => expect(SOURCES.length).toBeGreaterThan(300));

  it.each<[string, RegExp, string, string[]]>([
    [
      "the executor is called by the runner's loop alone",
      /\brunJob\(/,
      "server/runner/executor.ts",
      ["server/runner/runner.ts"],
    ],
    [
      "a queued job is set running by the claim alone",
      /(?<!from: "awaiting_person", )to: "running"/,
      "",
      ["server/runner/claim.ts"],
    ],
    [
      "a job that waits for a person goes on by that person's word, a cancellation or the end of its time",
      /from: "awaiting_person", to: "running"/,
      "",
      ["server/runner/expire.ts", "server/services/hand/attest.ts", "server/services/job/cancel.ts"],
    ],
    ["an approval is spent by the claim alone", /consumedAt: at/, "", ["server/runner/claim.ts"]],
    [
      "whether a job may start is decided for the claim alone",
      /\bdecideStart\(/,
      "server/runner/authority.ts",
      ["server/runner/claim.ts"],
    ],
    [
      "the claim is called by the runner's loop alone",
      /\bclaimJob\(/,
      "server/runner/claim.ts",
      ["server/runner/runner.ts"],
    ],
    [
      "rules are written by their proposal alone",
      /insert\(approvalRuleSet\)/,
      "",
      ["server/services/rules/change.ts"],
    ],
  ])("%s", (...[, pattern, home, callers]) => {
    expect(filesWith(pattern, home)).toEqual(callers);
  });
});
