import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { listField, passwordIdentity, TestCloud, textAt } from "../test-cloud.ts";
import { refusedBy, UNAUTHORIZED } from "./test-tenants.ts";

/** Stages 1 to 3 of a tenant's onboarding, in order, with the bodies the stock client sends. */
describe("onboarding a tenant", () => {
  let cloud: TestCloud;
  let admin: string;
  let manager: string;
  const ids: Record<string, string> = {};
  const id = (name: string): string => ids[name] ?? "";
  const v3 = "/identity/v3";

  beforeAll(async () => {
    cloud = await TestCloud.start();
    admin = await cloud.adminToken();
  });
  afterAll(() => cloud.close());

  it("finds no tenant by id or name before it exists", async () => {
    const byId = await cloud.call("GET", `${v3}/domains/acme`, { token: admin });
    expect(byId.status).toBe(404);
    expect(textAt(byId, "error", "message")).toBe("Could not find domain: acme.");
    const byName = await cloud.call("GET", `${v3}/domains?name=acme`, { token: admin });
    expect(byName.body).toEqual({
      domains: [],
      links: { next: null, self: `${cloud.sandbox.url}${v3}/domains?name=acme`, previous: null },
    });
  });

  it("creates the domain once", async () => {
    const domain = { name: "acme", description: "tenant acme", enabled: true, options: {} };
    const created = await cloud.call("POST", `${v3}/domains`, { token: admin, body: { domain } });
    ids["domain"] = textAt(created, "domain", "id");
    expect(created.status).toBe(201);
    expect(created.body).toEqual({
      domain: {
        id: id("domain"),
        name: "acme",
        description: "tenant acme",
        enabled: true,
        tags: [],
        options: {},
        links: { self: `${cloud.sandbox.url}${v3}/domains/${id("domain")}` },
      },
    });
    const again = await cloud.call("POST", `${v3}/domains`, { token: admin, body: { domain } });
    expect(again.status).toBe(409);
    expect(textAt(again, "error", "message")).toBe(
      "Conflict occurred attempting to store project - it is not permitted to have two projects acting as " +
        "domains with the same name: acme.",
    );
  });

  it("creates the manager once and grants its role idempotently", async () => {
    const user = {
      name: "acme-manager",
      domain_id: id("domain"),
      password: "manager-password-1",
      description: "domain manager",
      enabled: true,
      options: {},
    };
    const created = await cloud.call("POST", `${v3}/users`, { token: admin, body: { user } });
    expect(created.status).toBe(201);
    ids["manager"] = textAt(created, "user", "id");
    expect(created.body).toEqual({
      user: {
        description: "domain manager",
        id: id("manager"),
        name: "acme-manager",
        domain_id: id("domain"),
        enabled: true,
        password_expires_at: null,
        options: {},
        links: { self: `${cloud.sandbox.url}${v3}/users/${id("manager")}` },
      },
    });
    const again = await cloud.call("POST", `${v3}/users`, { token: admin, body: { user } });
    expect(again.status).toBe(409);
    expect(textAt(again, "error", "message")).toBe(
      "Conflict occurred attempting to store user - Duplicate entry found with name acme-manager at domain ID " +
        `${id("domain")}.`,
    );
    const roles = await cloud.call("GET", `${v3}/roles?name=manager`, { token: admin });
    ids["managerRole"] = textAt(roles, "roles", 0, "id");
    const grant = `${v3}/domains/${id("domain")}/users/${id("manager")}/roles/${id("managerRole")}`;
    for (const _time of [1, 2]) expect((await cloud.call("PUT", grant, { token: admin })).status).toBe(204);
  });

  it.each(["", "&effective=True"])("lists exactly one assignment of the manager%s", async (effective) => {
    const path = `${v3}/role_assignments?user.id=${id("manager")}${effective}&include_names=True`;
    const listed = await cloud.call("GET", path, { token: admin });
    const acme = { id: id("domain"), name: "acme" };
    const grant = `${v3}/domains/${id("domain")}/users/${id("manager")}/roles/${id("managerRole")}`;
    expect(listed.body).toMatchObject({
      role_assignments: [
        {
          links: { assignment: `${cloud.sandbox.url}${grant}` },
          scope: { domain: acme },
          user: { id: id("manager"), name: "acme-manager", domain: acme },
          role: { id: id("managerRole"), name: "manager" },
        },
      ],
    });
    expect(listField(listed, "role_assignments", "role")).toHaveLength(1);
  });

  it("gives the manager a domain-scoped token without project keys", async () => {
    const user = { name: "acme-manager", domain: "acme", password: "manager-password-1" };
    const answer = await cloud.authenticate(passwordIdentity(user), { domain: { name: "acme" } });
    manager = answer.headers["x-subject-token"] ?? "";
    expect(answer.status).toBe(201);
    expect(answer.body).toMatchObject({
      token: {
        methods: ["password"],
        domain: { id: id("domain"), name: "acme" },
        roles: [{ id: id("managerRole"), name: "manager" }],
      },
    });
    expect(answer.body).not.toHaveProperty("token.is_admin_project");
    expect(answer.body).toHaveProperty("token.catalog");
  });

  it("lets the manager create the project and the service user", async () => {
    const project = { domain_id: id("domain"), name: "acme-prod", description: "production", enabled: true };
    const created = await cloud.call("POST", `${v3}/projects`, { token: manager, body: { project } });
    expect(created.status).toBe(201);
    ids["project"] = textAt(created, "project", "id");
    expect(created.body).toMatchObject({ project: { parent_id: id("domain"), is_domain: false, tags: [] } });
    const again = await cloud.call("POST", `${v3}/projects`, { token: manager, body: { project } });
    expect(again.status).toBe(409);
    expect(textAt(again, "error", "message")).toMatch(
      /^Conflict occurred attempting to store project - it is not permitted to have two projects with either the same name or same id in the same domain: name is acme-prod, project id [0-9a-f]{32}\.$/,
    );
    const user = { name: "acme-svc", domain_id: id("domain"), password: "svc-password-1", enabled: true };
    const svc = await cloud.call("POST", `${v3}/users`, { token: manager, body: { user } });
    expect(svc.status).toBe(201);
    ids["svc"] = textAt(svc, "user", "id");
  });

  it.each([
    { role: "member", status: 204 },
    { role: "load-balancer_member", status: 204 },
    { role: "admin", status: 403 },
    { role: "manager", status: 403 },
    { role: "reader", status: 403 },
    { role: "service", status: 403 },
  ])("answers $status when the manager grants $role on its project", async ({ role, status }) => {
    const roles = await cloud.call("GET", `${v3}/roles?name=${role}`, { token: manager });
    const roleId = textAt(roles, "roles", 0, "id");
    const grant = `${v3}/projects/${id("project")}/users/${id("svc")}/roles/${roleId}`;
    const answer = await cloud.call("PUT", grant, { token: manager });
    expect(answer.status).toBe(status);
    if (status === 403) expect(answer.body).toEqual(refusedBy("identity:create_grant"));
    const read = await cloud.call("GET", `${v3}/roles/${roleId}`, { token: manager });
    expect(read.status).toBe(status === 204 ? 200 : 403);
  });

  it.each(["admin", "manager"])("refuses the manager the role %s for itself on the domain", async (role) => {
    const roles = await cloud.call("GET", `${v3}/roles?name=${role}`, { token: manager });
    const roleId = textAt(roles, "roles", 0, "id");
    const grant = `${v3}/domains/${id("domain")}/users/${id("manager")}/roles/${roleId}`;
    const answer = await cloud.call("PUT", grant, { token: manager });
    expect([answer.status, answer.body]).toEqual([403, refusedBy("identity:create_grant")]);
  });

  it("tells a role that does not exist apart from one that is refused", async () => {
    const answer = await cloud.call("GET", `${v3}/roles/admin`, { token: manager });
    expect(answer.status).toBe(404);
    const grant = `${v3}/projects/${id("project")}/users/${id("svc")}/roles/${"0".repeat(32)}`;
    const granted = await cloud.call("PUT", grant, { token: admin });
    expect(textAt(granted, "error", "message")).toBe(`Could not find role: ${"0".repeat(32)}.`);
  });

  it("lets the manager reset the service user's password; the old one is dead", async () => {
    const body = { user: { password: "svc-password-2", enabled: true } };
    const reset = await cloud.call("PATCH", `${v3}/users/${id("svc")}`, { token: manager, body });
    expect(reset.status).toBe(200);
    expect(reset.body).toHaveProperty("user.extra", {});
    const scope = { project: { name: "acme-prod", domain: { name: "acme" } } };
    const svc = { name: "acme-svc", domain: "acme" };
    const old = await cloud.authenticate(passwordIdentity({ ...svc, password: "svc-password-1" }), scope);
    expect([old.status, old.body]).toEqual([401, UNAUTHORIZED]);
    expect(old.headers["www-authenticate"]).toBe(`Keystone uri="${cloud.sandbox.authUrl}"`);
    const fresh = await cloud.authenticate(passwordIdentity({ ...svc, password: "svc-password-2" }), scope);
    expect(fresh.status).toBe(201);
    expect(fresh.body).toHaveProperty("token.is_admin_project", false);
  });

  it("answers 401 to a wrong original password", async () => {
    const body = { user: { original_password: "wrong-wrong", password: "manager-password-2" } };
    const answer = await cloud.call("POST", `${v3}/users/${id("manager")}/password`, {
      token: manager,
      body,
    });
    expect([answer.status, answer.body]).toEqual([401, UNAUTHORIZED]);
  });

  it("answers 400 to a user without a name and to a project in no domain", async () => {
    const user = { domain_id: id("domain") };
    const unnamed = await cloud.call("POST", `${v3}/users`, { token: manager, body: { user } });
    expect(unnamed.status).toBe(400);
    expect(textAt(unnamed, "error", "message")).toContain("'name' is a required property");
    const project = { name: "x", domain_id: "0123456789abcdef0123456789abcdef" };
    const homeless = await cloud.call("POST", `${v3}/projects`, { token: admin, body: { project } });
    expect(homeless.status).toBe(400);
    expect(textAt(homeless, "error", "message")).toBe(
      "Could not find domain: 0123456789abcdef0123456789abcdef.",
    );
  });
});
