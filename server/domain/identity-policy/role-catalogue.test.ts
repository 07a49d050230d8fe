import { describe, expect, it } from "vitest";
import {
  judgeAssignment,
  judgeProposedGrant,
  type LiveAssignment,
  type ProposedGrant,
} from "./role-catalogue.ts";

const TRUSTEE = "18b8a7d1-8c40-48a6-9937-d04d685afb7e_58a9ce533253451fa91233266dbadc2d";
const grant = (change: Partial<ProposedGrant>): ProposedGrant => ({
  role: "member",
  scope: "project",
  account: "acme-svc",
  tenant: "acme",
  isOwnDomain: true,
  ...change,
});

describe("a grant that is proposed for a tenant", () => {
  it.each<[Partial<ProposedGrant>, string]>([
    [{}, "inside"],
    [{ role: "load-balancer_member" }, "inside"],
    [{ role: "reader" }, "inside"],
    [{ role: "reader", scope: "domain" }, "inside"],
    [{ role: "manager", scope: "domain", account: "acme-domain-admin" }, "inside"],
    [{ role: "manager", scope: "domain", account: null }, "inside"],
    [{ role: "admin" }, "admin_not_for_tenants"],
    [{ role: "Admin", scope: "domain" }, "admin_not_for_tenants"],
    [{ role: "manager" }, "manager_on_own_domain"],
    [{ role: "manager", scope: "domain", isOwnDomain: false, account: null }, "manager_on_own_domain"],
    [{ role: "manager", scope: "domain", account: "acme-second" }, "one_manager"],
    [{ role: "MANAGER", scope: "domain", account: "other-domain-admin" }, "one_manager"],
    [{ role: "member", scope: "domain" }, "roles_on_projects"],
    [{ role: "reader", scope: "domain", isOwnDomain: false }, "own_domain_only"],
    [{ role: "service" }, "service_place"],
    [{ role: "member ", scope: "project" }, "unknown_role"],
    [{ role: "heat_stack_owner" }, "unknown_role"],
    [{ account: TRUSTEE }, "trustee_never"],
  ])("%j is %s", (change, expected) => {
    const judged = judgeProposedGrant(grant(change));
    expect(judged.kind === "inside" ? "inside" : judged.rule).toBe(expected);
  });
});

const names = { operatorDomain: "admin_domain", operatorProject: "admin" };
const held = (change: Partial<LiveAssignment>): LiveAssignment => ({
  role: "member",
  account: "acme-svc",
  accountDomain: "acme",
  scope: { kind: "project", name: "acme-prod", domain: "acme" },
  ...change,
});
const operator = { account: "admin", accountDomain: "admin_domain" };
const nova = { account: "nova", accountDomain: "service_domain" };
const services = { kind: "project", name: "services", domain: "service_domain" } as const;

describe("a role that somebody holds", () => {
  it.each<[Partial<LiveAssignment>, string]>([
    [{}, "inside"],
    [{ role: "manager", account: "acme-domain-admin", scope: { kind: "domain", name: "acme" } }, "inside"],
    [{ ...operator, role: "Admin", scope: { kind: "domain", name: "admin_domain" } }, "inside"],
    [
      { ...operator, role: "admin", scope: { kind: "project", name: "admin", domain: "admin_domain" } },
      "inside",
    ],
    [{ ...operator, scope: { kind: "project", name: "capi-mgmt", domain: "clusters" } }, "inside"],
    [
      {
        role: "admin",
        account: "magnum_domain_admin",
        accountDomain: "magnum",
        scope: { kind: "domain", name: "magnum" },
      },
      "inside",
    ],
    [{ ...nova, role: "service", scope: services }, "inside"],
    [{ ...nova, role: "admin", scope: services }, "inside"],
    [{ role: "admin" }, "admin_not_for_tenants"],
    [{ role: "admin", scope: { kind: "domain", name: "acme" } }, "admin_not_for_tenants"],
    [{ ...operator, role: "admin", scope: { kind: "domain", name: "acme" } }, "admin_place"],
    [
      { ...operator, role: "admin", scope: { kind: "project", name: "other", domain: "admin_domain" } },
      "admin_place",
    ],
    [{ role: "manager", account: "acme-svc", scope: { kind: "domain", name: "acme" } }, "one_manager"],
    [
      { role: "manager", account: "acme-domain-admin", scope: { kind: "domain", name: "other" } },
      "manager_on_own_domain",
    ],
    [{ role: "manager", account: "acme-domain-admin" }, "manager_on_own_domain"],
    [{ scope: { kind: "project", name: "prod", domain: "other" } }, "own_domain_only"],
    [{ ...operator, scope: { kind: "project", name: "acme-prod", domain: "acme" } }, "own_domain_only"],
    [{ scope: { kind: "domain", name: "acme" } }, "roles_on_projects"],
    [{ account: TRUSTEE }, "trustee_never"],
    [{ role: "service" }, "service_place"],
    [{ ...operator, role: "admin", scope: { kind: "system" } }, "no_system"],
    [{ role: "auditor" }, "unknown_role"],
  ])("%j is %s", (change, expected) => {
    const judged = judgeAssignment(held(change), names);
    expect(judged.kind === "inside" ? "inside" : judged.rule).toBe(expected);
  });
});
