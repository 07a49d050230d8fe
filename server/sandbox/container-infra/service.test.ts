import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { PolicyVariant } from "../kernel/world.ts";
import type { Operator } from "../replay/operator.ts";
import { startTestCloud, type Tenant, type TestCloud, withAppCred } from "../replay/tenant.ts";

const CREATE_MS = 10_000;
const stock: PolicyVariant = { createUser: "fixed", trust: "target", override: "on", appCredTrust: true };
const template = {
  name: "k8s",
  coe: "kubernetes",
  image_id: "ubuntu-2204-kube-v1.31.1",
  external_network_id: "provider-ext",
  flavor_id: "gp.mid",
  master_flavor_id: "capi.node",
  keypair_id: "key",
};

let cloud: TestCloud;
let tenant: Tenant;

beforeAll(async () => {
  cloud = await startTestCloud(CREATE_MS);
  tenant = await cloud.addTenant("blue");
  await tenant.user.call("POST", "compute/v2.1/os-keypairs", { keypair: { name: "key" } });
  await tenant.user.call("POST", "container-infra/v1/clustertemplates", template);
});
beforeEach(() => cloud.sandbox.setPolicy(stock));
afterAll(() => cloud.close());

async function createCluster(user: Operator, name: string): Promise<string> {
  const { uuid } = await user.call("POST", "container-infra/v1/clusters", {
    name,
    cluster_template_id: "k8s",
    keypair: "key",
  });
  return `container-infra/v1/clusters/${String(uuid)}`;
}

function trusteesAndTrusts(): number {
  const { identity } = cloud.sandbox.world;
  const trustees = Object.values(identity.users).filter((user) => user.name.endsWith(`_${tenant.projectId}`));
  return trustees.length * 10 + Object.keys(identity.trusts).length;
}

describe("a cluster", () => {
  it("is complete when its time has come, and takes trustee and trust with it when deleted", async () => {
    const before = trusteesAndTrusts();
    const cluster = await createCluster(tenant.user, "whole");
    expect(trusteesAndTrusts()).toBe(before + 11);
    expect(await tenant.user.call("GET", cluster)).toMatchObject({ status: "CREATE_IN_PROGRESS" });
    cloud.advance(CREATE_MS - 1);
    expect(await tenant.user.call("GET", cluster)).toMatchObject({ status: "CREATE_IN_PROGRESS" });
    cloud.advance(1);
    expect(await tenant.user.call("GET", cluster)).toMatchObject({
      status: "CREATE_COMPLETE",
      api_address: "https://203.0.113.250:6443",
    });
    expect((await tenant.user.ask("DELETE", cluster)).status).toBe(204);
    expect(await tenant.user.call("GET", cluster)).toMatchObject({ status: "DELETE_IN_PROGRESS" });
    expect(trusteesAndTrusts()).toBe(before + 11);
    cloud.advance(CREATE_MS);
    expect((await tenant.user.ask("GET", cluster)).status).toBe(404);
    expect(trusteesAndTrusts()).toBe(before);
  });

  it("can be deleted while it is being created, and is then never complete", async () => {
    const before = trusteesAndTrusts();
    const cluster = await createCluster(tenant.user, "hasty");
    await tenant.user.call("DELETE", cluster);
    cloud.advance(CREATE_MS - 1);
    await tenant.user.call("DELETE", cluster);
    expect(await tenant.user.call("GET", cluster)).toMatchObject({ status: "DELETE_IN_PROGRESS" });
    cloud.advance(1);
    expect((await tenant.user.ask("GET", cluster)).status).toBe(404);
    expect(trusteesAndTrusts()).toBe(before);
  });

  it("leaves the driver's credential behind", async () => {
    const cluster = await createCluster(tenant.user, "littered");
    const uuid = cluster.split("/").at(-1) ?? "";
    cloud.advance(CREATE_MS);
    await tenant.user.call("DELETE", cluster);
    cloud.advance(CREATE_MS);
    const appCreds = await tenant.user.call(
      "GET",
      `identity/v3/users/${tenant.userId}/application_credentials`,
    );
    expect(JSON.stringify(appCreds)).toContain(`magnum-${uuid}`);
  });

  it("of one tenant is not there for another", async () => {
    const other = await cloud.addTenant("red");
    const cluster = await createCluster(tenant.user, "mine");
    expect((await other.user.ask("GET", cluster)).status).toBe(404);
    expect((await other.user.ask("DELETE", cluster)).status).toBe(404);
    expect(await other.user.call("GET", "container-infra/v1/clusters")).toEqual({ clusters: [] });
    expect((await other.user.ask("GET", "container-infra/v1/clustertemplates/k8s")).status).toBe(404);
  });
});

describe("a refused trustee or trust", () => {
  it.each([
    ["create_user in its broken form", { createUser: "broken" }, 0],
    ["create_trust in its body form", { trust: "body" }, 10],
  ] as const)("%s: 202, then CREATE_FAILED with Magnum's one sentence", async (_title, change, left) => {
    cloud.sandbox.setPolicy({ ...stock, ...change });
    const before = trusteesAndTrusts();
    const cluster = await createCluster(tenant.user, "refused");
    cloud.advance(CREATE_MS);
    expect(await tenant.user.call("GET", cluster)).toMatchObject({
      status: "CREATE_FAILED",
      status_reason: `Failed to create trustee or trust for Cluster: ${cluster.split("/").at(-1) ?? ""}`,
      faults: {},
      stack_id: null,
    });
    expect(trusteesAndTrusts()).toBe(before + left);
    await tenant.user.call("DELETE", cluster);
    cloud.advance(CREATE_MS);
    expect((await tenant.user.ask("GET", cluster)).status).toBe(404);
    expect(trusteesAndTrusts()).toBe(before);
  });

  it("is told apart by the kind of token when credentials may not handle trusts", async () => {
    const app = await withAppCred(cloud, tenant, { name: "automation", unrestricted: true });
    cloud.sandbox.setPolicy({ ...stock, appCredTrust: false });
    const byCredential = await createCluster(app, "by-credential");
    const byPassword = await createCluster(tenant.user, "by-password");
    cloud.advance(CREATE_MS);
    expect(await tenant.user.call("GET", byCredential)).toMatchObject({ status: "CREATE_FAILED" });
    expect(await tenant.user.call("GET", byPassword)).toMatchObject({ status: "CREATE_COMPLETE" });
  });

  it("has a readable reason with a restricted credential, and keeps the trust until deleted", async () => {
    const app = await withAppCred(cloud, tenant, { name: "restricted", unrestricted: false });
    const before = trusteesAndTrusts();
    const cluster = await createCluster(app, "restricted");
    cloud.advance(CREATE_MS);
    const view = await tenant.user.call("GET", cluster);
    expect(view).toMatchObject({ status: "CREATE_FAILED" });
    expect(view["status_reason"]).toContain("is not allowed for managing additional application credentials");
    expect(trusteesAndTrusts()).toBe(before + 11);
  });
});

describe("refusals before 202", () => {
  it.each([
    [
      { flavor_id: "m1.medium" },
      400,
      { title: "Unable to find flavor m1", detail: "Unable to find flavor m1.medium." },
    ],
    [
      { keypair_id: "gone" },
      404,
      { title: "Unable to find keypair gone", detail: "Unable to find keypair gone." },
    ],
    [{ external_network_id: "gone" }, 400, { title: "Unable to find external network gone" }],
  ])("a template with %j", async (change, status, error) => {
    const body = { ...template, name: "bad", ...change };
    const answer = await tenant.user.ask("POST", "container-infra/v1/clustertemplates", body);
    expect(answer.status).toBe(status);
    expect(answer.body).toMatchObject({ errors: [{ status, ...error }] });
  });

  it.each([
    [{ cluster_template_id: "gone" }, 404],
    [{ cluster_template_id: "k8s", keypair: "gone" }, 404],
    [{ cluster_template_id: "k8s", name: "1st" }, 400],
    [{ cluster_template_id: "k8s", master_count: 3 }, 400],
    [{ cluster_template_id: "k8s", master_count: 0 }, 400],
    [{ cluster_template_id: "k8s", fixed_network: "gone" }, 400],
    [{}, 400],
  ])("a cluster with %j", async (body, status) => {
    const before = cloud.sandbox.world.containerInfra.clusters.length;
    expect((await tenant.user.ask("POST", "container-infra/v1/clusters", body)).status).toBe(status);
    expect(cloud.sandbox.world.containerInfra.clusters).toHaveLength(before);
  });

  it("a cluster over the project's limit", async () => {
    const small = await cloud.addTenant("small");
    await small.user.call("POST", "compute/v2.1/os-keypairs", { keypair: { name: "key" } });
    await small.user.call("POST", "container-infra/v1/clustertemplates", template);
    const quota = { project_id: small.projectId, resource: "Cluster", hard_limit: 1 };
    expect((await small.user.ask("POST", "container-infra/v1/quotas", quota)).status).toBe(403);
    await cloud.admin.call("POST", "container-infra/v1/quotas", quota);
    await createCluster(small.user, "only");
    const body = { cluster_template_id: "k8s", keypair: "key" };
    const second = await small.user.ask("POST", "container-infra/v1/clusters", body);
    expect(second.status).toBe(403);
    expect(JSON.stringify(second.body)).toContain("maximum clusters per project, 1");
  });

  it("the list of services, for a tenant", async () => {
    expect((await tenant.user.ask("GET", "container-infra/v1/mservices")).status).toBe(403);
  });
});
