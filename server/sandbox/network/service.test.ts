import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { idIn, startTestCloud, type Tenant, type TestCloud } from "../replay/tenant.ts";
import type { Operator } from "../replay/operator.ts";

let cloud: TestCloud;
let blue: Tenant;
let red: Tenant;
let externalId: string;

beforeAll(async () => {
  cloud = await startTestCloud(0);
  blue = await cloud.addTenant("blue");
  red = await cloud.addTenant("red");
  externalId = await cloud.admin.findId("network/v2.0/networks?name=provider-ext");
});
afterAll(() => cloud.close());

async function createNetwork(user: Operator, name: string): Promise<string> {
  return idIn(await user.call("POST", "network/v2.0/networks", { network: { name } }), "network");
}

async function createSubnet(user: Operator, networkId: string, cidr: string): Promise<string> {
  const subnet = { network_id: networkId, ip_version: 4, cidr };
  return idIn(await user.call("POST", "network/v2.0/subnets", { subnet }), "subnet");
}

async function createRouter(user: Operator, name: string): Promise<string> {
  return idIn(await user.call("POST", "network/v2.0/routers", { router: { name } }), "router");
}

describe("between tenants", () => {
  it("shows a network to its owner and the administrator, and to nobody else", async () => {
    const id = await createNetwork(blue.user, "private");
    expect((await blue.user.ask("GET", `network/v2.0/networks/${id}`)).status).toBe(200);
    expect((await cloud.admin.ask("GET", `network/v2.0/networks/${id}`)).status).toBe(200);
    for (const method of ["GET", "PUT", "DELETE"]) {
      const body = method === "PUT" ? { network: { name: "taken" } } : undefined;
      const answer = await red.user.ask(method, `network/v2.0/networks/${id}`, body);
      expect(answer.body).toMatchObject({ NeutronError: { type: "NetworkNotFound" } });
    }
    expect(JSON.stringify(await red.user.call("GET", "network/v2.0/networks"))).not.toContain(id);
  });

  it("hides provider attributes and the external subnet from tenants", async () => {
    const seen = JSON.stringify(await blue.user.call("GET", `network/v2.0/networks/${externalId}`));
    expect(seen).not.toContain("provider:");
    expect(await blue.user.call("GET", `network/v2.0/subnets?network_id=${externalId}`)).toEqual({
      subnets: [],
    });
    expect(JSON.stringify(await cloud.admin.call("GET", `network/v2.0/networks/${externalId}`))).toContain(
      '"provider:physical_network":"physext"',
    );
  });

  it.each([
    ["PUT", { network: { name: "mine" } }, "rule:update_network is disallowed by policy"],
    ["DELETE", undefined, "rule:delete_network is disallowed by policy"],
  ])("refuses a tenant's %s on the external network", async (method, body, message) => {
    const answer = await blue.user.ask(method, `network/v2.0/networks/${externalId}`, body);
    expect(answer.status).toBe(403);
    expect(answer.body).toMatchObject({ NeutronError: { type: "PolicyNotAuthorized", message } });
  });

  it("lets nobody create in another's name", async () => {
    const network = { name: "planted", tenant_id: red.projectId };
    expect((await blue.user.ask("POST", "network/v2.0/networks", { network })).status).toBe(400);
    const created = await cloud.admin.call("POST", "network/v2.0/networks", { network });
    expect(created).toMatchObject({ network: { project_id: red.projectId } });
  });
});

describe("a router", () => {
  it("takes its SNAT address from the pool, keeps it, and gives it back", async () => {
    const id = await createRouter(blue.user, "edge");
    const set = (info: unknown) =>
      blue.user.call("PUT", `network/v2.0/routers/${id}`, { router: { external_gateway_info: info } });
    const first = JSON.stringify(await set({ network_id: externalId }));
    const address = /203\.0\.113\.\d+/.exec(first)?.[0];
    expect(address).toBeDefined();
    expect(JSON.stringify(await set({ network_id: externalId }))).toContain(`"${address}"`);
    expect(await set({})).toMatchObject({ router: { external_gateway_info: null } });
    const ports = await cloud.admin.call("GET", `network/v2.0/ports?device_id=${id}`);
    expect(ports).toEqual({ ports: [] });
  });

  it("hides its gateway port from the tenant", async () => {
    const id = await createRouter(blue.user, "hidden-port");
    const router = { external_gateway_info: { network_id: externalId } };
    await blue.user.call("PUT", `network/v2.0/routers/${id}`, { router });
    const address = `network/v2.0/ports?device_id=${id}`;
    expect(await blue.user.call("GET", address)).toEqual({ ports: [] });
    expect(await cloud.admin.call("GET", address)).toMatchObject({
      ports: [{ device_owner: "network:router_gateway", tenant_id: "" }],
    });
  });

  it("cannot be asked for SNAT or an address by a tenant, nor lead to an internal network", async () => {
    const id = await createRouter(blue.user, "picky");
    const internal = await createNetwork(blue.user, "internal");
    const ask = (info: unknown) =>
      blue.user.ask("PUT", `network/v2.0/routers/${id}`, { router: { external_gateway_info: info } });
    expect((await ask({ network_id: externalId, enable_snat: false })).status).toBe(403);
    expect((await ask({ network_id: internal })).body).toMatchObject({
      NeutronError: { message: `Bad router request: Network ${internal} is not an external network.` },
    });
  });

  it("is released in order: interface, then router, subnet and network", async () => {
    const networkId = await createNetwork(red.user, "lifecycle");
    const subnetId = await createSubnet(red.user, networkId, "10.9.0.0/24");
    const routerId = await createRouter(red.user, "lifecycle");
    const router = `network/v2.0/routers/${routerId}`;
    await red.user.call("PUT", `${router}/add_router_interface`, { subnet_id: subnetId });
    const statusOf = async (method: string, address: string) => (await red.user.ask(method, address)).status;
    expect(await statusOf("DELETE", router)).toBe(409);
    expect(await statusOf("DELETE", `network/v2.0/subnets/${subnetId}`)).toBe(409);
    expect(await statusOf("DELETE", `network/v2.0/networks/${networkId}`)).toBe(409);
    await red.user.call("PUT", `${router}/remove_router_interface`, { subnet_id: subnetId });
    const again = await red.user.ask("PUT", `${router}/remove_router_interface`, { subnet_id: subnetId });
    expect(again.body).toMatchObject({ NeutronError: { type: "RouterInterfaceNotFoundForSubnet" } });
    expect(await statusOf("DELETE", router)).toBe(204);
    expect(await statusOf("DELETE", `network/v2.0/networks/${networkId}`)).toBe(204);
    expect(await statusOf("GET", `network/v2.0/subnets/${subnetId}`)).toBe(404);
  });

  it("refuses a second subnet with the same addresses", async () => {
    const routerId = await createRouter(blue.user, "overlap");
    const add = async (name: string) => {
      const subnet = await createSubnet(blue.user, await createNetwork(blue.user, name), "10.8.0.0/24");
      return blue.user.ask("PUT", `network/v2.0/routers/${routerId}/add_router_interface`, {
        subnet_id: subnet,
      });
    };
    expect((await add("left")).status).toBe(200);
    const refused = await add("right");
    expect(refused.status).toBe(400);
    expect(JSON.stringify(refused.body)).toContain("overlaps with cidr 10.8.0.0/24");
  });
});

describe("quotas", () => {
  const limits = (limit: number) => ({ quota: { floatingip: limit } });

  it("stop a tenant at its limit, which only an administrator sets", async () => {
    const address = `network/v2.0/quotas/${red.projectId}`;
    expect((await red.user.ask("PUT", address, limits(50))).body).toMatchObject({
      NeutronError: { type: "AdminRequired" },
    });
    await cloud.admin.call("PUT", address, limits(1));
    const floatingip = { floating_network_id: externalId };
    const first = idIn(await red.user.call("POST", "network/v2.0/floatingips", { floatingip }), "floatingip");
    const second = await red.user.ask("POST", "network/v2.0/floatingips", { floatingip });
    expect(second.status).toBe(409);
    expect(second.body).toMatchObject({ NeutronError: { type: "OverQuota" } });
    expect(await red.user.call("GET", `${address}/details.json`)).toMatchObject({
      quota: { floatingip: { limit: 1, used: 1, reserved: 0 } },
    });
    expect((await red.user.ask("DELETE", `network/v2.0/floatingips/${first}`)).status).toBe(204);
    expect((await red.user.ask("POST", "network/v2.0/floatingips", { floatingip })).status).toBe(201);
  });

  it("are a tenant's own to read", async () => {
    expect((await blue.user.ask("GET", `network/v2.0/quotas/${blue.projectId}`)).status).toBe(200);
    expect((await blue.user.ask("GET", `network/v2.0/quotas/${red.projectId}`)).status).toBe(403);
  });
});

describe("bad input", () => {
  it.each([
    ["networks?colour=blue", "['colour'] is invalid attribute for filtering"],
    ["ports?bogus=1&worse=2", "['bogus', 'worse'] is invalid attribute for filtering"],
  ])("an unknown filter in %s", async (address, message) => {
    const answer = await blue.user.ask("GET", `network/v2.0/${address}`);
    expect(answer.status).toBe(400);
    expect(answer.body).toMatchObject({ NeutronError: { type: "HTTPBadRequest", message } });
  });

  it.each([
    [{}, "Unable to find 'network' in request body"],
    [{ network: { colour: "blue" } }, "Unrecognized attribute(s) 'colour'"],
    [{ network: { admin_state_up: "maybe" } }, "Invalid input for admin_state_up"],
    [{ network: { name: 5 } }, "Invalid input for name"],
  ])("%j as a new network", async (body, message) => {
    const answer = await blue.user.ask("POST", "network/v2.0/networks", body);
    expect(answer.status).toBe(400);
    expect(JSON.stringify(answer.body)).toContain(message);
  });

  it.each([
    [{ allocation_pools: [{ start: "10.7.0.9", end: "10.7.0.2" }] }, "InvalidAllocationPool"],
    [{ allocation_pools: [{ start: "10.9.0.2", end: "10.9.0.9" }] }, "OutOfBoundsAllocationPool"],
    [{ gateway_ip: "nowhere" }, "HTTPBadRequest"],
    [{ dns_nameservers: ["nowhere"] }, "HTTPBadRequest"],
  ])("a subnet with %j", async (extra, type) => {
    const networkId = await createNetwork(blue.user, "strict");
    const subnet = { network_id: networkId, ip_version: 4, cidr: "10.7.0.0/24", ...extra };
    const answer = await blue.user.ask("POST", "network/v2.0/subnets", { subnet });
    expect(answer.status).toBe(400);
    expect(answer.body).toMatchObject({ NeutronError: { type } });
  });
});
