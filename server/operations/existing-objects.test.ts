import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type RunningSandbox, startSandbox } from "#server/sandbox/kernel/server.ts";
import type { World } from "#server/sandbox/kernel/world.ts";
import { type Onboarding, startOnboarding } from "#server/testing/stage-executor.ts";

const STAGES = ["0", "1", "2", "2.5", "3", "4", "5", "6-7"];

let dataDir: string;
let cloud: RunningSandbox;
let acme: Onboarding;
let onboarded: World;

/** One tenant is onboarded; each case changes the cloud behind the console's back, then previews a stage again. */
beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "countersign-existing-"));
  cloud = await startSandbox({ dataDir, clusterCreateMs: 40 });
  acme = onboard("acme");
  for (const key of STAGES) await acme.run(key);
  onboarded = structuredClone(cloud.world);
});
afterAll(async () => {
  await acme.close();
  await cloud.close();
  await rm(dataDir, { recursive: true });
});
beforeEach(() => {
  Object.assign(cloud.world, structuredClone(onboarded));
});

function onboard(slug: string): Onboarding {
  return startOnboarding({
    cloudsFile: cloud.cloudsFile,
    cloudName: "embedded",
    slug,
    inputs: { cidr: "10.20.24.0/24", instances: 10, cores: 20, ramMb: 51_200, nodeCount: 1 },
    wait: () => setTimeout(15),
  });
}

function one<T>(found: T | undefined): T {
  if (found === undefined) throw new Error("The embedded cloud lacks what this case changes.");
  return found;
}

const named = <T extends { name: string }>(records: readonly T[], name: string): T =>
  one(records.find((record) => record.name === name));

interface Case {
  what: string;
  change: (world: World) => void;
  stage: string;
  step: string;
  says: string;
}

const CASES: Case[] = [
  {
    what: "a role is gone",
    change: ({ identity }) => {
      named(Object.values(identity.roles), "load-balancer_member").name = "lb";
    },
    stage: "0",
    step: "roles",
    says: "no role named load-balancer_member",
  },
  {
    what: "the image lost its distribution",
    change: ({ image }) => {
      for (const record of image.images) delete record.properties["os_distro"];
    },
    stage: "0",
    step: "image",
    says: "no public, active image that carries both",
  },
  {
    what: "every large flavor was withdrawn",
    change: ({ compute }) => {
      for (const flavor of compute.flavors) flavor.isPublic = flavor.name === "gp.small";
    },
    stage: "0",
    step: "master_flavor",
    says: "no public flavor with at least 2 processors and 2048 MiB",
  },
  {
    what: "the external network is no longer external",
    change: ({ network }) => {
      named(network.networks, "provider-ext").isExternal = false;
    },
    stage: "0",
    step: "external",
    says: "no external network named provider-ext",
  },
  {
    what: "the domain was disabled",
    change: ({ identity }) => {
      named(Object.values(identity.domains), "acme").enabled = false;
    },
    stage: "1",
    step: "domain",
    says: "enabled is false, not true",
  },
  {
    what: "the domain's mark was overwritten",
    change: ({ identity }) => {
      named(Object.values(identity.domains), "acme").description = "someone else's";
    },
    stage: "1",
    step: "domain",
    says: "this tenant's run did not make it",
  },
  {
    what: "the project was disabled",
    change: ({ identity }) => {
      named(Object.values(identity.projects), "acme-prod").enabled = false;
    },
    stage: "2",
    step: "project",
    says: "enabled is false, not true",
  },
  {
    what: "the service user was disabled",
    change: ({ identity }) => {
      named(Object.values(identity.users), "acme-svc").enabled = false;
    },
    stage: "3",
    step: "password",
    says: "acme-svc is disabled",
  },
  {
    what: "the application credential was made restricted",
    change: ({ identity }) => {
      named(Object.values(identity.appCreds), "acme-cluster-cred").unrestricted = false;
    },
    stage: "3",
    step: "app_cred",
    says: "unrestricted is false, not true",
  },
  {
    what: "the network was shared with everybody",
    change: ({ network }) => {
      named(network.networks, "acme-net").isShared = true;
    },
    stage: "4",
    step: "network",
    says: "shared is true, not false",
  },
  {
    what: "a second router has the name",
    change: ({ network }) => {
      network.routers.push({ ...named(network.routers, "acme-router"), id: crypto.randomUUID() });
    },
    stage: "4",
    step: "router",
    says: "2 routers named acme-router",
  },
  {
    what: "the subnet asks other name servers",
    change: ({ network }) => {
      named(network.subnets, "acme-subnet").dnsNameservers = ["192.0.2.53"];
    },
    stage: "4",
    step: "subnet",
    says: 'dns_nameservers is ["192.0.2.53"], not ["8.8.8.8"]',
  },
  {
    what: "the template has another image",
    change: ({ containerInfra }) => {
      one(containerInfra.templates[0]).attributes.image_id = "00000000-0000-4000-8000-000000000000";
    },
    stage: "5",
    step: "template",
    says: "image_id is",
  },
  {
    what: "a second cluster has the name",
    change: ({ containerInfra }) => {
      containerInfra.clusters.push({ ...one(containerInfra.clusters[0]), uuid: crypto.randomUUID() });
    },
    stage: "6-7",
    step: "cluster",
    says: "more than one cluster named acme-cluster",
  },
  {
    what: "the cluster failed",
    change: ({ containerInfra }) => {
      Object.assign(one(containerInfra.clusters[0]), { status: "CREATE_FAILED", statusReason: "no quota" });
    },
    stage: "6-7",
    step: "cluster",
    says: "failed (CREATE_FAILED): no quota",
  },
  {
    what: "the cluster was resized",
    change: ({ containerInfra }) => {
      one(containerInfra.clusters[0]).nodeCount = 5;
    },
    stage: "6-7",
    step: "cluster",
    says: "node_count is 5, not 1",
  },
];

describe("what exists and is not what it should be blocks the plan and says what differs", () => {
  it.each(CASES)("$what", async ({ change, stage, step, says }) => {
    change(cloud.world);
    const run = await acme.run(stage);
    expect(run.blocked).toMatchObject({ stepId: step, says: expect.stringContaining(says) });
    expect(run.blocked?.advice).not.toBe("");
    expect(run.statuses).toEqual({});
  });

  it("blocks a domain of the name that another tenant's run made", async () => {
    const impostor = onboard("acme");
    const run = await impostor.run("0");
    await impostor.close();
    expect(run.blocked).toMatchObject({ stepId: "domain_check" });
  });
});

describe("what somebody took away is put back", () => {
  it("grants a role again", async () => {
    cloud.world.identity.grants = cloud.world.identity.grants.filter(
      ({ roleId }) => roleId !== acme.saved["role_lb_member_id"],
    );
    const run = await acme.run("2");
    expect(run.dispositions).toMatchObject({ member_role: "already_so", lb_member_role: "apply" });
    expect(run.gate?.passed).toBe(true);
  });

  it("sets a quota again, and says from what", async () => {
    const projectId = String(acme.saved["project_id"] as string);
    cloud.world.compute.quotas[projectId] = { ...cloud.world.compute.quotas[projectId], cores: 4 };
    const run = await acme.run("2");
    expect(run.dispositions).toMatchObject({ compute_quota: "apply", network_quota: "already_so" });
    expect(run.drafts["compute_quota"]?.says).toContain("cores is 4, not 20");
    expect(run.gate?.passed).toBe(true);
  });

  it("attaches the subnet again", async () => {
    const { network } = cloud.world;
    network.ports = network.ports.filter(({ deviceOwner }) => deviceOwner !== "network:router_interface");
    const run = await acme.run("4");
    expect(run.dispositions).toMatchObject({ gateway: "already_so", interface: "apply" });
    expect(run.gate?.passed).toBe(true);
  });

  it("sets a new password when the sealed one no longer works, and keeps the rest", async () => {
    acme.secrets.set("svc_password", "not-the-password-any-more");
    const run = await acme.run("3");
    expect(run.dispositions).toMatchObject({
      password: "apply",
      app_cred: "already_so",
      keypair: "already_so",
      trusts_probe: "read",
    });
    expect(run.gate?.passed).toBe(true);
  });
});
