import { createPublicKey } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestCloud, type Tenant, type TestCloud } from "../replay/tenant.ts";

let cloud: TestCloud;
let tenant: Tenant;

beforeAll(async () => {
  cloud = await startTestCloud(0);
  tenant = await cloud.addTenant("blue");
});
afterAll(() => cloud.close());

function keypairWith(microversion: string, keypair: Record<string, unknown>) {
  return cloud.client.send({
    service: "compute",
    method: "POST",
    path: "/v2.1/os-keypairs",
    headers: { "x-auth-token": tenant.user.tokenId, "openstack-api-version": `compute ${microversion}` },
    body: { keypair },
  });
}

describe("key pairs", () => {
  it("makes a key whose private half belongs to the public one", async () => {
    const { keypair } = await tenant.user.call("POST", "compute/v2.1/os-keypairs", {
      keypair: { name: "made" },
    });
    const key = JSON.parse(JSON.stringify(keypair));
    const { n } = createPublicKey(key.private_key).export({ format: "jwk" });
    const blob = Buffer.from(String(key.public_key).split(" ")[1] ?? "", "base64");
    expect(blob.includes(Buffer.from(n ?? "", "base64url"))).toBe(true);
  });

  it.each([
    ["2.1", 200, false],
    ["2.2", 201, true],
  ])("answers at %s with %i, type shown: %s", async (microversion, status, isTyped) => {
    const answer = await keypairWith(microversion, { name: `at-${microversion.replace(".", "-")}` });
    expect(answer.status).toBe(status);
    expect(answer.body).toMatchObject({ keypair: { user_id: tenant.userId } });
    expect(JSON.stringify(answer.body).includes('"type":"ssh"')).toBe(isTyped);
  });

  it("generates none from microversion 2.92 on", async () => {
    const answer = await keypairWith("2.92", { name: "late" });
    expect(answer.status).toBe(400);
    expect(JSON.stringify(answer.body)).toContain("'public_key' is a required property");
  });

  it("imports a public key with its fingerprint and gives no private one back", async () => {
    const { keypair } = await tenant.user.call("POST", "compute/v2.1/os-keypairs", {
      keypair: { name: "source" },
    });
    const { public_key: publicKey, fingerprint } = JSON.parse(JSON.stringify(keypair));
    const imported = await keypairWith("2.10", { name: "imported", public_key: publicKey });
    expect(imported.body).toMatchObject({ keypair: { name: "imported", fingerprint } });
    expect(JSON.stringify(imported.body)).not.toContain("private_key");
  });

  it.each([
    [{ name: "bad key", public_key: "ssh-rsa not*base64" }, "failed to generate fingerprint"],
    [{ name: "bad/name" }, "unsafe characters"],
  ])("refuses %j", async (keypair, sentence) => {
    const answer = await keypairWith("2.10", keypair);
    expect(answer.status).toBe(400);
    expect(JSON.stringify(answer.body)).toContain(sentence);
  });

  it("deletes once, and says whose key is not there", async () => {
    await tenant.user.call("POST", "compute/v2.1/os-keypairs", { keypair: { name: "short" } });
    expect((await tenant.user.ask("DELETE", "compute/v2.1/os-keypairs/short")).status).toBe(202);
    const again = await tenant.user.ask("DELETE", "compute/v2.1/os-keypairs/short");
    expect(again.status).toBe(404);
    expect(again.body).toEqual({
      itemNotFound: { code: 404, message: `Keypair short not found for user ${tenant.userId}` },
    });
  });

  it("belongs to one user", async () => {
    const other = await cloud.addTenant("red");
    await tenant.user.call("POST", "compute/v2.1/os-keypairs", { keypair: { name: "mine" } });
    expect((await other.user.ask("GET", "compute/v2.1/os-keypairs/mine")).status).toBe(404);
  });
});

describe("microversions", () => {
  it.each(["2.94", "3.1", "two"])("refuses %s", async (microversion) => {
    expect((await keypairWith(microversion, { name: "never" })).status).toBe(406);
  });
});

describe("quotas", () => {
  it("shows a tenant its own, and nobody else's", async () => {
    const other = await cloud.addTenant("green");
    expect((await tenant.user.ask("GET", `compute/v2.1/os-quota-sets/${tenant.projectId}`)).status).toBe(200);
    const denied = await tenant.user.ask("GET", `compute/v2.1/os-quota-sets/${other.projectId}`);
    expect(denied.status).toBe(403);
    expect(denied.body).toMatchObject({ forbidden: { code: 403 } });
  });

  it("reads back what was set, keeps the rest, and forgets it on request", async () => {
    const address = `compute/v2.1/os-quota-sets/${tenant.projectId}`;
    await cloud.admin.call("PUT", address, { quota_set: { cores: 7 } });
    expect(await cloud.admin.call("GET", address)).toMatchObject({ quota_set: { cores: 7, instances: 10 } });
    expect(await cloud.admin.call("GET", `${address}/detail`)).toMatchObject({
      quota_set: { cores: { in_use: 0, limit: 7, reserved: 0 } },
    });
    await cloud.admin.call("DELETE", address);
    expect(await cloud.admin.call("GET", address)).toMatchObject({ quota_set: { cores: 20 } });
  });

  it.each([
    [-2, "-2 is less than the minimum of -1"],
    ["many", "'many' does not match"],
    [true, "True is not of type"],
  ])("refuses %j cores and changes nothing", async (cores, sentence) => {
    const address = `compute/v2.1/os-quota-sets/${tenant.projectId}`;
    const answer = await cloud.admin.ask("PUT", address, { quota_set: { instances: 1, cores } });
    expect(answer.status).toBe(400);
    expect(JSON.stringify(answer.body)).toContain(sentence);
    expect(await cloud.admin.call("GET", address)).toMatchObject({ quota_set: { instances: 10 } });
  });
});

describe("flavors", () => {
  it("shows a private flavor to administrators who ask for it only", async () => {
    const flavor = { name: "hidden", vcpus: 1, ram: 512, disk: 1, "os-flavor-access:is_public": false };
    await cloud.admin.call("POST", "compute/v2.1/flavors", { flavor });
    const names = async (user: typeof cloud.admin, query: string) =>
      JSON.stringify(await user.call("GET", `compute/v2.1/flavors${query}`));
    expect(await names(cloud.admin, "?is_public=None")).toContain("hidden");
    expect(await names(cloud.admin, "")).not.toContain("hidden");
    expect(await names(tenant.user, "?is_public=None")).not.toContain("hidden");
  });
});
