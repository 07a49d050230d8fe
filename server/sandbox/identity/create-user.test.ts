import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { PolicyVariant } from "../kernel/world.ts";
import { refusedBy, startTenants, type Tenants } from "./test-tenants.ts";
import { createTrust, createTrustee } from "./trustee.ts";
import { findValidToken } from "./token-store.ts";

const FIXED: PolicyVariant = { createUser: "fixed", trust: "target", override: "on", appCredTrust: true };
const BROKEN: PolicyVariant = { ...FIXED, createUser: "broken" };
const ABSENT: PolicyVariant = { ...FIXED, override: "off" };

/** Since Keystone stopped merging the request body into the policy target, old create_user rules refuse domain admins. */
describe("create_user under each policy", () => {
  let tenants: Tenants;
  beforeAll(async () => {
    tenants = await startTenants();
  });
  afterAll(() => tenants.cloud.close());

  let count = 0;
  const createUser = (actor: "admin" | "manager" | "domainAdmin", domainId: string | null) => {
    count += 1;
    const user = { name: `u-${count}`, password: "p", ...(domainId === null ? {} : { domain_id: domainId }) };
    return tenants.cloud.call("POST", "/identity/v3/users", { token: tenants[actor], body: { user } });
  };

  it.each([
    { policy: "broken", variant: BROKEN, domainAdmin: 403, manager: 201, admin: 201 },
    { policy: "fixed", variant: FIXED, domainAdmin: 201, manager: 201, admin: 201 },
    { policy: "absent", variant: ABSENT, domainAdmin: 403, manager: 403, admin: 201 },
  ] as const)("override $policy: domain admin $domainAdmin, manager $manager", async (row) => {
    tenants.cloud.sandbox.setPolicy(row.variant);
    for (const actor of ["domainAdmin", "manager", "admin"] as const) {
      const answer = await createUser(actor, tenants.acme.domainId);
      expect([actor, answer.status]).toEqual([actor, row[actor]]);
      if (row[actor] === 403) expect(answer.body).toEqual(refusedBy("identity:create_user"));
    }
  });

  it.each([BROKEN, FIXED])(
    "refuses a body without a domain, and another domain ($createUser)",
    async (variant) => {
      tenants.cloud.sandbox.setPolicy(variant);
      for (const actor of ["domainAdmin", "manager"] as const) {
        expect((await createUser(actor, null)).status).toBe(403);
        expect((await createUser(actor, tenants.other.domainId)).status).toBe(403);
      }
    },
  );

  it("leaves update_user alone, which is why only creation looks broken", async () => {
    tenants.cloud.sandbox.setPolicy(BROKEN);
    const answer = await tenants.cloud.call("PATCH", `/identity/v3/users/${tenants.acme.svcId}`, {
      token: tenants.domainAdmin,
      body: { user: { description: "touched" } },
    });
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({
      user: { description: "touched", extra: { description: "touched" } },
    });
  });

  it("without the override a manager lists neither domains nor projects", async () => {
    tenants.cloud.sandbox.setPolicy(ABSENT);
    for (const kind of ["domains", "projects"]) {
      const answer = await tenants.cloud.call("GET", `/identity/v3/${kind}`, { token: tenants.manager });
      expect([answer.status, answer.body]).toEqual([403, refusedBy(`identity:list_${kind}`)]);
    }
  });

  it.each([
    { name: "broken create_user", variant: BROKEN, trustee: "refused", trust: null },
    {
      name: "trust reads the body",
      variant: { ...FIXED, trust: "body" as const },
      trustee: "created",
      trust: "refused",
    },
    { name: "both resolve", variant: FIXED, trustee: "created", trust: "created" },
  ])("a cluster's trustee and trust: $name", ({ name, variant, trustee, trust }) => {
    tenants.cloud.sandbox.setPolicy(variant);
    const { world } = tenants.cloud.sandbox;
    const caller = findValidToken(world, tenants.svc, new Date());
    if (caller === null) throw new Error("The service user's token is not valid.");
    const made = createTrustee(world, `trustee of ${name}`, new Date());
    expect(made.kind).toBe(trustee);
    if (made.kind === "refused") return;
    expect(createTrust(world, caller, made.userId).kind).toBe(trust);
  });
});
