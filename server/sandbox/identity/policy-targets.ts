import type { JsonObject } from "../kernel/wire.ts";
import type { SandboxToken } from "../kernel/token.ts";
import type { TargetAttributes } from "./enforce.ts";
import type { IdentityState, RoleRecord } from "./state.ts";

/**
 * Policy targets as Keystone builds them. One that does not exist is left out: the rule then refuses everybody
 * whom it would ask about the target, and only the others learn by a 404 that it is not there.
 */
export function findUserTarget(state: IdentityState, id: string): TargetAttributes {
  const user = state.users[id];
  return user === undefined ? {} : { user: { id, name: user.name, domain_id: user.domainId } };
}

export function findProjectTarget(state: IdentityState, id: string): TargetAttributes {
  const project = state.projects[id];
  return project === undefined ? {} : { project: { id, name: project.name, domain_id: project.domainId } };
}

export function findDomainTarget(state: IdentityState, id: string): TargetAttributes {
  const domain = state.domains[id];
  return domain === undefined ? {} : { domain: { id, name: domain.name } };
}

export function findGroupTarget(state: IdentityState, id: string): TargetAttributes {
  const group = state.groups[id];
  return group === undefined ? {} : { group: { id, name: group.name, domain_id: group.domainId } };
}

export function roleTarget(role: RoleRecord): TargetAttributes {
  return { role: { id: role.id, name: role.name, domain_id: role.domainId } };
}

/** For a create, the target is the new resource as the body describes it. */
export function newResourceTarget(kind: "user" | "project" | "group", body: JsonObject): TargetAttributes {
  const domainId = body["domain_id"];
  const name = body["name"];
  return {
    [kind]: {
      ...(typeof name === "string" ? { name } : {}),
      ...(typeof domainId === "string" ? { domain_id: domainId } : {}),
    },
  };
}

/** List requests with a domain-scoped token are judged by, and answered within, that domain. */
export function listTarget(token: SandboxToken | null): {
  target?: TargetAttributes;
  domainId: string | null;
} {
  if (token === null || token.scope.kind !== "domain") return { domainId: null };
  return { target: { domain_id: token.scope.domainId }, domainId: token.scope.domainId };
}
