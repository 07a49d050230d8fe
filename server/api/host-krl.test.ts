import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { actorOf, type CertificateWorld, openCertificateWorld } from "#server/testing/certificates.ts";
import { serveKrlToHost } from "./host-krl.ts";

const TOKEN = "a-token-that-is-long-enough-for-hosts";

let world: CertificateWorld;

beforeAll(async () => {
  world = await openCertificateWorld([actorOf("agt-lane-one")]);
});
afterAll(() => world.close());

const get = (headers: Record<string, string>, token = TOKEN) =>
  serveKrlToHost(new Request("http://localhost/api/ssh/krl", { headers }), {
    db: world.db,
    token,
    now: new Date(Date.now() + world.clock.offsetMs),
  });
const bearer = { authorization: `Bearer ${TOKEN}` };

describe("the revocation list for hosts", () => {
  it.each<[string, Record<string, string>]>([
    ["no token", {}],
    ["another token", { authorization: "Bearer a-token-that-is-long-enough-for-hostz" }],
    ["a part of the token", { authorization: "Bearer a-token" }],
    ["another scheme", { authorization: `Basic ${TOKEN}` }],
    ["no scheme", { authorization: TOKEN }],
    ["the word public", { authorization: "Bearer public" }],
  ])("is not given for %s", async (_what, headers) => {
    const answer = await get(headers);
    expect([answer.status, answer.headers.get("etag"), answer.headers.get("www-authenticate")]).toEqual([
      401,
      null,
      "Bearer",
    ]);
    expect(await answer.text()).not.toContain("SSHKRL");
  });

  it("is given whole with the token, or to anybody where it is public", async () => {
    for (const answer of [await get(bearer), await get({}, "public")]) {
      expect([answer.status, answer.headers.get("content-type")]).toEqual([200, "application/octet-stream"]);
      expect(
        Buffer.from(await answer.arrayBuffer())
          .subarray(0, 6)
          .toString(),
      ).toBe("SSHKRL");
    }
  });

  it("is not given again to a host that has it, until something is revoked", async () => {
    const etag = (await get(bearer)).headers.get("etag") ?? "";
    world.clock.offsetMs = 5_000;
    for (const held of [etag, `W/${etag}`, `"other", ${etag}`, "*"]) {
      const answer = await get({ ...bearer, "if-none-match": held });
      expect([held, answer.status, await answer.text()]).toEqual([held, 304, ""]);
    }
    const { path, publicKey } = await world.keys.make();
    const first = await world.sign("agt-lane-one", { publicKey, ttlHours: 1 });
    await world.sign("agt-lane-one", { publicKey, ttlHours: 1 });
    if (first.kind !== "signed") throw new Error(first.says);
    const changed = await get({ ...bearer, "if-none-match": etag });
    expect([changed.status, changed.headers.get("etag") === etag]).toEqual([200, false]);
    // What OpenSSH itself says of the certificate under this list.
    const krl = join(world.keys.folder, "krl");
    writeFileSync(krl, Buffer.from(await changed.arrayBuffer()));
    await world.keys.certify(path, first.certificate);
    expect(
      spawnSync("ssh-keygen", ["-Q", "-f", krl, `${path}-cert.pub`], { encoding: "utf8" }),
    ).toMatchObject({
      status: 1,
      stdout: expect.stringContaining("REVOKED"),
    });
  });
});
