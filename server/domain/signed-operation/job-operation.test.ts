import { describe, expect, it } from "vitest";
import { samplePlan } from "#server/testing/sample-plan.ts";
import { classifyOperation } from "../effect/classify.ts";
import type { StagePlan } from "../plan/plan.ts";
import { canonicalOperation, parseOperation } from "./envelope.ts";
import { envelopeOf, operationOfJob } from "./job-operation.ts";

const plan = samplePlan();
const jobOf = (change: Partial<StagePlan> = {}) => ({
  id: "job-1",
  number: 7,
  digest: "sha256:digest",
  contentDigest: "sha256:content",
  plan: { ...plan, ...change },
});

/** The steps of the sample as these operations, all of them destroying. */
const destroying = (...operations: string[]) =>
  operations.flatMap((operation) =>
    plan.steps.slice(0, 1).map((step) => ({ ...step, operation, effect: "destroy" as const })),
  );

describe("operationOfJob", () => {
  it.each<[string, StagePlan["steps"], string]>([
    ["nothing that destroys", plan.steps, "change"],
    ["no step", [], "change"],
    ["clusters alone", destroying("container_infra.cluster.delete"), "guest_destroy"],
    ["a project", destroying("identity.project.delete"), "decommission"],
    ["both", destroying("container_infra.cluster.delete", "identity.project.delete"), "decommission"],
    ["an unknown operation", destroying("constructor"), "decommission"],
  ])("with %s is never benign", (_what, steps, op) => {
    const operation = operationOfJob(jobOf({ steps }), "cloud-1");
    expect(operation).toMatchObject({ op, hostId: "cloud-1", guestId: plan.tenant.id });
    const about = { operationClass: op, jobId: "job-1", objectId: plan.tenant.id, journal: [] };
    expect(classifyOperation(about).disposition).toBe("destructive");
  });

  it("binds the digest and names every call", () => {
    const { params } = operationOfJob(jobOf(), "cloud-1");
    expect(params).toMatchObject({ digest: "sha256:digest", content_digest: "sha256:content", job: "job-1" });
    expect(params["calls"]).toHaveLength(plan.steps.flatMap(({ calls }) => calls).length);
    expect(params["calls"]).toContain("POST identity /domains");
  });
});

describe("envelopeOf", () => {
  it("makes an envelope whose bytes read back as it", () => {
    const issuedAt = new Date("2030-01-15T12:00:00Z");
    const expiresAt = new Date("2030-01-16T12:00:00Z");
    const life = { nonce: "nonce-0123456789", issuedAt, expiresAt };
    const envelope = envelopeOf(operationOfJob(jobOf(), "cloud-1"), life);
    expect(parseOperation(canonicalOperation(envelope))).toEqual(envelope);
  });
});
