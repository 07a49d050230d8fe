import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, describe, expect, it } from "vitest";
import { accessPolicy } from "#server/domain/access-policy/access.ts";
import { readPackage } from "#server/domain/access-policy/document.ts";
import { readCheck } from "#server/domain/access-policy/request.ts";
import { generateSnapshot } from "#server/domain/actor/generate.ts";
import { readSnapshot } from "#server/domain/actor/snapshot.ts";
import { type DecisionPolicy, decideQuestion } from "#server/domain/decision/decide.ts";
import { bridgeRequest, SHIPPED_POLICY } from "#server/testing/access.ts";
import { DecisionLog } from "./log.ts";
import { createDecisionService, type Decided } from "./service.ts";

const folder = mkdtempSync(join(tmpdir(), "decider-"));
const AT = new Date("2026-03-04T09:00:00.000Z");
const undo: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const end of undo.splice(0).reverse()) await end();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function policyOf(hours = 24): DecisionPolicy {
  const read = readPackage(SHIPPED_POLICY);
  if (read.kind === "refused") throw new Error("The shipped package cannot be read.");
  const actors = (read.package.inventory ?? []).map((actor) =>
    actor.name === "agt-state-hub-bridge" ? { ...actor, maxTtlHours: hours } : actor,
  );
  const snapshot = readSnapshot(generateSnapshot(actors));
  if (snapshot.kind === "refused") throw new Error("The registry cannot be read.");
  return accessPolicy(snapshot.registry, read.package);
}

async function open(
  how: { path?: string; token?: string; policy?: () => DecisionPolicy | null; rotateBytes?: number } = {},
) {
  const path = how.path ?? join(folder, `${crypto.randomUUID()}.jsonl`);
  const log = await DecisionLog.open(
    path,
    how.rotateBytes === undefined ? {} : { rotateBytes: how.rotateBytes },
  );
  const decided: Decided[] = [];
  const now = policyOf();
  const server = createDecisionService({
    policy: how.policy ?? (() => now),
    log,
    clock: () => AT,
    token: how.token ?? null,
    onDecided: (some) => void decided.push(...some),
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port }: AddressInfo = Object(server.address());
  undo.push(async () => {
    server.closeAllConnections();
    await new Promise<void>((resolve) => server.close(() => resolve()));
    await log.close();
  });
  const origin = `http://127.0.0.1:${port}`;
  const post = (body: unknown, path2 = "/v1/check", headers: Record<string, string> = {}) =>
    fetch(`${origin}${path2}`, {
      method: "POST",
      body: typeof body === "string" || body instanceof Blob ? body : JSON.stringify(body),
      headers,
    });
  const lines = () =>
    readFileSync(path, "utf8")
      .trimEnd()
      .split("\n")
      .map((line): unknown => JSON.parse(line));
  return { origin, post, path, log, lines, decided };
}

describe("the decision service", () => {
  it("says that it is well, as JSON", async () => {
    const { origin } = await open();
    const response = await fetch(`${origin}/healthz`);
    expect([response.status, response.headers.get("content-type")]).toEqual([200, "application/json"]);
    expect(await response.json()).toMatchObject({ status: "ok", policy_package: "countersign.ssh_signing" });
    expect((await fetch(`${origin}/healthz`, { method: "POST" })).status).toBe(405);
  });

  it.each([
    [2, "allow", "signing_policy_matched"],
    [999, "deny", "ttl_out_of_bounds"],
  ])(
    "answers %j hours with %s, as the gate would, and has it in the log first",
    async (ttl, effect, reason) => {
      const { post, lines, decided } = await open();
      const response = await post(bridgeRequest(ttl));
      expect(response.status).toBe(200);
      const read = readCheck(bridgeRequest(ttl));
      if (read.kind === "refused") throw new Error(read.says);
      const expected = decideQuestion(read.value, policyOf(), AT);
      expect(await response.json()).toEqual(expected);
      expect(expected).toMatchObject({ effect, reason });
      expect(lines()).toEqual([{ ...expected, request: read.value }]);
      expect(decided).toHaveLength(1);
    },
  );

  it("answers a batch in the order of its resources, by one policy", async () => {
    const { post, lines } = await open();
    const { resource, ...rest } = bridgeRequest();
    const resources = [{ ...resource, id: "ssh-cert:actor/agt-nobody-x" }, resource];
    for (const path of ["/v1/check/batch", "/v1/batch-check"]) {
      const answer: unknown = await (await post({ ...rest, resources }, path)).json();
      expect(answer).toMatchObject([
        { effect: "deny", reason: "unknown_actor_resource" },
        { effect: "allow" },
      ]);
    }
    expect(lines()).toHaveLength(4);
    const batch = await post({ ...rest, resource }, "/v1/check/batch");
    expect([batch.status, await batch.json()]).toMatchObject([400, { field: "resources" }]);
  });

  it.each(["GET", "PUT", "DELETE", "OPTIONS", "PATCH", "HEAD"])(
    "refuses %s with what it takes",
    async (method) => {
      const { origin } = await open();
      for (const path of ["/v1/check", "/v1/check/batch"]) {
        const response = await fetch(`${origin}${path}`, { method });
        expect([response.status, response.headers.get("allow")]).toEqual([405, "POST"]);
      }
    },
  );

  it.each<[string, unknown, string]>([
    ["nothing", "", "body"],
    ["no JSON", "{", "body"],
    ["a list", "[]", "body"],
    ["half a character of UTF-8", new Blob([new Uint8Array([0x7b, 0xff])]), "body"],
    ["an unknown field", { ...bridgeRequest(), effect: "allow" }, "effect"],
    ["no action", { ...bridgeRequest(), action: undefined }, "action"],
    ["a subject that is a text", { ...bridgeRequest(), subject: "me" }, "subject"],
    ["a doubled member", '{"action":"a","action":"b"}', "action"],
  ])("refuses %s, naming the field, and logs no decision", async (_what, body, field) => {
    const { post, path } = await open();
    const response = await post(body);
    expect([response.status, response.headers.get("content-type")]).toEqual([400, "application/json"]);
    expect(await response.json()).toMatchObject({ error: "bad_request", field, message: expect.any(String) });
    expect(readFileSync(path, "utf8")).toBe("");
  });

  it("reads no more than its bound, and knows no other path", async () => {
    const { post, origin } = await open();
    expect((await post(`"${"x".repeat(256 * 1024)}"`)).status).toBe(413);
    for (const path of ["/", "/v1", "/v1/check/", "/v1/constructor", "/healthz/x"]) {
      expect((await fetch(`${origin}${path}`)).status).toBe(404);
    }
  });

  it("with a token answers nobody else", async () => {
    const token = "t".repeat(32);
    const { post, origin } = await open({ token });
    for (const authorization of [
      "",
      "Bearer",
      "Bearer x",
      `bearer ${token}`,
      `Bearer ${token} `.concat("x"),
    ]) {
      expect(
        (await post(bridgeRequest(), "/v1/check", authorization === "" ? {} : { authorization })).status,
      ).toBe(401);
    }
    expect((await post(bridgeRequest(), "/v1/check", { authorization: `Bearer ${token}` })).status).toBe(200);
    expect((await fetch(`${origin}/healthz`)).status).toBe(200);
  });

  it("denies where nothing may decide, says that it is not well, and takes a new registry between two questions", async () => {
    let now: DecisionPolicy | null = null;
    const { post, origin } = await open({ policy: () => now });
    expect((await fetch(`${origin}/healthz`)).status).toBe(503);
    expect(await (await post(bridgeRequest())).json()).toMatchObject({
      effect: "deny",
      reason: "policy_unavailable",
    });
    now = policyOf(2);
    const before = await (await post(bridgeRequest(2))).json();
    now = policyOf(1);
    const after = await (await post(bridgeRequest(2))).json();
    expect([before, after]).toMatchObject([
      { effect: "allow" },
      { effect: "deny", reason: "ttl_out_of_bounds" },
    ]);
    expect(Object(before).id).not.toBe(Object(after).id);
  });

  it("PD9: denies what it cannot log", async () => {
    const { post, decided } = await open({ path: "/dev/full" });
    expect(await (await post(bridgeRequest())).json()).toMatchObject({
      effect: "deny",
      reason: "decision_unlogged",
    });
    expect(decided).toEqual([]);
  });

  it("logs each of many at once, whole, and puts long logs aside", async () => {
    const { post, path } = await open({ rotateBytes: 20_000 });
    const answers = await Promise.all(
      Array.from({ length: 60 }, async (_, index) => (await post(bridgeRequest(2, { index }))).json()),
    );
    await post(bridgeRequest(1));
    expect(existsSync(`${path}.1`)).toBe(true);
    const files = [path, ...[1, 2, 3, 4, 5, 6, 7, 8].map((age) => `${path}.${age}`)].filter(existsSync);
    const logged = files.flatMap((file) => readFileSync(file, "utf8").trimEnd().split("\n"));
    const ids = logged.map((line) => Object(JSON.parse(line)).id);
    for (const answer of answers) expect(ids).toContain(Object(answer).id);
  });

  it("begins a new line behind one that broke off", async () => {
    const path = join(folder, "torn.jsonl");
    writeFileSync(path, '{"id":"deci');
    const { post } = await open({ path });
    await post(bridgeRequest());
    const [torn, whole] = readFileSync(path, "utf8").trimEnd().split("\n");
    expect(torn).toBe('{"id":"deci');
    expect(JSON.parse(whole ?? "")).toMatchObject({ effect: "allow" });
  });
});
