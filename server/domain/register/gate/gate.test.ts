import { describe, expect, it } from "vitest";
import { RECORD_STATES } from "../record.ts";
import { describeCover, type GateCover, isCovered, isHolding } from "./gate.ts";
import { gateCoverSchema } from "./schema.ts";

const ANY: GateCover = {
  cloudName: null,
  tenantSlug: null,
  runbookSlug: null,
  stageKey: null,
  operation: null,
};
const SCENE = {
  cloudName: "omega",
  tenantSlug: "acme",
  runbookSlug: "tenant-onboarding",
  stageKey: "6-7",
  operations: ["network.create", "cluster.create"],
};

it.each<[string, Partial<GateCover>, boolean]>([
  ["the cloud", { cloudName: "omega" }, true],
  ["another cloud", { cloudName: "alpha" }, false],
  ["the tenant", { tenantSlug: "acme" }, true],
  ["another tenant", { tenantSlug: "acme2" }, false],
  ["the stage of the runbook", { runbookSlug: "tenant-onboarding", stageKey: "6-7" }, true],
  ["the same stage key of another runbook", { runbookSlug: "tenant-removal", stageKey: "6-7" }, false],
  ["another stage", { runbookSlug: "tenant-onboarding", stageKey: "6" }, false],
  ["an operation of the stage", { operation: "cluster.create" }, true],
  ["an operation that begins so", { operation: "cluster" }, false],
  ["all parts", { cloudName: "omega", tenantSlug: "acme", operation: "network.create" }, true],
  ["all parts but one", { cloudName: "omega", tenantSlug: "other", operation: "network.create" }, false],
  ["other letters", { cloudName: "Omega" }, false],
])("a gate on %s", (_name, cover, expected) => {
  expect(isCovered({ ...ANY, ...cover }, SCENE)).toBe(expected);
});

it("holds in every state but those of a ruling in force", () => {
  expect(RECORD_STATES.filter((state) => !isHolding(state)).sort()).toEqual([
    "adopted",
    "amended",
    "closed",
    "superseded",
  ]);
});

describe("what a gate may name", () => {
  it.each<[string, object]>([
    ["nothing", {}],
    ["a stage of no runbook", { stageKey: "6", cloudName: "omega" }],
    ["a stage alone", { stageKey: "6" }],
    ["an empty name", { cloudName: " " }],
    ["something unknown", { cloudName: "omega", region: "x" }],
    ["a name without an end", { operation: "x".repeat(5000) }],
  ])("is not %s", (_name, cover) => {
    expect(gateCoverSchema.safeParse({ ...ANY, ...cover }).success).toBe(false);
  });

  it("is said in words", () => {
    const cover = gateCoverSchema.parse({ ...ANY, runbookSlug: "tenant-onboarding", stageKey: "6-7" });
    expect(describeCover(cover)).toBe("stage 6-7 of the runbook tenant-onboarding");
    expect(describeCover({ ...ANY, operation: "cluster.create", tenantSlug: "acme" })).toBe(
      "the operation cluster.create on the tenant acme",
    );
  });
});
