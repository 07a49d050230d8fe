import { expect, test } from "vitest";
import type { StageState } from "#server/domain/tenant/progress.ts";
import { type BoardTenant, countShown, currentStage, filterTenants } from "./board-rows.ts";

function tenant(slug: string, ...states: StageState[]): BoardTenant {
  const cells = states.map((state) =>
    state === "locked" ? null : { state, jobId: null, at: null, by: null, isEmergency: false },
  );
  return { id: slug, slug, handedOverAt: null, cells, proofs: [] };
}

const tenants = [
  tenant("acme", "passed", "passed"),
  tenant("beta", "passed", "waiting"),
  tenant("gamma", "failed", "locked"),
  tenant("delta", "open", "locked"),
];

test.each([
  [{ q: "", show: "all" }, ["acme", "beta", "gamma", "delta"]],
  [{ q: " TA ", show: "all" }, ["beta", "delta"]],
  [{ q: "", show: "attention" }, ["beta", "gamma"]],
  [{ q: "", show: "complete" }, ["acme"]],
  [{ q: "acme", show: "attention" }, []],
] as const)("%j shows %j", (given, slugs) => {
  expect(filterTenants(tenants, given).map(({ slug }) => slug)).toEqual(slugs);
});

test("a tenant without stages is not complete", () => {
  expect(countShown([tenant("empty")], "complete")).toBe(0);
});

test.each([
  [["passed", "open", "locked"], 1],
  [["passed", "passed"], 1],
  [["failed", "passed"], 0],
  [["locked"], 0],
  [[], -1],
] as const)("of %j stage %s matters now", (states, at) => {
  expect(currentStage(tenant("x", ...states).cells)).toBe(at);
});
