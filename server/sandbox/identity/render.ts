import type { SandboxRequest, SandboxResponse } from "../kernel/router.ts";
import type { World } from "../kernel/world.ts";
import type { DomainRecord, ProjectRecord, RoleRecord, UserRecord } from "./state.ts";

/** Keystone's bootstrap makes these three immutable. */
const IMMUTABLE_ROLES = new Set(["admin", "member", "reader"]);

export function identityUrl(world: World, path: string): string {
  return `${world.settings.origin}/identity/v3${path}`;
}

function links(world: World, path: string) {
  return { links: { self: identityUrl(world, path) } };
}

export function renderDomain(world: World, { id, name, description, enabled }: DomainRecord) {
  return { id, name, description, enabled, tags: [], options: {}, ...links(world, `/domains/${id}`) };
}

export function renderProject(world: World, project: ProjectRecord) {
  return {
    id: project.id,
    name: project.name,
    domain_id: project.domainId,
    description: project.description,
    enabled: project.enabled,
    parent_id: project.parentId,
    is_domain: false,
    tags: project.tags,
    options: {},
    ...links(world, `/projects/${project.id}`),
  };
}

export function renderUser(world: World, user: UserRecord) {
  return {
    ...user.extra,
    ...(user.defaultProjectId === null ? {} : { default_project_id: user.defaultProjectId }),
    id: user.id,
    name: user.name,
    domain_id: user.domainId,
    enabled: user.enabled,
    password_expires_at: null,
    options: {},
    ...links(world, `/users/${user.id}`),
  };
}

/** A role without links, as application credentials embed it. */
export function renderRoleReference(role: RoleRecord) {
  return {
    id: role.id,
    name: role.name,
    domain_id: role.domainId,
    description: role.description,
    options: IMMUTABLE_ROLES.has(role.name) ? { immutable: true } : {},
  };
}

export function renderRole(world: World, role: RoleRecord) {
  return { ...renderRoleReference(role), ...links(world, `/roles/${role.id}`) };
}

/** A collection document; Keystone lists by id. */
export function listResponse(request: SandboxRequest, world: World, collection: object): SandboxResponse {
  const query = request.query.size === 0 ? "" : `?${request.query.toString()}`;
  const self = `${world.settings.origin}/identity${request.path}${query}`;
  return { status: 200, body: { ...collection, links: { next: null, self, previous: null } } };
}

export function byId<T extends { id: string }>(records: Record<string, T>): T[] {
  return Object.values(records).toSorted((left, right) => (left.id < right.id ? -1 : 1));
}
