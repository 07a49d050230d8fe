import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { listField, passwordIdentity } from "../test-cloud.ts";
import { refusedBy, startTenants, type Tenants, TENANT_PASSWORD } from "./test-tenants.ts";

const NOBODY = "0123456789abcdef0123456789abcdef";

describe("what a domain manager sees of others", () => {
  let tenants: Tenants;
  beforeAll(async () => {
    tenants = await startTenants();
  });
  afterAll(() => tenants.cloud.close());

  const get = (path: string, token = tenants.manager) =>
    tenants.cloud.call("GET", `/identity/v3/${path}`, { token });

  it("lists every domain of the cloud", async () => {
    const names = listField(await get("domains"), "domains", "name");
    expect(new Set(names)).toEqual(
      new Set(["admin_domain", "service_domain", "magnum", "Default", "acme", "other-acme"]),
    );
    expect(listField(await get("domains?name=other-acme"), "domains", "name")).toEqual(["other-acme"]);
  });

  it("reads its own domain and is refused any other id alike, existing or not", async () => {
    expect((await get(`domains/${tenants.acme.domainId}`)).status).toBe(200);
    const paths = {
      [`domains/${tenants.other.domainId}`]: "identity:get_domain",
      [`domains/${NOBODY}`]: "identity:get_domain",
      "domains/acme": "identity:get_domain",
      [`projects/${tenants.other.projectId}`]: "identity:get_project",
      [`projects/${NOBODY}`]: "identity:get_project",
      [`users/${tenants.other.userId}`]: "identity:get_user",
      [`users/${NOBODY}`]: "identity:get_user",
    };
    for (const [path, action] of Object.entries(paths)) {
      const answer = await get(path);
      expect([path, answer.status, answer.body]).toEqual([path, 403, refusedBy(action)]);
    }
  });

  it("a cloud admin gets 404 where a manager gets 403", async () => {
    for (const path of [`domains/${NOBODY}`, `projects/${NOBODY}`, `users/${NOBODY}`]) {
      expect((await get(path, tenants.admin)).status).toBe(404);
    }
  });

  it("gets empty lists for another domain", async () => {
    for (const kind of ["projects", "users"]) {
      const answer = await get(`${kind}?domain_id=${tenants.other.domainId}`);
      expect([answer.status, listField(answer, kind, "id")]).toEqual([200, []]);
    }
    expect(listField(await get("projects"), "projects", "name")).toEqual(["acme-prod"]);
    const users = listField(await get("users"), "users", "name");
    expect(new Set(users)).toEqual(new Set(["acme-manager", "acme-domadmin", "acme-svc"]));
  });

  it("sees the role assignments of its own domain only", async () => {
    const all = await get("role_assignments");
    expect(listField(all, "role_assignments", "role")).toHaveLength(4);
    const other = await get(`role_assignments?scope.project.id=${tenants.other.projectId}`);
    expect([other.status, listField(other, "role_assignments", "role")]).toEqual([200, []]);
    const own = await get(`role_assignments?scope.project.id=${tenants.acme.projectId}&include_names=true`);
    const roles = listField(own, "role_assignments", "role");
    expect(roles).toEqual(
      expect.arrayContaining([
        { id: tenants.roles["member"], name: "member" },
        { id: tenants.roles["load-balancer_member"], name: "load-balancer_member" },
      ]),
    );
  });

  it("is refused every change outside its domain", async () => {
    const { acme, other, roles, cloud, manager } = tenants;
    const changes = [
      ["POST", "domains", { domain: { name: "x" } }, "create_domain"],
      ["POST", "projects", { project: { name: "x", domain_id: other.domainId } }, "create_project"],
      ["POST", "users", { user: { name: "x", domain_id: other.domainId, password: "p" } }, "create_user"],
      ["PATCH", `users/${other.userId}`, { user: { enabled: false } }, "update_user"],
      ["DELETE", `domains/${acme.domainId}`, undefined, "delete_domain"],
      [
        "PUT",
        `projects/${acme.projectId}/users/${other.userId}/roles/${roles["member"]}`,
        undefined,
        "create_grant",
      ],
      [
        "PUT",
        `projects/${other.projectId}/users/${acme.svcId}/roles/${roles["member"]}`,
        undefined,
        "create_grant",
      ],
    ] as const;
    for (const [method, path, body, action] of changes) {
      const answer = await cloud.call(method, `/identity/v3/${path}`, { token: manager, body });
      expect([path, answer.status, answer.body]).toEqual([path, 403, refusedBy(`identity:${action}`)]);
    }
  });

  it("gets no project-scoped token without a role on the project", async () => {
    const user = { name: "acme-manager", domain: "acme", password: TENANT_PASSWORD };
    const answer = await tenants.cloud.authenticate(passwordIdentity(user), {
      project: { name: "acme-prod", domain: { name: "acme" } },
    });
    expect(answer.status).toBe(401);
  });

  it("lists its own domains and projects through auth", async () => {
    expect(listField(await get("auth/domains"), "domains", "name")).toEqual(["acme"]);
    expect(listField(await get("auth/projects"), "projects", "name")).toEqual([]);
    expect(listField(await get("auth/projects", tenants.svc), "projects", "name")).toEqual(["acme-prod"]);
  });

  it("is refused the service catalog's administration", async () => {
    const answer = await get("services");
    expect([answer.status, answer.body]).toEqual([403, refusedBy("identity:list_services")]);
    expect((await get("services", tenants.admin)).status).toBe(200);
  });
});

describe("what a domain admin may do", () => {
  let tenants: Tenants;
  beforeAll(async () => {
    tenants = await startTenants();
  });
  afterAll(() => tenants.cloud.close());

  it("cannot list domains but may grant and revoke admin inside its own", async () => {
    const { cloud, domainAdmin, acme, roles } = tenants;
    const listed = await cloud.call("GET", "/identity/v3/domains", { token: domainAdmin });
    expect([listed.status, listed.body]).toEqual([403, refusedBy("identity:list_domains")]);
    const grant = `/identity/v3/projects/${acme.projectId}/users/${acme.svcId}/roles/${roles["admin"]}`;
    expect((await cloud.call("PUT", grant, { token: domainAdmin })).status).toBe(204);
    expect((await cloud.call("HEAD", grant, { token: domainAdmin })).status).toBe(204);
    expect((await cloud.call("DELETE", grant, { token: domainAdmin })).status).toBe(204);
    expect((await cloud.call("HEAD", grant, { token: domainAdmin })).status).toBe(404);
  });
});
