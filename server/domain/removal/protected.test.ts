import { describe, expect, it } from "vitest";
import { type DomainFacts, protectedDomain, protectedName } from "./protected.ts";

const DOMAIN = "d".repeat(32);
const FACTS: DomainFacts = {
  domain: { id: DOMAIN, name: "acme" },
  tenantSlug: "acme",
  isMarked: true,
  userIds: ["manager", "svc"],
  groupIds: ["team"],
  projectIds: ["prod"],
  held: [
    { role: "manager", userId: "manager", groupId: null },
    { role: "member", userId: "svc", groupId: null },
    { role: "admin", userId: "operator", groupId: null },
    { role: "service", userId: "nova", groupId: null },
  ],
  trusts: [{ trustorId: "svc", trusteeId: "trustee" }],
  console: { userId: "operator", userDomainId: "a".repeat(32), projectId: "admin-project", domainId: null },
};

describe("protectedDomain", () => {
  it("lets a tenant's own domain go", () => {
    expect(protectedDomain(FACTS)).toBeNull();
  });

  it.each([
    "admin_domain",
    "default",
    "Default",
    "magnum",
    "MAGNUM",
    "heat",
    "service",
    "service_domain",
    "services",
  ])("refuses %s by its name", (name) => {
    expect(protectedName(name)).toMatch(/keeps for itself/);
    expect(protectedDomain({ ...FACTS, domain: { id: DOMAIN, name }, tenantSlug: name })).toMatch(/keeps/);
  });

  it.each<[string, Partial<DomainFacts>, RegExp]>([
    ["the default domain under another name", { domain: { id: "default", name: "acme" } }, /default domain/],
    ["a domain that was renamed", { domain: { id: DOMAIN, name: "globex" } }, /named globex, not acme/],
    ["a name that differs in case alone", { domain: { id: DOMAIN, name: "Acme" } }, /named Acme/],
    ["a domain without the mark", { isMarked: false }, /mark/],
    ["a cloud admin in it", { held: [{ role: "admin", userId: "svc", groupId: null }] }, /administrator/],
    ["a cloud admin in other letters", { held: [{ role: "Admin", userId: "svc", groupId: null }] }, /admin/],
    [
      "a group that holds admin",
      { held: [{ role: "admin", userId: null, groupId: "team" }] },
      /administrator/,
    ],
    [
      "a service's account",
      { held: [{ role: "service", userId: "svc", groupId: null }] },
      /service's domain/,
    ],
    ["Heat's accounts", { held: [{ role: "heat_stack_user", userId: "svc", groupId: null }] }, /service's/],
    [
      "trustees of other people",
      { trusts: [{ trustorId: "elsewhere", trusteeId: "svc" }] },
      /acts for people/,
    ],
    ["the console's own user", { console: { ...FACTS.console, userId: "manager" } }, /cut the console off/],
    ["the console's own domain", { console: { ...FACTS.console, userDomainId: DOMAIN } }, /cut the console/],
    ["the console's own project", { console: { ...FACTS.console, projectId: "prod" } }, /cut the console/],
    ["the console's own scope", { console: { ...FACTS.console, domainId: DOMAIN } }, /cut the console/],
  ])("refuses %s", (_what, facts, says) => {
    expect(protectedDomain({ ...FACTS, ...facts })).toMatch(says);
  });

  it.each<[string, Partial<DomainFacts>]>([
    ["a trust within the tenant", { trusts: [{ trustorId: "manager", trusteeId: "svc" }] }],
    [
      "an admin of the operator's on the tenant's project",
      { held: [{ role: "admin", userId: "operator", groupId: null }] },
    ],
    [
      "a role that only sounds like it",
      { held: [{ role: "administrator-of-lunch", userId: "svc", groupId: null }] },
    ],
  ])("is not stopped by %s", (_what, facts) => {
    expect(protectedDomain({ ...FACTS, ...facts })).toBeNull();
  });
});
