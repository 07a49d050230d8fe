import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { isJsonObject } from "../kernel/wire.ts";
import { startTestCloud, type Tenant, type TestCloud } from "../replay/tenant.ts";

let cloud: TestCloud;
let tenant: Tenant;
let other: Tenant;

beforeAll(async () => {
  cloud = await startTestCloud(0);
  tenant = await cloud.addTenant("blue");
  other = await cloud.addTenant("red");
});
afterAll(() => cloud.close());

async function names(query: string): Promise<unknown[]> {
  const { images } = await tenant.user.call("GET", `image/v2/images${query}`);
  const list: unknown[] = Array.isArray(images) ? images : [];
  return list.map((image) => (isJsonObject(image) ? image["name"] : null));
}

async function createImage(image: Record<string, unknown>): Promise<string> {
  const { id } = await tenant.user.call("POST", "image/v2/images", image);
  return String(id);
}

describe("the image list", () => {
  const seeded = "ubuntu-2204-kube-v1.31.1";
  it.each([
    ["?visibility=public&status=active", [seeded]],
    ["?os_distro=ubuntu", [seeded]],
    ["?os_distro=fedora", []],
    [`?name=${seeded}`, [seeded]],
    [`?name=in:other,${seeded}`, [seeded]],
    ["?kube_version=v1.31.1&visibility=public", [seeded]],
    ["?status=queued", []],
    ["?visibility=private", []],
    ["?bogus=1", []],
  ])("filtered by %s", async (query, expected) => expect(await names(query)).toEqual(expected));

  it("pages by marker", async () => {
    await createImage({ name: "second" });
    const first = await tenant.user.call("GET", "image/v2/images?limit=1");
    const next = String(first["next"]);
    expect(next).toMatch(/^\/v2\/images\?limit=1&marker=/);
    const second = await tenant.user.call("GET", `image${next}`);
    expect(second["next"]).toBeUndefined();
    expect(second["images"]).toHaveLength(1);
  });
});

describe("an image of one tenant", () => {
  it("is private to it, whatever the other tries", async () => {
    const id = await createImage({ name: "secret", visibility: "private" });
    const address = `image/v2/images/${id}`;
    expect((await tenant.user.ask("GET", address)).status).toBe(200);
    expect((await other.user.ask("GET", address)).status).toBe(404);
    expect((await other.user.ask("DELETE", address)).status).toBe(404);
    expect((await tenant.user.ask("DELETE", address)).status).toBe(204);
    expect((await tenant.user.ask("GET", address)).status).toBe(404);
  });

  it("cannot be made public by it", async () => {
    const answer = await tenant.user.ask("POST", "image/v2/images", { name: "x", visibility: "public" });
    expect(answer.status).toBe(403);
    expect(answer.headers["content-type"]).toBe("text/html; charset=UTF-8");
    expect(answer.body).toContain("<h1>403 Forbidden</h1>");
  });
});

describe("the public image", () => {
  it("is changed by its owner's patches only", async () => {
    const [image] = cloud.sandbox.world.image.images;
    const patch = (token: string) =>
      cloud.client.send({
        service: "image",
        method: "PATCH",
        path: `/v2/images/${image?.id ?? ""}`,
        headers: { "x-auth-token": token, "content-type": "application/openstack-images-v2.1-json-patch" },
        body: [{ op: "replace", path: "/os_distro", value: "debian" }],
      });
    expect((await patch(tenant.user.tokenId)).status).toBe(403);
    expect(await patch(cloud.admin.tokenId)).toMatchObject({ status: 200, body: { os_distro: "debian" } });
  });
});
