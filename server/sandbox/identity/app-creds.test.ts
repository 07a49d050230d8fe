import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { appCredIdentity, listField, subjectToken, textAt } from "../test-cloud.ts";
import {
  refusedBy,
  startTenants,
  svcIdentity,
  type Tenants,
  TENANT_PASSWORD,
  UNAUTHORIZED,
} from "./test-tenants.ts";

const MANAGING_REFUSED =
  "Using method 'application_credential' is not allowed for managing additional application credentials.";

describe("application credentials", () => {
  let tenants: Tenants;
  let unrestricted: { id: string; secret: string };
  let restricted: { id: string; secret: string };
  const path = () => `/identity/v3/users/${tenants.acme.svcId}/application_credentials`;
  const create = (token: string, fields: object) =>
    tenants.cloud.call("POST", path(), { token, body: { application_credential: fields } });
  const tokenOf = async ({ id, secret }: { id: string; secret: string }) =>
    subjectToken(await tenants.cloud.authenticate(appCredIdentity(id, secret)));

  beforeAll(async () => {
    tenants = await startTenants();
    for (const isUnrestricted of [true, false]) {
      const fields = { name: isUnrestricted ? "automation" : "restricted", unrestricted: isUnrestricted };
      const answer = await create(tenants.svc, fields);
      const secret = textAt(answer, "application_credential", "secret");
      const made = { id: textAt(answer, "application_credential", "id"), secret };
      if (isUnrestricted) unrestricted = made;
      else restricted = made;
    }
  });
  afterAll(() => tenants.cloud.close());

  it("carries the implied roles and never shows its secret again", async () => {
    const listed = await tenants.cloud.call("GET", path(), { token: tenants.svc });
    expect(JSON.stringify(listed.body)).not.toContain(unrestricted.secret);
    const roles = new Set(["reader", "member", "load-balancer_member"]);
    const single = await tenants.cloud.call("GET", `${path()}/${unrestricted.id}`, { token: tenants.svc });
    const names = [0, 1, 2].map((index) => textAt(single, "application_credential", "roles", index, "name"));
    expect(new Set(names)).toEqual(roles);
  });

  it("has a name only once per user", async () => {
    const answer = await create(tenants.svc, { name: "automation" });
    expect(answer.status).toBe(409);
    expect(textAt(answer, "error", "message")).toBe(
      "Conflict occurred attempting to store application_credential - Duplicate entry found with name automation.",
    );
  });

  it("gives a token that says where it came from", async () => {
    const answer = await tenants.cloud.authenticate(appCredIdentity(unrestricted.id, unrestricted.secret));
    expect(answer.body).toMatchObject({
      token: {
        methods: ["application_credential"],
        project: { id: tenants.acme.projectId },
        application_credential: { id: unrestricted.id, name: "automation", restricted: false },
      },
    });
    const wrong = await tenants.cloud.authenticate(appCredIdentity(unrestricted.id, "wrong"));
    expect([wrong.status, wrong.body]).toEqual([401, UNAUTHORIZED]);
  });

  it("a restricted one cannot make, delete or replace credentials; an unrestricted one can", async () => {
    const child = await create(await tokenOf(unrestricted), { name: "child" });
    expect(child.status).toBe(201);
    expect(child.body).toHaveProperty("application_credential.unrestricted", null);
    const token = await tokenOf(restricted);
    const refusals = [
      await create(token, { name: "child2" }),
      await tenants.cloud.call("DELETE", `${path()}/${unrestricted.id}`, { token }),
      await tenants.cloud.call("POST", `/identity/v3/users/${tenants.acme.svcId}/credentials/OS-EC2`, {
        token,
        body: { tenant_id: tenants.acme.projectId },
      }),
    ];
    for (const refusal of refusals) {
      expect([refusal.status, refusal.body]).toEqual([403, refusedBy(MANAGING_REFUSED)]);
    }
  });

  it("is its owner's alone: the manager neither lists nor makes them", async () => {
    const answer = await tenants.cloud.call("GET", path(), { token: tenants.manager });
    expect([answer.status, answer.body]).toEqual([403, refusedBy("identity:list_application_credentials")]);
    expect((await create(tenants.manager, { name: "stolen" })).status).toBe(403);
  });

  it("passes on only roles that its maker holds", async () => {
    const answer = await create(tenants.svc, { name: "too-much", roles: [{ name: "admin" }] });
    expect(answer.status).toBe(400);
    expect(textAt(answer, "error", "message")).toContain("Could not find role assignment with role");
    expect((await create(tenants.svc, { name: "less", roles: [{ name: "reader" }] })).status).toBe(201);
  });

  it("makes EC2 credentials for its owner", async () => {
    const ec2 = `/identity/v3/users/${tenants.acme.svcId}/credentials/OS-EC2`;
    const body = { tenant_id: tenants.acme.projectId };
    const answer = await tenants.cloud.call("POST", ec2, { token: tenants.svc, body });
    expect(answer.status).toBe(201);
    const access = textAt(answer, "credential", "access");
    const listed = await tenants.cloud.call("GET", ec2, { token: tenants.svc });
    expect(listField(listed, "credentials", "access")).toEqual([access]);
    expect((await tenants.cloud.call("GET", ec2, { token: tenants.manager })).status).toBe(403);
  });

  it("survives a password reset and the loss of a role, but not a disabled user", async () => {
    const { cloud, manager, acme, roles } = tenants;
    const user = `/identity/v3/users/${acme.svcId}`;
    await cloud.call("PATCH", user, { token: manager, body: { user: { password: "svc-password-2" } } });
    cloud.advance(1_100);
    expect((await cloud.authenticate(appCredIdentity(unrestricted.id, unrestricted.secret))).status).toBe(
      201,
    );
    const grant = `/identity/v3/projects/${acme.projectId}/users/${acme.svcId}/roles/${roles["load-balancer_member"]}`;
    expect((await cloud.call("DELETE", grant, { token: manager })).status).toBe(204);
    const answer = await cloud.authenticate(appCredIdentity(unrestricted.id, unrestricted.secret));
    expect(answer.status).toBe(201);
    expect(JSON.stringify(answer.body)).not.toContain("load-balancer_member");
    await cloud.call("PATCH", user, { token: manager, body: { user: { enabled: false } } });
    const disabled = await cloud.authenticate(appCredIdentity(unrestricted.id, unrestricted.secret));
    expect([disabled.status, disabled.body]).toEqual([401, UNAUTHORIZED]);
  });
});

describe("trusts and application credentials", () => {
  let tenants: Tenants;
  let appToken: string;
  let svc: string;
  beforeAll(async () => {
    tenants = await startTenants();
    svc = tenants.svc;
    const path = `/identity/v3/users/${tenants.acme.svcId}/application_credentials`;
    const body = { application_credential: { name: "automation", unrestricted: true } };
    const made = await tenants.cloud.call("POST", path, { token: svc, body });
    const id = textAt(made, "application_credential", "id");
    const identity = appCredIdentity(id, textAt(made, "application_credential", "secret"));
    appToken = subjectToken(await tenants.cloud.authenticate(identity));
  });
  afterAll(() => tenants.cloud.close());

  const mine = () => `/identity/v3/OS-TRUST/trusts?trustor_user_id=${tenants.acme.svcId}`;
  const createTrust = (token: string) =>
    tenants.cloud.call("POST", "/identity/v3/OS-TRUST/trusts", {
      token,
      body: {
        trust: {
          trustor_user_id: tenants.acme.svcId,
          trustee_user_id: tenants.acme.managerId,
          project_id: tenants.acme.projectId,
          impersonation: true,
          roles: [{ name: "member" }],
        },
      },
    });

  it("refuses delegated tokens by default and allows them where the cloud lifted that", async () => {
    const { sandbox } = tenants.cloud;
    const stock = { createUser: "fixed", trust: "target", override: "on", appCredTrust: false } as const;
    sandbox.setPolicy(stock);
    const refused = refusedBy("Delegated tokens cannot manage trusts.");
    const preflight = await tenants.cloud.call("GET", mine(), { token: appToken });
    expect([preflight.status, preflight.body]).toEqual([403, refused]);
    const created = await createTrust(appToken);
    expect([created.status, created.body]).toEqual([403, refused]);
    expect((await createTrust(svc)).status).toBe(201);

    sandbox.setPolicy({ ...stock, appCredTrust: true });
    expect((await tenants.cloud.call("GET", mine(), { token: appToken })).status).toBe(200);
    expect((await createTrust(appToken)).status).toBe(201);
  });

  it("refuses every trust when the rule reads the request body", async () => {
    tenants.cloud.sandbox.setPolicy({
      createUser: "fixed",
      trust: "body",
      override: "on",
      appCredTrust: true,
    });
    const answer = await createTrust(svc);
    expect([answer.status, answer.body]).toEqual([403, refusedBy("identity:create_trust")]);
  });

  it("shows a trust to its parties only, and lists all only to admins", async () => {
    const admin = await tenants.cloud.call("GET", "/identity/v3/OS-TRUST/trusts", { token: tenants.admin });
    expect(listField(admin, "trusts", "trustor_user_id")).toContain(tenants.acme.svcId);
    const all = await tenants.cloud.call("GET", "/identity/v3/OS-TRUST/trusts", { token: svc });
    expect(all.status).toBe(403);
    const ids = listField(await tenants.cloud.call("GET", mine(), { token: svc }), "trusts", "id");
    const single = `/identity/v3/OS-TRUST/trusts/${String(ids[0])}`;
    expect((await tenants.cloud.call("GET", single, { token: svc })).status).toBe(200);
    expect((await tenants.cloud.call("GET", single, { token: tenants.domainAdmin })).status).toBe(403);
    expect((await tenants.cloud.call("DELETE", single, { token: tenants.manager })).status).toBe(403);
    expect((await tenants.cloud.call("DELETE", single, { token: svc })).status).toBe(204);
    expect((await tenants.cloud.call("GET", single, { token: tenants.admin })).status).toBe(404);
  });

  it("the service user still logs in with its password", async () => {
    const scope = { project: { id: tenants.acme.projectId } };
    expect((await tenants.cloud.authenticate(svcIdentity(TENANT_PASSWORD), scope)).status).toBe(201);
  });
});
