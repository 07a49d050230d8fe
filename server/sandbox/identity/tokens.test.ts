import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { passwordIdentity, subjectToken, textAt } from "../test-cloud.ts";
import { startTenants, svcIdentity, type Tenants, UNAUTHORIZED } from "./test-tenants.ts";

describe("tokens", () => {
  let tenants: Tenants;
  beforeEach(async () => {
    tenants = await startTenants();
  });
  afterEach(() => tenants.cloud.close());

  const scope = () => ({ project: { id: tenants.acme.projectId } });
  const probe = (token: string) => tenants.cloud.call("GET", "/identity/v3/auth/projects", { token });
  const resetPassword = (password: string) =>
    tenants.cloud.call("PATCH", `/identity/v3/users/${tenants.acme.svcId}`, {
      token: tenants.admin,
      body: { user: { password } },
    });

  it("issued in the second of a password reset are dead for good; a second later a new one lives", async () => {
    tenants.cloud.advance(5_000);
    await resetPassword("svc-password-2");
    const sameSecond = subjectToken(await tenants.cloud.authenticate(svcIdentity("svc-password-2"), scope()));
    expect((await probe(sameSecond)).status).toBe(401);
    tenants.cloud.advance(1_100);
    expect((await probe(sameSecond)).status).toBe(401);
    const later = subjectToken(await tenants.cloud.authenticate(svcIdentity("svc-password-2"), scope()));
    expect((await probe(later)).status).toBe(200);
  });

  it("from before a password reset are dead", async () => {
    expect((await probe(tenants.svc)).status).toBe(200);
    tenants.cloud.advance(5_000);
    await resetPassword("svc-password-2");
    const answer = await probe(tenants.svc);
    expect([answer.status, answer.body]).toEqual([401, UNAUTHORIZED]);
  });

  it("end after an hour", async () => {
    tenants.cloud.advance(59 * 60_000);
    expect((await probe(tenants.svc)).status).toBe(200);
    tenants.cloud.advance(61_000);
    expect((await probe(tenants.svc)).status).toBe(401);
  });

  it("are validated by their owner, hidden without the catalog, and revoked by DELETE", async () => {
    const { cloud, svc } = tenants;
    const path = "/identity/v3/auth/tokens";
    const subject = { "X-Subject-Token": svc };
    const full = await cloud.call("GET", path, { token: svc, headers: subject });
    expect(full.status).toBe(200);
    expect(full.headers["x-subject-token"]).toBe(svc);
    expect(full.body).toHaveProperty("token.catalog");
    expect(textAt(full, "token", "expires_at")).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.000000Z$/);
    const short = await cloud.call("GET", `${path}?nocatalog`, { token: svc, headers: subject });
    expect(short.body).not.toHaveProperty("token.catalog");
    expect((await cloud.call("HEAD", path, { token: svc, headers: subject })).status).toBe(200);
    const stranger = await cloud.call("GET", path, {
      token: svc,
      headers: { "X-Subject-Token": tenants.manager },
    });
    expect(stranger.status).toBe(403);
    expect((await cloud.call("DELETE", path, { token: svc, headers: subject })).status).toBe(204);
    expect((await probe(svc)).status).toBe(401);
  });

  it("follow the roles: without one left on the project the token is refused", async () => {
    const { cloud, admin, acme, roles } = tenants;
    const revoke = (role: string) => {
      const grant = `projects/${acme.projectId}/users/${acme.svcId}/roles/${roles[role] ?? ""}`;
      return cloud.call("DELETE", `/identity/v3/${grant}`, { token: admin });
    };
    await revoke("member");
    expect((await probe(tenants.svc)).status).toBe(200);
    await revoke("load-balancer_member");
    expect((await probe(tenants.svc)).status).toBe(401);
  });

  it.each([
    ["an unknown user", { name: "nobody", domain: "acme", password: "x" }],
    ["an unknown domain", { name: "acme-svc", domain: "nowhere", password: "x" }],
    ["a wrong password", { name: "acme-svc", domain: "acme", password: "x" }],
  ])("are refused to %s with one and the same answer", async (_who, user) => {
    const answer = await tenants.cloud.authenticate(passwordIdentity(user), scope());
    expect([answer.status, answer.body]).toEqual([401, UNAUTHORIZED]);
  });

  it("are asked for on every route but discovery and authentication", async () => {
    for (const token of [undefined, "gAAAAAB-not-a-token"]) {
      const answer = await tenants.cloud.call(
        "GET",
        "/identity/v3/users",
        token === undefined ? {} : { token },
      );
      expect([answer.status, answer.body]).toEqual([401, UNAUTHORIZED]);
    }
    expect((await tenants.cloud.call("GET", "/identity")).status).toBe(300);
    const version = await tenants.cloud.call("GET", "/identity/v3");
    expect(textAt(version, "version", "id")).toBe("v3.14");
  });

  it("leave a disabled domain with nothing, and an enabled domain cannot be deleted", async () => {
    const { cloud, admin, acme } = tenants;
    const path = `/identity/v3/domains/${acme.domainId}`;
    const refused = await cloud.call("DELETE", path, { token: admin });
    expect(refused.status).toBe(403);
    expect(textAt(refused, "error", "message")).toBe(
      "Cannot delete a domain that is enabled, please disable it first.",
    );
    await cloud.call("PATCH", path, { token: admin, body: { domain: { enabled: false } } });
    expect((await probe(tenants.svc)).status).toBe(401);
    expect((await cloud.call("DELETE", path, { token: admin })).status).toBe(204);
    expect((await cloud.call("GET", path, { token: admin })).status).toBe(404);
    const user = await cloud.call("GET", `/identity/v3/users/${acme.svcId}`, { token: admin });
    expect(user.status).toBe(404);
  });
});
