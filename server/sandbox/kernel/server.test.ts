import { X509Certificate } from "node:crypto";
import { readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Agent, fetch } from "undici";
import { afterEach, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { listField, TestCloud, textAt } from "../test-cloud.ts";

const USERS = "/identity/v3/users";

describe("the embedded cloud's listener", () => {
  const open: TestCloud[] = [];
  const start = async (...args: Parameters<typeof TestCloud.start>): Promise<TestCloud> => {
    const cloud = await TestCloud.start(...args);
    open.push(cloud);
    return cloud;
  };
  afterEach(async () => {
    for (const cloud of open.splice(0)) await cloud.close();
  });
  const createUser = (cloud: TestCloud, token: string, name: string) =>
    cloud.call("POST", USERS, { token, body: { user: { name, domain_id: "default", password: "p" } } });
  const names = async (cloud: TestCloud, token: string) =>
    listField(await cloud.call("GET", `${USERS}?domain_id=default`, { token }), "users", "name");

  it("is reached only with its own CA", async () => {
    const cloud = await start();
    const agent = new Agent();
    await expect(fetch(cloud.sandbox.authUrl, { dispatcher: agent })).rejects.toThrow();
    await agent.close();
    expect((await cloud.call("GET", "/identity/v3")).status).toBe(200);
  });

  it("keeps ids, passwords, tokens and its port over a restart", async () => {
    const first = await TestCloud.start();
    const token = await first.adminToken();
    await createUser(first, token, "survivor");
    await first.stop();
    const second = await start({ dataDir: first.dataDir });
    expect(second.sandbox.url).toBe(first.sandbox.url);
    expect(second.sandbox.adminPassword).toBe(first.sandbox.adminPassword);
    expect(await names(second, token)).toEqual(["survivor"]);
  });

  it("keeps its secrets to its owner and no usable token on disk", async () => {
    const cloud = await start();
    const token = await cloud.adminToken();
    for (const name of [
      "ca.key",
      "server.key",
      "state.json",
      "clouds.yaml",
      "admin-password",
      "control.key",
    ]) {
      expect([name, (await stat(join(cloud.dataDir, name))).mode & 0o777]).toEqual([name, 0o600]);
    }
    const state = await readFile(join(cloud.dataDir, "state.json"), "utf8");
    expect(state).not.toContain(token);
    expect(state).not.toContain(cloud.sandbox.adminPassword);
  });

  it("writes a clouds.yaml that logs in", async () => {
    const cloud = await start();
    const file: unknown = parse(await readFile(cloud.sandbox.cloudsFile, "utf8"));
    expect(file).toMatchObject({
      clouds: {
        embedded: {
          auth: {
            auth_url: cloud.sandbox.authUrl,
            password: cloud.sandbox.adminPassword,
            project_name: "admin",
          },
          region_name: "RegionOne",
          cacert: cloud.sandbox.caFile,
        },
      },
    });
  });

  it("renews a certificate near its end and keeps the CA", async () => {
    const first = await TestCloud.start();
    await first.stop();
    const certificateOf = async (name: string) =>
      new X509Certificate(await readFile(join(first.dataDir, name), "utf8"));
    const before = { ca: await certificateOf("ca.crt"), leaf: await certificateOf("server.crt") };
    const nearEnd = new Date(new Date(before.leaf.validTo).getTime() - 24 * 60 * 60 * 1000);
    const second = await start({ dataDir: first.dataDir, now: () => nearEnd });
    const after = { ca: await certificateOf("ca.crt"), leaf: await certificateOf("server.crt") };
    expect(after.ca.fingerprint256).toBe(before.ca.fingerprint256);
    expect(after.leaf.fingerprint256).not.toBe(before.leaf.fingerprint256);
    expect(after.leaf.checkIssued(after.ca)).toBe(true);
    expect(second.sandbox.url).toBe(first.sandbox.url);
  });

  it("starts afresh from a state file of another version", async () => {
    const first = await TestCloud.start();
    const token = await first.adminToken();
    await createUser(first, token, "gone");
    await first.stop();
    await writeFile(join(first.dataDir, "state.json"), JSON.stringify({ version: 0, world: {} }));
    const second = await start({ dataDir: first.dataDir });
    expect(await names(second, await second.adminToken())).toEqual([]);
  });

  it("answers 400 to a malformed body and 404 outside its services", async () => {
    const cloud = await start();
    const agent = new Agent({ connect: { ca: await readFile(cloud.sandbox.caFile, "utf8") } });
    const malformed = await fetch(`${cloud.sandbox.url}/identity/v3/auth/tokens`, {
      method: "POST",
      dispatcher: agent,
      headers: { "Content-Type": "application/json" },
      body: "{",
    });
    expect(malformed.status).toBe(400);
    await malformed.text();
    await agent.close();
    expect((await cloud.call("GET", "/elsewhere")).status).toBe(404);
  });

  describe("faults", () => {
    it("http500 and cut_before change nothing; cut_after changes and does not say so", async () => {
      const cloud = await start();
      const token = await cloud.adminToken();
      const match = { service: "identity", method: "POST", pathPrefix: "/v3/users" } as const;
      cloud.sandbox.faults.add({ match, times: 1, effect: "http500" });
      expect((await createUser(cloud, token, "one")).status).toBe(500);
      cloud.sandbox.faults.add({ match, times: 1, effect: "cut_before" });
      await expect(createUser(cloud, token, "two")).rejects.toThrow();
      cloud.sandbox.faults.add({ match, times: 1, effect: "cut_after" });
      await expect(createUser(cloud, token, "three")).rejects.toThrow();
      expect(await names(cloud, token)).toEqual(["three"]);
      expect(cloud.sandbox.faults.list()).toEqual([]);
      expect((await createUser(cloud, token, "four")).status).toBe(201);
    });

    it("delay_ms holds the answer back, expire_token ends the token it sees", async () => {
      const cloud = await start();
      const token = await cloud.adminToken();
      cloud.sandbox.faults.add({ match: {}, times: 1, effect: "delay_ms", delayMs: 120 });
      const startedAt = performance.now();
      expect((await cloud.call("GET", USERS, { token })).status).toBe(200);
      expect(performance.now() - startedAt).toBeGreaterThanOrEqual(110);
      cloud.sandbox.faults.add({ match: { service: "identity" }, times: 1, effect: "expire_token" });
      expect((await cloud.call("GET", USERS, { token })).status).toBe(401);
      expect((await cloud.call("GET", USERS, { token })).status).toBe(401);
    });

    it("wrong_catalog_origin moves every endpoint to another host", async () => {
      const cloud = await start();
      const match = { method: "POST", pathPrefix: "/v3/auth/tokens" };
      cloud.sandbox.faults.add({ match, times: 1, effect: "wrong_catalog_origin" });
      const user = { name: "admin", domain: { name: "admin_domain" }, password: cloud.sandbox.adminPassword };
      const scope = { project: { name: "admin", domain: { name: "admin_domain" } } };
      const answer = await cloud.authenticate({ methods: ["password"], password: { user } }, scope);
      expect(textAt(answer, "token", "catalog", 0, "endpoints", 0, "url")).toContain("catalog.invalid");
      expect(JSON.stringify(answer.body)).not.toContain(cloud.sandbox.url);
    });
  });

  describe("control path", () => {
    it("is there only for who holds the key file", async () => {
      const cloud = await start();
      const key = (await readFile(join(cloud.dataDir, "control.key"), "utf8")).trim();
      const post = (path: string, body: unknown, given: string | null) =>
        cloud.call("POST", `/_sandbox/${path}`, {
          body,
          ...(given === null ? {} : { headers: { "X-Sandbox-Key": given } }),
        });
      const fault = { match: { service: "identity" }, times: 1, effect: "http500" };
      expect((await post("faults", fault, null)).status).toBe(404);
      expect((await post("faults", fault, "wrong")).status).toBe(404);
      expect((await post("faults", { ...fault, effect: "explode" }, key)).status).toBe(400);
      expect((await post("faults", fault, key)).status).toBe(201);
      expect((await cloud.call("GET", "/identity/v3")).status).toBe(500);
      expect((await post("policy", { createUser: "broken" }, "wrong")).status).toBe(404);
      const policy = await post("policy", { createUser: "broken" }, key);
      expect(policy.body).toEqual({
        createUser: "broken",
        trust: "target",
        override: "on",
        appCredTrust: true,
      });
      expect(cloud.sandbox.world.settings.policy.createUser).toBe("broken");
    });
  });
});
