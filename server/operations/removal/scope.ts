import type { Json } from "#server/domain/canonical/json.ts";
import type { DomainFacts } from "#server/domain/removal/protected.ts";
import { keyTo, type OwnedThing } from "#server/domain/removal/thing.ts";
import { type Domain, domainBody } from "#server/openstack/wire/domain.ts";
import { group } from "#server/openstack/wire/group.ts";
import { type Project, project } from "#server/openstack/wire/project.ts";
import { type RoleAssignment, roleAssignment } from "#server/openstack/wire/role-assignment.ts";
import { role } from "#server/openstack/wire/role.ts";
import { type Trust, trust } from "#server/openstack/wire/trust.ts";
import { type User, user } from "#server/openstack/wire/user.ts";
import type * as z from "zod";
import { apiPath } from "#server/openstack/api-path.ts";
import type { CloudReader } from "../cloud-reader.ts";
import { markedDescription } from "../identity/tenant-domain.ts";
import { listWhole } from "./pages.ts";

/** The tenant's identity as it is now, and as its record knows it. */
export interface TenantScope {
  domainId: string;
  /** Null once it is gone. */
  domain: Domain | null;
  users: User[];
  groups: z.output<typeof group>[];
  projects: Project[];
  roles: z.output<typeof role>[];
  /** Of the whole cloud. */
  assignments: RoleAssignment[];
  trusts: Trust[];
  roleNames: ReadonlyMap<string, string>;
  /** Present ones and those that an earlier audit saw: what outlives its project is found by them. */
  projectIds: string[];
  userIds: string[];
}

/** What is on record of the tenant, by name; null when nothing is. */
export type Recorded = (name: string) => Json | null;

const byDomain = (what: string, domainId: string) => apiPath`/${what}?domain_id=${domainId}`;

/**
 * Reads who the tenant is. Every row is held against the domain's id once more: a service that does not know a filter
 * answers with everybody's.
 */
export async function readScope(
  reader: CloudReader,
  domainId: string,
  recorded: Recorded,
): Promise<TenantScope> {
  const identity = { service: "identity" } as const;
  const isOwn = (row: { domain_id?: string | null | undefined }) => row.domain_id === domainId;
  const found = await reader.find({ ...identity, path: apiPath`/domains/${domainId}`, body: domainBody });
  const list = async <T extends { domain_id?: string | null | undefined }>(rows: string, row: z.ZodType<T>) =>
    (await listWhole(reader, { ...identity, path: byDomain(rows, domainId), rows, row })).filter(isOwn);
  const users = await list("users", user);
  const groups = await list("groups", group);
  const projects = await list("projects", project);
  const roles = await list("roles", role);
  const all = await listWhole(reader, { ...identity, path: "/roles", rows: "roles", row: role });
  const ids = (rows: readonly { id: string }[]) => rows.map(({ id }) => id);
  return {
    domainId,
    domain: found?.domain ?? null,
    users,
    groups,
    projects,
    roles,
    assignments: await listWhole(reader, {
      ...identity,
      path: "/role_assignments",
      rows: "role_assignments",
      row: roleAssignment,
    }),
    trusts: await listWhole(reader, { ...identity, path: "/OS-TRUST/trusts", rows: "trusts", row: trust }),
    roleNames: new Map([...all, ...roles].map(({ id, name }) => [id, name])),
    projectIds: united(ids(projects), recorded("audited_projects"), recorded("project_id")),
    userIds: united(ids(users), recorded("audited_users"), recorded("svc_id"), recorded("manager_id")),
  };
}

/** Facts that say whether the domain may be removed at all; null when it is gone. */
export async function readDomainFacts(
  reader: CloudReader,
  scope: TenantScope,
  tenant: { id: string; slug: string },
): Promise<DomainFacts | null> {
  const { domain, users, groups, projects, trusts, roleNames, assignments } = scope;
  if (domain === null) return null;
  const effective = await listWhole(reader, {
    service: "identity",
    path: "/role_assignments?effective=true",
    rows: "role_assignments",
    row: roleAssignment,
  });
  const ids = (rows: readonly { id: string }[]) => rows.map(({ id }) => id);
  const { userId, userDomainId, projectId, domainId } = reader.session.describe();
  return {
    domain: { id: domain.id, name: domain.name },
    tenantSlug: tenant.slug,
    isMarked: (domain.description ?? "").endsWith(markedDescription("", tenant.id)),
    userIds: ids(users),
    groupIds: ids(groups),
    projectIds: ids(projects),
    // A group without members shows only as it stands.
    held: [...effective, ...assignments].map((one) => ({
      role: roleNames.get(one.role.id) ?? one.role.name ?? "",
      userId: one.user?.id ?? null,
      groupId: one.group?.id ?? null,
    })),
    trusts: trusts.map((one) => ({ trustorId: one.trustor_user_id, trusteeId: one.trustee_user_id })),
    console: { userId, userDomainId, projectId, domainId },
  };
}

/** The owner of what stands in a project, also of one that is gone already. */
export function projectOwner({ projects }: TenantScope, id: string): OwnedThing["owner"] {
  return {
    kind: "project",
    id,
    name: projects.find((one) => one.id === id)?.name ?? "a project that is gone",
  };
}

export function userOwner({ users }: TenantScope, id: string): OwnedThing["owner"] {
  return { kind: "user", id, name: users.find((one) => one.id === id)?.name ?? "a user that is gone" };
}

/** What hangs on the project of an owner, where that is still there. */
export function projectKey(id: string): string {
  return keyTo("project", id);
}

function united(present: readonly string[], ...records: readonly (Json | null)[]): string[] {
  const known = records.flatMap((record) => (Array.isArray(record) ? record : [record]));
  const ids = known.filter((id): id is string => typeof id === "string" && /^[0-9a-f]{32,64}$/.test(id));
  return [...new Set([...present, ...ids])].sort();
}
