import type { ServerResponse } from "node:http";
import { afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type HttpsStub, json, type SeenRequest, startHttpsStub } from "#server/testing/https-stub.ts";
import { makeAuthority, type TestAuthority } from "#server/testing/tls-authority.ts";
import type { CloudRequest } from "./cloud-call.ts";
import type { CloudConfig } from "./cloud-config.ts";
import { CloudError } from "./cloud-error.ts";
import { type KeystoneCredentials } from "./credentials.ts";
import { type CloudSession, openSession, type OpenSessionOptions } from "./session.ts";
import type { TrustAnchor } from "./trust-anchor.ts";

const START = new Date("2026-11-22T04:50:06.400Z");
const PASSWORD = "hunter22-very-secret";
const svc: KeystoneCredentials = {
  kind: "password",
  user: { name: "acme-svc", domain: { name: "acme" } },
  password: PASSWORD,
  scope: { project: { name: "acme-prod", domain: { name: "acme" } } },
};
const appCred: KeystoneCredentials = {
  kind: "application_credential",
  id: "043115261d1043ffbfd22f0deebc9074",
  secret: PASSWORD,
};
const readUsers: CloudRequest = { service: "identity", method: "GET", path: "/users?name=x" };

let authority: TestAuthority;
let cloud: HttpsStub;
let clock: Date;
let waits: number[];
const sessions: CloudSession[] = [];

beforeAll(async () => {
  authority = await makeAuthority("Test CA");
});
beforeEach(async () => {
  cloud = await startHttpsStub(await authority.issue({ hosts: ["127.0.0.1"] }));
  clock = START;
  waits = [];
});
afterEach(async () => {
  for (const session of sessions.splice(0)) await session.close();
  await cloud.close();
});

/** A stub Keystone: hands out token-1, token-2 ... and passes every other request to `serve`. */
function keystone(
  serve: (request: SeenRequest, response: ServerResponse) => void,
  over: { origin?: string; userIds?: readonly string[]; refuseFrom?: number; token?: object } = {},
): void {
  let issued = 0;
  cloud.answerWith((request, response) => {
    if (request.path !== "/v3/auth/tokens") return serve(request, response);
    issued += 1;
    if (issued >= (over.refuseFrom ?? Infinity)) {
      const message = "The request you have made requires authentication.";
      return json(response, 401, { body: { error: { code: 401, message, title: "Unauthorized" } } });
    }
    const url = over.origin ?? cloud.origin;
    const endpoints = [{ interface: "public", region_id: "RegionOne", region: "RegionOne", url }];
    return json(response, 201, {
      headers: { "x-subject-token": `token-${issued}` },
      body: {
        token: {
          methods: ["password"],
          user: {
            id: over.userIds?.[issued - 1] ?? "u1",
            name: "acme-svc",
            domain: { id: "d1", name: "acme" },
          },
          issued_at: "2026-11-22T04:50:06.000000Z",
          expires_at: "2026-11-22T05:50:06.000000Z",
          project: { id: "p1", name: "acme-prod", domain: { id: "d1", name: "acme" } },
          roles: [{ id: "r1", name: "member" }],
          catalog: ["identity", "network"].map((type) => ({ type, endpoints })),
          ...over.token,
        },
      },
    });
  });
}

function config(): CloudConfig {
  return {
    name: "lab",
    file: "/etc/openstack/clouds.yaml",
    authUrl: `${cloud.origin}/v3`,
    credentials: svc,
    regionName: "RegionOne",
    interface: "public",
    cacertPath: "/ca.crt",
    endpointOrigins: null,
    tenantPool: null,
    horizonUrl: null,
  };
}

function anchor(notAfter = new Date(START.getTime() + 7_200_000)): TrustAnchor {
  return {
    kind: "ok",
    path: "/ca.crt",
    pem: authority.pem,
    subject: "CN=Test CA",
    fingerprint256: "",
    notAfter,
  };
}

async function open(over: Partial<OpenSessionOptions> = {}): Promise<CloudSession> {
  const session = await openSession({
    cloud: config(),
    anchor: anchor(),
    credentials: svc,
    now: () => clock,
    wait: (ms) => {
      waits.push(ms);
      return Promise.resolve();
    },
    ...over,
  });
  sessions.push(session);
  return session;
}

async function failure(running: Promise<unknown>): Promise<CloudError> {
  const error: unknown = await running.then(
    () => new Error("It did not fail."),
    (reason: unknown) => reason,
  );
  if (!(error instanceof CloudError)) throw error;
  expect(`${JSON.stringify(error)}${error.stack}`).not.toMatch(/hunter22|token-\d/);
  return error;
}

const tokensOf = (seen: readonly SeenRequest[]) =>
  seen.filter(({ path }) => path !== "/v3/auth/tokens").map(({ headers }) => headers["x-auth-token"]);
const signIns = () => cloud.seen.filter(({ path }) => path === "/v3/auth/tokens").length;
const ok = (_: SeenRequest, response: ServerResponse) => json(response, 200, { body: { users: [] } });

describe("signing in", () => {
  // The bodies are those of the recorded clients, field for field.
  test.each<[string, KeystoneCredentials, unknown]>([
    [
      "a password in a project",
      svc,
      {
        identity: {
          methods: ["password"],
          password: { user: { password: PASSWORD, name: "acme-svc", domain: { name: "acme" } } },
        },
        scope: { project: { name: "acme-prod", domain: { name: "acme" } } },
      },
    ],
    [
      "a password in a domain",
      {
        ...svc,
        user: { name: "acme-manager", domain: { name: "acme" } },
        scope: { domain: { name: "acme" } },
      },
      {
        identity: {
          methods: ["password"],
          password: { user: { password: PASSWORD, name: "acme-manager", domain: { name: "acme" } } },
        },
        scope: { domain: { name: "acme" } },
      },
    ],
    [
      "by ids",
      { ...svc, user: { id: "u1" }, scope: { project: { id: "p1" } } },
      {
        identity: { methods: ["password"], password: { user: { password: PASSWORD, id: "u1" } } },
        scope: { project: { id: "p1" } },
      },
    ],
    [
      "an application credential, without a scope",
      appCred,
      {
        identity: {
          methods: ["application_credential"],
          application_credential: { secret: PASSWORD, id: "043115261d1043ffbfd22f0deebc9074" },
        },
      },
    ],
  ])("%s", async (_, credentials, expected) => {
    keystone(ok);
    await open({ credentials });
    expect(cloud.seen).toMatchObject([{ method: "POST", path: "/v3/auth/tokens" }]);
    expect(cloud.seen[0]?.body).toEqual({ auth: expected });
  });

  test("describe tells who it is", async () => {
    keystone(ok);
    expect((await open()).describe()).toEqual({
      userId: "u1",
      userName: "acme-svc",
      userDomainId: "d1",
      projectId: "p1",
      projectDomainId: "d1",
      isAdminProject: false,
      domainId: null,
      roles: ["member"],
      isAppCred: false,
    });
    keystone(ok, {
      token: { project: undefined, domain: { id: "d1", name: "acme" }, methods: ["application_credential"] },
    });
    expect((await open()).describe()).toMatchObject({ projectId: null, domainId: "d1", isAppCred: true });
  });

  test("refused credentials are named, not quoted", async () => {
    keystone(ok, { refuseFrom: 1 });
    const error = await failure(open());
    expect(error).toMatchObject({
      code: "unauthenticated",
      outcome: "not_applied",
      actual: 401,
      requestId: "req-7b2e",
    });
    expect(error.says).toContain("user acme-svc");
    expect((await failure(open({ credentials: appCred }))).says).toContain("application credential 0431");
  });

  test("an answer without a token or with another shape cannot be used", async () => {
    cloud.answerWith((_, response) => json(response, 201, { body: { token: { user: "x" } } }));
    const error = await failure(open());
    expect(error).toMatchObject({ code: "bad_body", outcome: "not_applied" });
    expect(error.says).toContain("token.user");
  });

  test.each([
    [0, [1_100]],
    [400, [700]],
    [1_099, [1]],
    [1_100, []],
    [5_000, []],
  ])("%i ms after a password reset it waits %j", async (elapsed, expected) => {
    keystone(ok);
    await open({ notBefore: new Date(START.getTime() - elapsed) });
    expect(waits).toEqual(expected);
  });
});

describe("the trust anchor", () => {
  const says = "The certificate authority file /ca.crt does not exist.";
  test.each<[string, () => TrustAnchor, string]>([
    ["missing", () => ({ kind: "missing", path: "/ca.crt", says }), "does not exist"],
    ["expired by now", () => anchor(new Date(START.getTime() - 1)), "expired on"],
  ])("%s stops the session before the first call", async (_, make, words) => {
    keystone(ok);
    const error = await failure(open({ anchor: make() }));
    expect(error).toMatchObject({ code: "tls", outcome: "not_applied" });
    expect(error.says).toContain(words);
    expect(cloud.seen).toEqual([]);
  });
});

describe("calls", () => {
  test("go to the service's version root with the session's token", async () => {
    keystone(ok);
    const session = await open();
    expect(session.endpointOf("network")).toBe(`${cloud.origin}/v2.0`);
    const response = await session.call({ service: "network", method: "GET", path: "/networks?name=x" });
    expect(response).toEqual({
      status: 200,
      body: { users: [] },
      requestId: "req-7b2e",
      sent: { method: "GET", url: `${cloud.origin}/v2.0/networks?name=x` },
    });
    expect(cloud.seen[1]).toMatchObject({
      path: "/v2.0/networks?name=x",
      headers: { "x-auth-token": "token-1" },
    });
  });

  test("a caller's header cannot replace the token", async () => {
    keystone(ok);
    await (
      await open()
    ).call({ ...readUsers, headers: { "x-auth-token": "other", "x-openstack-note": "kept" } });
    expect(cloud.seen[1]?.headers).toMatchObject({ "x-auth-token": "token-1", "x-openstack-note": "kept" });
  });

  test.each([
    "users",
    "/../v2.0/networks",
    "/%2e%2e/v2.0/networks",
    "//evil.example/x",
    "/users#x",
    "/a\\..\\b",
    "",
  ])("the path %j never leaves", async (path) => {
    keystone(ok);
    const session = await open();
    await expect(session.call({ ...readUsers, path })).rejects.toThrow();
    expect(cloud.seen.slice(1).filter((request) => !request.path.startsWith("/v3/"))).toEqual([]);
  });

  test("a catalog that points elsewhere gets no token", async () => {
    const foreign = await startHttpsStub(await authority.issue({ hosts: ["127.0.0.1"] }));
    keystone(ok, { origin: foreign.origin });
    const strict = { ...config(), endpointOrigins: [cloud.origin] };
    const session = await open({ cloud: strict });
    const error = await failure(session.call(readUsers));
    expect(error).toMatchObject({ code: "origin_refused", outcome: "not_applied" });
    expect(error.says).toContain(foreign.origin);
    expect(() => session.endpointOf("network")).toThrow(CloudError);
    expect([foreign.connectionCount(), foreign.seen.length]).toEqual([0, 0]);
    await foreign.close();
  });
});

describe("renewal", () => {
  const refuse = (dead: readonly string[]) => (request: SeenRequest, response: ServerResponse) =>
    dead.includes(String(request.headers["x-auth-token"])) ? json(response, 401, {}) : ok(request, response);

  test.each(["GET", "POST"] as const)(
    "a %s refused with 401 is sent once more with a new token",
    async (method) => {
      keystone(refuse(["token-1"]));
      const session = await open();
      expect(
        await session.call({ ...readUsers, method, body: method === "POST" ? {} : undefined }),
      ).toMatchObject({
        status: 200,
      });
      expect(tokensOf(cloud.seen)).toEqual(["token-1", "token-2"]);
    },
  );

  test("a second 401 is the answer: not applied", async () => {
    keystone(refuse(["token-1", "token-2", "token-3"]));
    const session = await open();
    const error = await failure(session.call({ ...readUsers, method: "POST", body: {} }));
    expect(error).toMatchObject({ code: "unauthenticated", outcome: "not_applied", actual: 401 });
    expect(tokensOf(cloud.seen)).toEqual(["token-1", "token-2"]);
  });

  test("credentials that no longer work end the call", async () => {
    keystone(refuse(["token-1"]), { refuseFrom: 2 });
    const session = await open();
    expect(await failure(session.call(readUsers))).toMatchObject({ code: "unauthenticated" });
    expect(tokensOf(cloud.seen)).toEqual(["token-1"]);
  });

  test("an accepted 401 is an answer", async () => {
    keystone(refuse(["token-1"]));
    const session = await open();
    expect(await session.call({ ...readUsers, accept: [401] })).toMatchObject({ status: 401 });
    expect(signIns()).toBe(1);
  });

  test.each([
    [58 * 60_000, ["token-1"]],
    [59 * 60_000, ["token-2"]],
    [90 * 60_000, ["token-2"]],
  ])("after %i ms the call uses %j", async (elapsed, expected) => {
    keystone(ok);
    const session = await open();
    clock = new Date(START.getTime() + elapsed);
    await session.call(readUsers);
    expect(tokensOf(cloud.seen)).toEqual(expected);
  });

  test("an expired token that is refused even when new is not renewed twice", async () => {
    keystone(refuse(["token-1", "token-2"]));
    const session = await open();
    clock = new Date(START.getTime() + 3_600_000);
    expect(await failure(session.call(readUsers))).toMatchObject({ code: "unauthenticated" });
    expect(signIns()).toBe(2);
  });

  test("calls that meet the same dead token share one renewal", async () => {
    keystone(refuse(["token-1"]));
    const session = await open();
    await Promise.all(Array.from({ length: 5 }, () => session.call(readUsers)));
    expect(signIns()).toBe(2);
  });

  test("a renewed token of another user is not used", async () => {
    keystone(refuse(["token-1"]), { userIds: ["u1", "u2"] });
    const session = await open();
    expect(await failure(session.call(readUsers))).toMatchObject({ code: "unauthenticated" });
    expect(tokensOf(cloud.seen)).toEqual(["token-1"]);
    expect(session.describe().userId).toBe("u1");
  });

  test("a 403 is not a reason to renew", async () => {
    keystone((_, response) => json(response, 403, {}));
    const session = await open();
    expect(await failure(session.call(readUsers))).toMatchObject({ code: "http", actual: 403 });
    expect(signIns()).toBe(1);
  });
});
