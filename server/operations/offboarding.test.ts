import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type RunningSandbox, startSandbox } from "#server/sandbox/kernel/server.ts";
import { type Onboarding, startOnboarding } from "#server/testing/stage-executor.ts";

const STAGES = ["0", "1", "2", "2.5", "3", "4", "5", "6-7"];

let dataDir: string;
let cloud: RunningSandbox;
const opened: Onboarding[] = [];

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "countersign-offboarding-"));
  cloud = await startSandbox({ dataDir, clusterCreateMs: 40 });
});
afterAll(async () => {
  for (const one of opened) await one.close();
  await cloud.close();
  await rm(dataDir, { recursive: true });
});

async function onboarded(slug: string, third: number): Promise<Onboarding> {
  const tenant = startOnboarding({
    cloudsFile: cloud.cloudsFile,
    cloudName: "embedded",
    slug,
    inputs: { cidr: `10.20.${third}.0/24`, instances: 10, cores: 20, ramMb: 51_200, nodeCount: 1 },
    wait: () => setTimeout(15),
  });
  opened.push(tenant);
  for (const key of STAGES) expect((await tenant.run(key)).gate?.passed).toBe(true);
  return tenant;
}

function clusterPath({ saved }: Onboarding): string {
  const { cluster_id: id } = saved;
  if (typeof id !== "string") throw new Error("The tenant has no cluster.");
  return `/clusters/${id}`;
}

describe("deleting a tenant's cluster", () => {
  it("sends one destructive call, watches it go, and finds trustee and trust gone", async () => {
    const tenant = await onboarded("acme", 11);
    const run = await tenant.run("R1");
    expect(run.unexpected).toEqual([]);
    expect(run.gate?.passed).toBe(true);
    const draft = run.drafts["cluster"];
    expect(
      draft?.disposition === "apply" && draft.calls.map(({ method, effect }) => [method, effect]),
    ).toEqual([["DELETE", "destroy"]]);
    expect(run.values["cluster"]).toMatchObject({ state: "gone", advice: "" });
    expect(run.values["delegation_gone"]).toEqual({ trustee: "absent", trust: "absent" });
    const session = await tenant.session("operator-admin");
    const path = clusterPath(tenant);
    const { status } = await session.call({ service: "container-infra", method: "GET", path, accept: [404] });
    expect(status).toBe(404);

    const again = await tenant.run("R1");
    expect(again.dispositions).toEqual({ guard: "read", cluster: "already_so", delegation_gone: "read" });
    expect(again.statuses).toEqual({});
    expect(again.gate?.passed).toBe(true);
  });

  it("stops at a cluster that somebody else deleted", async () => {
    const tenant = await onboarded("globex", 12);
    const owner = await tenant.session("application-credential");
    const path = clusterPath(tenant);
    // Still going while the stage is planned.
    cloud.world.settings.clusterCreateMs = 1_500;
    await owner.call({ service: "container-infra", method: "DELETE", path, accept: [204] });
    const under = await tenant.run("R1");
    cloud.world.settings.clusterCreateMs = 40;
    expect(under.dispositions["cluster"]).toBe("already_so");
    expect(under.statuses).toEqual({});
    const { blocked } = await tenant.run("R1");
    expect(blocked?.says).toMatch(/There is no cluster .* no job of this tenant deleted it/);
  });

  it("does not touch the cluster of another tenant, whatever the record says", async () => {
    const victim = await onboarded("initech", 13);
    const tenant = await onboarded("umbrella", 14);
    tenant.saved["cluster_id"] = victim.saved["cluster_id"] ?? null;
    const { blocked, statuses } = await tenant.run("R1");
    expect(blocked?.says).toMatch(/belongs to project .*, not to this tenant's/);
    expect(statuses).toEqual({});
  });

  it("names why an earlier deletion failed, and asks for it again", async () => {
    const tenant = await onboarded("hooli", 15);
    const cluster = cloud.world.containerInfra.clusters.find(({ uuid }) =>
      clusterPath(tenant).endsWith(uuid),
    );
    if (!cluster) throw new Error("The embedded cloud has no such cluster.");
    cluster.status = "DELETE_FAILED";
    cluster.statusReason = "Port 17 still in use";
    const run = await tenant.run("R1");
    const draft = run.drafts["cluster"];
    expect(draft?.says).toContain("An earlier deletion failed: Port 17 still in use.");
    const probe = draft?.disposition === "apply" ? draft.calls[0]?.probe : null;
    // It looks the same before the call: only going or gone may count as taken.
    expect(probe?.gone).toEqual({ orShows: { "/status": ["DELETE_IN_PROGRESS"] } });
    expect(run.gate?.passed).toBe(true);
  });
});
