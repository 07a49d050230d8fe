import { describe, expect, it } from "vitest";
import { samplePlan } from "#server/testing/sample-plan.ts";
import type { StagePlan } from "../plan/plan.ts";
import type { Identity, Service } from "../plan/states.ts";
import { cleanRoomReport } from "./clean-room.ts";

/** The sample plan with one step of one call and one read. */
function planOf(identity: Identity, service: Service, path: string): StagePlan {
  const plan = samplePlan();
  const steps = plan.steps.slice(0, 1).map((step) => ({
    ...step,
    identity,
    calls: step.calls.slice(0, 1).map((call) => ({ ...call, id: "one", service, path })),
    words: { ...step.words, reads: [{ service, path }] },
  }));
  return { ...plan, steps };
}

const reportOf = (plan: StagePlan, hadManager = true) => cleanRoomReport(plan, { hadManager, sent: null });

describe("cleanRoomReport", () => {
  it.each<[Service, string, boolean, "needed" | "avoidable"]>([
    ["identity", "/domains", true, "needed"],
    ["identity", "/domains?name=acme", true, "needed"],
    ["identity", "/domains/{{domain.id}}", true, "needed"],
    ["identity", "/domains/d/users/u/roles/r", false, "needed"],
    ["identity", "/domains/d/users/u/roles/r", true, "avoidable"],
    ["identity", "/projects/p/users/u/roles/r", true, "avoidable"],
    ["identity", "/role_assignments?scope.domain.id=d", true, "needed"],
    ["identity", "/roles?name=member", true, "needed"],
    ["identity", "/users", false, "needed"],
    ["identity", "/users", true, "avoidable"],
    ["identity", "/projects", false, "needed"],
    ["identity", "/projects", true, "avoidable"],
    ["identity", "/domainsx", true, "avoidable"],
    ["compute", "/os-quota-sets/p", true, "needed"],
    ["compute", "/os-keypairs", true, "avoidable"],
    ["network", "/quotas/p", true, "needed"],
    ["network", "/networks", true, "avoidable"],
    ["container-infra", "/quotas", true, "needed"],
    ["container-infra", "/clusters", true, "avoidable"],
    ["image", "/images", true, "avoidable"],
  ])("of an operator on %s %s, with a manager %s: %s", (...given) => {
    const [service, path, hadManager, verdict] = given;
    const report = reportOf(planOf("operator-admin", service, path), hadManager);
    expect(report.calls.map((call) => call.verdict)).toEqual([verdict, verdict]);
    expect(report).toMatchObject({ operator: 2, avoidable: verdict === "avoidable" ? 2 : 0 });
    expect(report.calls[0]).toMatchObject({ callId: null, method: "GET" });
    expect(report.calls[1]).toMatchObject({ callId: "one", method: "POST" });
  });

  it.each<Identity>(["domain-manager", "service-user", "application-credential"])(
    "of %s is the tenant's own",
    (identity) => {
      const report = reportOf(planOf(identity, "identity", "/domains"));
      expect(report).toMatchObject({
        operator: 0,
        avoidable: 0,
        calls: [{ verdict: "tenant" }, { verdict: "tenant" }],
      });
    },
  );

  it("leaves out calls that were not sent", () => {
    const plan = planOf("operator-admin", "network", "/networks");
    expect(cleanRoomReport(plan, { hadManager: true, sent: new Set() }).calls).toHaveLength(1);
    expect(cleanRoomReport(plan, { hadManager: true, sent: new Set(["one"]) }).calls).toHaveLength(2);
  });
});
