import { describe, expect, it } from "vitest";
import { explainDeletion } from "./cluster-deletion.ts";

describe("what a cluster's deletion came to", () => {
  it.each<[string, [string | null, string | null], [RegExp, RegExp]]>([
    ["gone", [null, null], [/gone/, /^$/]],
    ["failed for a port", ["DELETE_FAILED", "Port 17 still in use"], [/Port 17/, /load balancers or ports/]],
    ["failed for another reason", ["DELETE_FAILED", "quota"], [/quota/, /named in the reason/]],
    ["failed without a reason", ["DELETE_FAILED", ""], [/gives no reason/, /named in the reason/]],
    ["not done in time", ["DELETE_IN_PROGRESS", null], [/still being deleted/, /sends nothing twice/]],
    ["not begun", ["CREATE_COMPLETE", null], [/still there/, /conductor/]],
  ])("%s", (_what, [status, reason], [says, advice]) => {
    const explained = explainDeletion(status, reason);
    expect(explained.says).toMatch(says);
    expect(explained.advice).toMatch(advice);
  });
});
