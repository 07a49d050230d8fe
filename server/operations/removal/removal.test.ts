import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { CloudSession } from "#server/openstack/session.ts";
import { type RunningSandbox, startSandbox } from "#server/sandbox/kernel/server.ts";
import { type Onboarding, startOnboarding, type StageRun } from "#server/testing/stage-executor.ts";

const STAGES = ["0", "1", "2", "2.5", "3", "4", "5", "6-7"];
const REMOVAL = ["R0", "R1", "R2", "R3"];

let dataDir: string;
let cloud: RunningSandbox;
const opened: Onboarding[] = [];

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "countersign-removal-"));
  cloud = await startSandbox({ dataDir, clusterCreateMs: 20 });
}, 60_000);
afterAll(async () => {
  for (const one of opened) await one.close();
  await cloud.close();
  await rm(dataDir, { recursive: true });
});

let third = 60;

function start(slug: string): Onboarding {
  third += 1;
  const tenant = startOnboarding({
    cloudsFile: cloud.cloudsFile,
    cloudName: "embedded",
    slug,
    inputs: { cidr: `10.20.${third}.0/24`, instances: 7, cores: 14, ramMb: 20_480, nodeCount: 1 },
    wait: () => setTimeout(15),
  });
  opened.push(tenant);
  return tenant;
}

async function runAll(tenant: Onboarding, stages: readonly string[]): Promise<StageRun> {
  let last: StageRun | null = null;
  for (const key of stages) {
    last = await tenant.run(key);
    expect({ key, blocked: last.blocked, unexpected: last.unexpected }).toEqual({
      key,
      blocked: null,
      unexpected: [],
    });
    expect(last.gate?.passed).toBe(true);
  }
  if (last === null) throw new Error("No stage was run.");
  return last;
}

async function onboarded(slug: string): Promise<Onboarding> {
  const tenant = start(slug);
  await runAll(tenant, STAGES);
  return tenant;
}

async function post(
  session: CloudSession,
  to: Pick<Parameters<CloudSession["call"]>[0], "service" | "path" | "body">,
) {
  const { body } = await session.call({ method: "POST", accept: [201, 202], ...to });
  return body;
}

/** What the tenant's own people make after the onboarding. */
async function selfService(tenant: Onboarding): Promise<void> {
  const owner = await tenant.session("application-credential");
  const manager = await tenant.session("domain-manager");
  const { saved } = tenant;
  const network = (path: string, body: unknown) => post(owner, { service: "network", path, body });
  await network("/networks", { network: { name: "second" } });
  await network("/floatingips", { floatingip: { floating_network_id: saved["external_network_id"] } });
  await network("/routers", { router: { name: "spare" } });
  await post(owner, { service: "image", path: "/images", body: { name: "their own" } });
  await post(owner, {
    service: "container-infra",
    path: "/clusters",
    body: {
      name: "second",
      cluster_template_id: saved["template_id"],
      keypair: saved["keypair_name"],
      node_count: 1,
    },
  });
  const domain_id = saved["domain_id"];
  await post(manager, { service: "identity", path: "/groups", body: { group: { name: "team", domain_id } } });
  await post(manager, {
    service: "identity",
    path: "/projects",
    body: { project: { name: "lab", domain_id } },
  });
  await post(manager, {
    service: "identity",
    path: "/users",
    body: { user: { name: "intern", domain_id, password: "their own password" } },
  });
}

/** Everything in the cloud but tokens, which expire by themselves. */
function world() {
  const { identity, compute, image, network, containerInfra } = cloud.world;
  const { tokens: _tokens, ...lasting } = identity;
  return structuredClone({ identity: lasting, compute, image, network, containerInfra });
}

function sentBy(run: StageRun): string[] {
  return Object.keys(run.statuses);
}

describe("removing a tenant as a whole", () => {
  it("leaves the cloud as it was before the tenant came, with two other tenants in it untouched", async () => {
    await onboarded("globex");
    const initech = await onboarded("initech");
    await selfService(initech);
    await runAll(initech, ["R0"]);
    const before = world();

    const tenant = await onboarded("acme");
    await selfService(tenant);
    expect(world()).not.toEqual(before);
    const audit = await tenant.run("R0");
    const draft = audit.drafts["inventory"];
    expect(draft?.says).toMatch(/^The tenant owns \d\d things: cluster /);
    const kinds = new Set(draft && "removes" in draft ? draft.removes?.map(({ kind }) => kind) : []);
    expect([...kinds]).toEqual(
      expect.arrayContaining(
        "cluster,cluster template,image,floating IP,router interface,router gateway,router,subnet,network,security group,keypair,compute quota,network quota,application credential,trust,role assignment,user,group,project,access to the domain,domain".split(
          ",",
        ),
      ),
    );
    await runAll(tenant, ["R1"]);
    const built = await runAll(tenant, ["R2"]);
    expect(sentBy(built)[0]).toBe("running.01-cluster");
    const last = await runAll(tenant, ["R3"]);
    expect(sentBy(last).at(-1)).toMatch(/^domain\.\d\d-domain$/);
    expect(last.values["nothing_left"]).toMatchObject({ domain: "gone", left_count: 0, left: [] });
    expect(world()).toEqual(before);

    // Everything is so already: nothing is sent a second time, and the second audit still finds nothing.
    for (const key of REMOVAL) {
      const again = await tenant.run(key);
      expect({ key, blocked: again.blocked, sent: sentBy(again) }).toEqual({ key, blocked: null, sent: [] });
    }
  }, 120_000);

  it("removes a tenant whose onboarding stopped half way", async () => {
    const before = world();
    const tenant = start("early");
    await runAll(tenant, ["0", "1", "2"]);
    await runAll(tenant, REMOVAL);
    expect(world()).toEqual(before);
  }, 60_000);

  it("stops at what appeared in an earlier part, and goes on once that was removed again", async () => {
    const tenant = await onboarded("hooli");
    await runAll(tenant, ["R0", "R1", "R2"]);
    const owner = await tenant.session("application-credential");
    await post(owner, { service: "network", path: "/networks", body: { network: { name: "late" } } });
    const { blocked, statuses } = await tenant.run("R3");
    expect(blocked?.says).toMatch(/still has what an earlier stage removes: .*network late/);
    expect(statuses).toEqual({});
    const again = await runAll(tenant, ["R2"]);
    expect(sentBy(again)).toEqual(["network.01-network", "network.02-security-group"]);
    await runAll(tenant, ["R3"]);
  }, 60_000);

  it("has another plan as soon as something appears, so that what was approved does not run", async () => {
    const tenant = await onboarded("piper");
    await runAll(tenant, ["R0", "R1"]);
    const observed = async () => {
      const { drafts } = await tenant.run("R0");
      return drafts["inventory"]?.preconditions;
    };
    const first = await observed();
    expect(await observed()).toEqual(first);
    const manager = await tenant.session("domain-manager");
    const domain_id = tenant.saved["domain_id"];
    await post(manager, {
      service: "identity",
      path: "/groups",
      body: { group: { name: "late", domain_id } },
    });
    expect(await observed()).not.toEqual(first);
  }, 60_000);
});

describe("what a removal refuses", () => {
  /** Blocks every stage, and sends nothing. */
  async function refusedEverywhere(tenant: Onboarding, says: RegExp): Promise<void> {
    const before = world();
    for (const key of REMOVAL) {
      const { blocked, statuses } = await tenant.run(key);
      expect({ key, says: blocked?.says }).toEqual({ key, says: expect.stringMatching(says) });
      expect(statuses).toEqual({});
    }
    expect(world()).toEqual(before);
  }

  async function early(slug: string): Promise<Onboarding> {
    const tenant = start(slug);
    await runAll(tenant, ["0", "1", "2"]);
    return tenant;
  }

  let unreadable: Onboarding | undefined;
  const idOf = (tenant: Onboarding, name: string): string => {
    const id = tenant.saved[name];
    if (typeof id !== "string") throw new Error(`The tenant has no ${name}.`);
    return id;
  };
  const grants = () => cloud.world.identity.grants;
  const roleId = (name: string) =>
    Object.values(cloud.world.identity.roles).find((role) => role.name === name)?.id ?? "";

  it("refuses a domain that the cloud keeps for itself, whatever the record says", async () => {
    const tenant = await early("alpha");
    const domain = Object.values(cloud.world.identity.domains).find(({ name }) => name === "magnum");
    tenant.saved["domain_id"] = domain?.id ?? "";
    await refusedEverywhere(tenant, /The domain magnum is one that a cloud keeps for itself/);
  }, 60_000);

  it("refuses another tenant's domain", async () => {
    const victim = await early("victim");
    const tenant = await early("beta");
    tenant.saved["domain_id"] = idOf(victim, "domain_id");
    await refusedEverywhere(tenant, /named victim, not beta/);
    // Renamed to the tenant's own name it is still not what this tenant's onboarding made.
    const own = cloud.world.identity.domains[idOf(tenant, "domain_id")];
    const theirs = cloud.world.identity.domains[idOf(victim, "domain_id")];
    if (own) tenant.saved["domain_id"] = own.id;
    if (own && theirs) {
      own.name = "elsewhere";
      theirs.name = "beta";
      tenant.saved["domain_id"] = theirs.id;
    }
    await refusedEverywhere(tenant, /does not carry the mark/);
  }, 60_000);

  it("refuses a domain that holds an administrator of the cloud, also by a group", async () => {
    const tenant = await early("gamma");
    const grant = {
      roleId: roleId("admin"),
      actor: { kind: "user" as const, id: idOf(tenant, "svc_id") },
      target: { kind: "project" as const, id: cloud.world.identity.adminProjectId },
    };
    grants().push(grant);
    await refusedEverywhere(tenant, /holds an administrator of the cloud/);
    grants().pop();
    cloud.world.identity.groups["aa".repeat(16)] = {
      id: "aa".repeat(16),
      name: "ops",
      domainId: idOf(tenant, "domain_id"),
      description: "",
      userIds: [],
    };
    grants().push({ ...grant, actor: { kind: "group", id: "aa".repeat(16) } });
    await refusedEverywhere(tenant, /holds an administrator of the cloud/);
    grants().pop();
    await runAll(tenant, REMOVAL);
  }, 60_000);

  it("refuses a service's domain", async () => {
    const tenant = await early("delta");
    grants().push({
      roleId: roleId("service"),
      actor: { kind: "user", id: idOf(tenant, "svc_id") },
      target: { kind: "project", id: cloud.world.identity.servicesProjectId },
    });
    await refusedEverywhere(tenant, /it is a service's domain/);
    grants().pop();
  }, 60_000);

  it("refuses the domain that the console signs in through", async () => {
    const tenant = await early("epsilon");
    const operator = await tenant.session("operator-admin");
    const user = cloud.world.identity.users[operator.describe().userId];
    if (!user) throw new Error("The operator is not in the cloud.");
    const home = user.domainId;
    user.domainId = idOf(tenant, "domain_id");
    // Whoever signs in through it is cloud admin as well; either reason is right, neither lets it go.
    await refusedEverywhere(tenant, /administrator of the cloud|cut the console off/);
    user.domainId = home;
  }, 60_000);

  it("stops at a machine of another project on the tenant's network, and at an image that others use", async () => {
    const tenant = await onboarded("zeta");
    await runAll(tenant, ["R0", "R1"]);
    const { network, image } = cloud.world;
    const port = network.ports.find(({ networkId }) => networkId === tenant.saved["network_id"]);
    if (!port) throw new Error("The tenant's network has no port.");
    network.ports.push({ ...port, id: "00000000-0000-4000-8000-000000000001", projectId: "ff".repeat(16) });
    const { blocked, statuses } = await tenant.run("R2");
    expect(blocked?.says).toMatch(/port 00000000-.* of project f+ on the tenant's network/);
    expect(statuses).toEqual({});
    network.ports.pop();
    const owner = await tenant.session("application-credential");
    await post(owner, { service: "image", path: "/images", body: { name: "golden" } });
    const golden = image.images.find(({ name }) => name === "golden");
    if (golden) golden.visibility = "public";
    expect((await tenant.run("R2")).blocked?.says).toMatch(/whoever uses the tenant's public image golden/);
    if (golden) golden.visibility = "private";
    await runAll(tenant, ["R2", "R3"]);
  }, 60_000);

  it.each([
    { service: "network", pathPrefix: "/v2.0/floatingips" },
    { service: "network", pathPrefix: "/v2.0/security-groups" },
    { service: "image", pathPrefix: "/v2/images" },
    { service: "compute", pathPrefix: "/v2.1/servers" },
    { service: "compute", pathPrefix: "/v2.1/os-keypairs" },
    { service: "container-infra", pathPrefix: "/v1/clustertemplates" },
    { service: "identity", pathPrefix: "/v3/OS-TRUST/trusts" },
    { service: "identity", pathPrefix: "/v3/groups" },
  ] as const)(
    "reads nothing into $pathPrefix that cannot be read: the audit fails",
    async (match) => {
      unreadable ??= await early("eta");
      cloud.faults.add({ match: { ...match, method: "GET" }, times: 10, effect: "http500" });
      await expect(unreadable.run("R0")).rejects.toThrow(/500/);
      cloud.faults.clear();
      expect((await unreadable.run("R0")).gate?.passed).toBe(true);
    },
    60_000,
  );

  it("does not take a service that it does not know for an empty one", async () => {
    const tenant = await early("theta");
    const { catalog } = cloud.world.identity;
    const [first] = catalog;
    if (!first) throw new Error("The catalog is empty.");
    catalog.push({ ...first, type: "object-store", name: "swift" });
    await expect(tenant.run("R0")).rejects.toThrow(/service of type object-store/);
    catalog.pop();
    await runAll(tenant, ["R0"]);
  }, 60_000);

  it("does not go on by itself when the domain was deleted by somebody else", async () => {
    const tenant = await early("iota");
    await runAll(tenant, ["R0"]);
    delete cloud.world.identity.domains[idOf(tenant, "domain_id")];
    await refusedEverywhere(tenant, /no job of this tenant deleted it/);
  }, 60_000);
});
