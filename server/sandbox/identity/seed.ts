import { randomBytes } from "node:crypto";
import { newHexId } from "../kernel/ids.ts";
import { hashPassword } from "./password.ts";
import type { CatalogRecord, DomainRecord, GrantTarget, IdentityState } from "./state.ts";

export interface SeededIdentity {
  identity: IdentityState;
  adminProjectId: string;
  servicesProjectId: string;
}

const SERVICE_USERS = ["nova", "neutron", "glance", "placement", "magnum"];

const CATALOG = [
  { type: "identity", name: "keystone", path: "/identity/v3" },
  { type: "image", name: "glance", path: "/image" },
  { type: "compute", name: "nova", path: "/compute/v2.1" },
  { type: "network", name: "neutron", path: "/network" },
  { type: "container-infra", name: "magnum", path: "/container-infra/v1" },
];

/** A freshly installed cloud: the domains, projects, users, roles and grants its installer leaves behind. */
export function seedIdentity(adminPassword: string): SeededIdentity {
  const state = emptyState();
  for (const [name, description] of [
    ["admin_domain", "cloud operators"],
    ["service_domain", "service users"],
    ["magnum", "trustees created by magnum"],
  ] as const) {
    addDomain(state, { id: newHexId(), name, description });
  }
  addDomain(state, { id: "default", name: "Default", description: "The default domain" });
  const domainId = (name: string): string => idByName(state.domains, name);

  for (const name of ["admin", "manager", "member", "reader", "service", "load-balancer_member"]) {
    const id = newHexId();
    state.roles[id] = { id, name, domainId: null, description: null };
  }
  const roleId = (name: string): string => idByName(state.roles, name);
  state.impliedRoles = [
    { priorId: roleId("admin"), impliedId: roleId("member") },
    { priorId: roleId("member"), impliedId: roleId("reader") },
  ];

  state.adminDomainId = domainId("admin_domain");
  state.magnumDomainId = domainId("magnum");
  state.adminProjectId = addProject(state, "admin", domainId("admin_domain"));
  state.servicesProjectId = addProject(state, "services", domainId("service_domain"));

  const adminId = addUser(state, {
    name: "admin",
    domainId: domainId("admin_domain"),
    password: adminPassword,
  });
  state.magnumDomainAdminId = addUser(state, {
    name: "magnum_domain_admin",
    domainId: domainId("magnum"),
    password: randomPassword(),
  });
  const grant = (userId: string, role: string, target: GrantTarget): void => {
    state.grants.push({ roleId: roleId(role), actor: { kind: "user", id: userId }, target });
  };
  grant(adminId, "admin", { kind: "project", id: state.adminProjectId });
  grant(adminId, "admin", { kind: "domain", id: state.adminDomainId });
  grant(state.magnumDomainAdminId, "admin", { kind: "domain", id: state.magnumDomainId });
  for (const name of SERVICE_USERS) {
    const userId = addUser(state, { name, domainId: domainId("service_domain"), password: randomPassword() });
    grant(userId, "admin", { kind: "project", id: state.servicesProjectId });
    grant(userId, "service", { kind: "project", id: state.servicesProjectId });
  }
  return {
    identity: state,
    adminProjectId: state.adminProjectId,
    servicesProjectId: state.servicesProjectId,
  };
}

function emptyState(): IdentityState {
  return {
    adminProjectId: "",
    adminDomainId: "",
    servicesProjectId: "",
    magnumDomainId: "",
    magnumDomainAdminId: "",
    domains: {},
    projects: {},
    users: {},
    groups: {},
    roles: {},
    impliedRoles: [],
    grants: [],
    appCreds: {},
    trusts: {},
    ec2: {},
    tokens: {},
    catalog: CATALOG.map(newCatalogRecord),
  };
}

function newCatalogRecord(entry: (typeof CATALOG)[number]): CatalogRecord {
  return {
    ...entry,
    serviceId: newHexId(),
    endpointIds: { public: newHexId(), internal: newHexId(), admin: newHexId() },
  };
}

function addDomain(state: IdentityState, domain: Omit<DomainRecord, "enabled">): void {
  state.domains[domain.id] = { ...domain, enabled: true };
}

function addProject(state: IdentityState, name: string, domainId: string): string {
  const id = newHexId();
  state.projects[id] = { id, name, domainId, parentId: domainId, description: "", enabled: true, tags: [] };
  return id;
}

function addUser(state: IdentityState, user: { name: string; domainId: string; password: string }): string {
  const id = newHexId();
  state.users[id] = {
    id,
    name: user.name,
    domainId: user.domainId,
    enabled: true,
    password: hashPassword(user.password),
    defaultProjectId: null,
    extra: {},
    tokensDeadThrough: null,
  };
  return id;
}

function idByName(records: Record<string, { id: string; name: string }>, name: string): string {
  const found = Object.values(records).find((record) => record.name === name);
  if (found === undefined) throw new Error(`The seed has no ${name}.`);
  return found.id;
}

function randomPassword(): string {
  return randomBytes(24).toString("base64url");
}
