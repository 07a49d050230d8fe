import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type RunningSandbox, startSandbox } from "#server/sandbox/kernel/server.ts";
import type { PolicyVariant } from "#server/sandbox/kernel/world.ts";
import { type Onboarding, type StageRun, startOnboarding } from "#server/testing/stage-executor.ts";

const STAGES = ["0", "1", "2", "2.5", "3", "4", "5", "6-7"];
const GOOD: PolicyVariant = { createUser: "fixed", trust: "target", override: "on", appCredTrust: true };
const INPUTS = { cidr: "10.20.24.0/24", instances: 12, cores: 24, ramMb: 61_440, nodeCount: 2 };

let dataDir: string;
let cloud: RunningSandbox;

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "countersign-operations-"));
  cloud = await startSandbox({ dataDir, policy: GOOD, clusterCreateMs: 40 });
});
afterEach(async () => {
  for (const onboarding of started.splice(0)) await onboarding.close();
  await cloud.close();
  await rm(dataDir, { recursive: true });
});

const started: Onboarding[] = [];

function onboard(slug = "acme", inputs = INPUTS): Onboarding {
  const onboarding = startOnboarding({
    cloudsFile: cloud.cloudsFile,
    cloudName: "embedded",
    slug,
    inputs,
    // The embedded cluster is done in 40 ms.
    wait: () => setTimeout(15),
  });
  started.push(onboarding);
  return onboarding;
}

/** Runs stages until one does not pass; the last run is the telling one. */
async function runUntil(onboarding: Onboarding, last: string): Promise<StageRun> {
  let run: StageRun | null = null;
  for (const key of STAGES.slice(0, STAGES.indexOf(last) + 1)) {
    run = await onboarding.run(key);
    if (key !== last) expect({ key, ...problemsOf(run) }).toEqual({ key, ...NO_PROBLEMS });
  }
  if (run === null) throw new Error(`No stage ${last}.`);
  return run;
}

const NO_PROBLEMS = { blocked: null, unexpected: [], failed: [] };
function problemsOf(run: StageRun) {
  return { blocked: run.blocked, unexpected: run.unexpected, failed: failedOf(run) };
}
function failedOf({ gate }: StageRun): string[] {
  return (gate?.assertions ?? []).filter(({ passed }) => !passed).map(({ says }) => says);
}

describe("onboarding on the embedded cloud", () => {
  it("walks every stage, then finds everything already so", async () => {
    const onboarding = onboard();
    const last = await runUntil(onboarding, "6-7");
    expect(problemsOf(last)).toEqual(NO_PROBLEMS);
    expect(last.gate?.passed).toBe(true);
    expect(onboarding.saved).toMatchObject({
      manager_assignments: [expect.stringMatching(/^manager on domain:[0-9a-f]{32}$/)],
      delegated_trusts: "allowed",
      cluster_status: "CREATE_COMPLETE",
      cluster_cause: "complete",
      trustee: "present",
      trust: "present",
      domain_list_shows: "others",
    });
    expect([...onboarding.secrets.keys()].sort()).toEqual([
      "app_cred_secret",
      "keypair_private_key",
      "manager_password",
      "svc_initial_password",
      "svc_password",
    ]);
    for (const key of STAGES) {
      const again = await onboarding.run(key);
      expect({ key, ...problemsOf(again) }).toEqual({ key, ...NO_PROBLEMS });
      expect(Object.values(again.dispositions)).not.toContain("apply");
      expect(Object.keys(again.statuses).every((id) => id.endsWith(".attempt"))).toBe(true);
    }
  });

  it("sends no password but by reference, and the one of the reset alone", async () => {
    const onboarding = onboard();
    await runUntil(onboarding, "2.5");
    const { drafts } = await onboarding.run("3");
    const reset = drafts["password"];
    expect(reset?.disposition === "apply" && reset.calls.map(({ body }) => body)).toEqual([
      { user: { password: "{{secret:svc_password}}" } },
    ]);
    for (const secret of onboarding.secrets.values()) expect(JSON.stringify(drafts)).not.toContain(secret);
  });

  it("keeps two tenants apart by their networks", async () => {
    await runUntil(onboard("acme"), "4");
    const blocked = await runUntil(onboard("globex"), "4");
    expect(blocked.blocked).toMatchObject({ stepId: "cidr_check" });
    expect(blocked.blocked?.says).toContain("10.20.24.0/24 overlaps 10.20.24.0/24");
  });

  it("records that a domain listing shows everybody", async () => {
    const run = await runUntil(onboard(), "2.5");
    expect(run.findings.map(({ code }) => code)).toEqual(["domain_list_shows_all"]);
    expect(run.values["domain_list"]).toMatchObject({ shows: "others", own_visible: true });
  });
});

describe("a policy that is not what it should be", () => {
  it("names create_user when Magnum cannot make its trustee", async () => {
    cloud.setPolicy({ ...GOOD, createUser: "broken" });
    const run = await runUntil(onboard(), "6-7");
    expect(failedOf(run)[0]).toBe("Magnum could create its trustee");
    expect(run.gate?.assertions[0]?.advice).toContain("create_user");
    expect(run.values["delegation"]).toMatchObject({ cause: "trustee_refused", trustee: "absent" });
    expect(run.values["verdict"]).toMatchObject({ status: "CREATE_FAILED", cause: "trustee_or_trust" });
  });

  it("names create_trust when the trustee exists and the trust does not", async () => {
    cloud.setPolicy({ ...GOOD, trust: "body" });
    const run = await runUntil(onboard(), "6-7");
    expect(failedOf(run)[0]).toBe("Keystone let the trust be made");
    expect(run.values["delegation"]).toMatchObject({
      cause: "trust_refused",
      trustee: "present",
      trust: "absent",
    });
  });

  it("tells in stage 3 that application credentials are barred from trusts", async () => {
    cloud.setPolicy({ ...GOOD, appCredTrust: false });
    const run = await runUntil(onboard(), "3");
    expect(failedOf(run)).toEqual(["Application credentials may handle trusts on this cloud"]);
    expect(run.findings.map(({ code }) => code)).toEqual(["delegated_trusts_barred"]);
  });

  it("orders no cluster when trusts were barred after stage 3", async () => {
    const onboarding = onboard();
    await runUntil(onboarding, "5");
    cloud.setPolicy({ ...GOOD, appCredTrust: false });
    const run = await onboarding.run("6-7");
    expect(run.blocked?.stepId).toBe("trusts_again");
    expect(run.blocked?.says).toContain("bars application credentials from trusts");
    expect(cloud.world.containerInfra.clusters).toEqual([]);
  });

  it("stops at the project when the persona is not attached", async () => {
    cloud.setPolicy({ ...GOOD, override: "off" });
    const onboarding = onboard();
    await runUntil(onboarding, "1");
    const { blocked } = await onboarding.run("2");
    expect(blocked?.stepId).toBe("project");
    expect(blocked?.says).toContain("the Domain Manager policy is not in force");
  });
});

describe("a tenant that escalated all the same", () => {
  it("fails the gate of stage 2 on what is found, whatever the attempts were answered", async () => {
    const onboarding = onboard();
    await runUntil(onboarding, "2");
    const { identity } = cloud.world;
    const idOf = (name: string) => String(onboarding.saved[name] as string);
    identity.grants.push({
      roleId: idOf("role_admin_id"),
      actor: { kind: "user", id: idOf("svc_id") },
      target: { kind: "project", id: idOf("project_id") },
    });
    const run = await onboarding.run("2");
    expect(run.statuses["try_admin.attempt"]).toBe(403);
    expect(failedOf(run)).toEqual([
      "The service user holds member and load-balancer_member on the project, and nothing else",
      "The manager could not make an administrator",
    ]);
    expect(run.findings.map(({ code }) => code)).toEqual(["escalation_possible"]);
  });
});
