import { passwordIdentity, TestCloud, textAt } from "../test-cloud.ts";
import type { PolicyVariant } from "../kernel/world.ts";

export const TENANT_PASSWORD = "tenant-password-1";

/** Two tenants as onboarding leaves them: acme with its people, and other-acme beside it. For tests only. */
export interface Tenants {
  cloud: TestCloud;
  acme: { domainId: string; projectId: string; managerId: string; svcId: string };
  other: { domainId: string; projectId: string; userId: string };
  roles: Record<string, string>;
  admin: string;
  /** Domain-scoped: role manager on acme. */
  manager: string;
  /** Domain-scoped: role admin on acme. */
  domainAdmin: string;
  /** Project-scoped: roles member and load-balancer_member on acme-prod. */
  svc: string;
}

export async function startTenants(policy?: PolicyVariant): Promise<Tenants> {
  const cloud = await TestCloud.start(policy === undefined ? {} : { policy });
  const admin = await cloud.adminToken();
  const make = async (kind: string, fields: object): Promise<string> => {
    const answer = await cloud.call("POST", `/identity/v3/${kind}s`, {
      token: admin,
      body: { [kind]: fields },
    });
    return textAt(answer, kind, "id");
  };
  const roleList = await cloud.call("GET", "/identity/v3/roles", { token: admin });
  const roles: Record<string, string> = {};
  for (let index = 0; index < 6; index += 1) {
    roles[textAt(roleList, "roles", index, "name")] = textAt(roleList, "roles", index, "id");
  }
  const grant = (path: string, role: string) =>
    cloud.call("PUT", `/identity/v3/${path}/roles/${roles[role] ?? ""}`, { token: admin });
  const password = TENANT_PASSWORD;

  const acmeId = await make("domain", { name: "acme", description: "tenant acme" });
  const otherId = await make("domain", { name: "other-acme" });
  const projectId = await make("project", { name: "acme-prod", domain_id: acmeId });
  const otherProjectId = await make("project", { name: "other-acme-prod", domain_id: otherId });
  const managerId = await make("user", { name: "acme-manager", domain_id: acmeId, password });
  const domainAdminId = await make("user", { name: "acme-domadmin", domain_id: acmeId, password });
  const svcId = await make("user", { name: "acme-svc", domain_id: acmeId, password });
  const otherUserId = await make("user", { name: "other-acme-user", domain_id: otherId, password });
  await grant(`domains/${acmeId}/users/${managerId}`, "manager");
  await grant(`domains/${acmeId}/users/${domainAdminId}`, "admin");
  await grant(`projects/${projectId}/users/${svcId}`, "member");
  await grant(`projects/${projectId}/users/${svcId}`, "load-balancer_member");

  const domainScope = { domain: { name: "acme" } };
  const tokenOf = (name: string, scope: object) =>
    cloud.passwordToken({ name, domain: "acme", password }, scope);
  return {
    cloud,
    acme: { domainId: acmeId, projectId, managerId, svcId },
    other: { domainId: otherId, projectId: otherProjectId, userId: otherUserId },
    roles,
    admin,
    manager: await tokenOf("acme-manager", domainScope),
    domainAdmin: await tokenOf("acme-domadmin", domainScope),
    svc: await tokenOf("acme-svc", { project: { id: projectId } }),
  };
}

export function svcIdentity(password: string = TENANT_PASSWORD) {
  return passwordIdentity({ name: "acme-svc", domain: "acme", password });
}

/** Keystone's 403 for a policy rule. */
export function refusedBy(action: string) {
  return {
    error: {
      code: 403,
      message: `You are not authorized to perform the requested action: ${action}.`,
      title: "Forbidden",
    },
  };
}

export const UNAUTHORIZED = {
  error: {
    code: 401,
    message: "The request you have made requires authentication.",
    title: "Unauthorized",
  },
};
