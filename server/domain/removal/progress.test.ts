import { describe, expect, it } from "vitest";
import { samplePlan } from "#server/testing/sample-plan.ts";
import type { PlannedRemoval, PlannedStep, StagePlan } from "../plan/plan.ts";
import { removalNow } from "./progress.ts";

function row(key: string, of: Partial<PlannedRemoval> = {}): PlannedRemoval {
  return {
    callId: null,
    key,
    kind: "router",
    id: key,
    name: key,
    owner: "project acme-prod",
    why: "It stands in the project acme-prod.",
    goesWith: null,
    after: [],
    ...of,
  };
}

function planOf(steps: { operation: string; removes?: PlannedRemoval[]; id?: string }[]): StagePlan {
  const [first] = samplePlan().steps;
  if (first === undefined) throw new Error("The sample plan has no step.");
  return {
    ...samplePlan(),
    steps: steps.map(({ operation, removes, id }): PlannedStep => ({
      ...first,
      operation,
      outputs: id === undefined ? {} : { id },
      words: { ...first.words, ...(removes ? { removes } : {}) },
    })),
  };
}

const audit = {
  operation: "tenant.audit",
  removes: [row("cluster:c"), row("router:r"), row("trust:t", { goesWith: "user:u" }), row("user:u")],
};
const states = (now: ReturnType<typeof removalNow>) => now?.things.map(({ key, state }) => `${key} ${state}`);

describe("removalNow", () => {
  it("knows nothing before an audit", () => {
    expect(removalNow([])).toBeNull();
    expect(removalNow([{ plan: samplePlan(), applied: ["domain.create"] }])).toBeNull();
  });

  it("has everything there that no call has removed, and along what goes with it", () => {
    expect(states(removalNow([{ plan: planOf([audit]), applied: [] }]))).toEqual([
      "cluster:c there",
      "router:r there",
      "trust:t along",
      "user:u there",
    ]);
  });

  it("counts what calls of the same and of later runs removed, and nothing that only was planned", () => {
    const removal = {
      operation: "tenant.remove",
      removes: [row("router:r", { callId: "n.1" }), row("user:u", { callId: "n.2" })],
    };
    const cluster = { operation: "container_infra.cluster.delete", id: "c" };
    const runs = [
      { plan: planOf([removal]), applied: ["n.2"] },
      { plan: planOf([cluster]), applied: ["domain.create"] },
      { plan: planOf([audit, removal]), applied: [] },
    ];
    expect(states(removalNow(runs))).toEqual([
      "cluster:c gone",
      "router:r there",
      "trust:t gone",
      "user:u gone",
    ]);
    expect(states(removalNow(runs.slice(2)))).toContain("cluster:c there");
  });

  it("goes by the newest audit, not by what an older one found", () => {
    const now = removalNow([
      { plan: planOf([{ operation: "tenant.audit", removes: [] }]), applied: [] },
      { plan: planOf([audit]), applied: [] },
    ]);
    expect(now).toEqual({ at: 0, things: [] });
  });
});
