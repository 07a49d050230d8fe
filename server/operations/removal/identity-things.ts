import { keyTo, type OwnedThing, type ThingKind } from "#server/domain/removal/thing.ts";
import { applicationCredential } from "#server/openstack/wire/application-credential.ts";
import type { RoleAssignment } from "#server/openstack/wire/role-assignment.ts";
import { apiPath } from "#server/openstack/api-path.ts";
import type { CloudReader } from "../cloud-reader.ts";
import { listWhole } from "./pages.ts";
import { projectOwner, type Recorded, type TenantScope, userOwner } from "./scope.ts";

/** Users, groups, projects, roles of the domain, the domain and the way into it. */
export function listDomainThings(scope: TenantScope): OwnedThing[] {
  const { domain, users, groups, projects, roles } = scope;
  if (domain === null) return [];
  const of = { kind: "domain", id: domain.id, name: domain.name } as const;
  const above = [keyTo("domain_access", domain.id), keyTo("domain", domain.id)];
  const inDomain = (kind: ThingKind, one: { id: string; name: string }, path: string): OwnedThing => ({
    kind,
    id: one.id,
    name: one.name,
    owner: of,
    why: `It belongs to the domain ${domain.name}.`,
    uses: above,
    goesWith: null,
    service: "identity",
    path,
    with: {},
  });
  const things = [
    ...users.map((one) => inDomain("user", one, apiPath`/users/${one.id}`)),
    ...groups.map((one) => inDomain("group", one, apiPath`/groups/${one.id}`)),
    ...roles.map((one) => inDomain("role", one, apiPath`/roles/${one.id}`)),
    ...projects.map((one) => {
      const project = inDomain("project", one, apiPath`/projects/${one.id}`);
      const parent = projects.find(({ id }) => id === one.parent_id);
      return parent ? { ...project, uses: [...above, keyTo("project", parent.id)] } : project;
    }),
  ];
  const path = apiPath`/domains/${domain.id}`;
  const whole = { ...inDomain("domain", domain, path), why: "It is the tenant.", uses: [] };
  if (!domain.enabled) return [...things, whole];
  const open: OwnedThing = {
    ...whole,
    kind: "domain_access",
    why: "The domain is enabled, so its people can sign in.",
    uses: [keyTo("domain", domain.id)],
  };
  return [...things, open, whole];
}

/** Application credentials, trusts and role assignments. */
export async function listAccessThings(
  reader: CloudReader,
  scope: TenantScope,
  recorded: Recorded,
): Promise<{ things: OwnedThing[]; notes: string[] }> {
  const credentials = await listCredentials(reader, scope, recorded);
  return {
    things: [...credentials.things, ...listTrusts(scope), ...listAssignments(scope)],
    notes: credentials.notes,
  };
}

async function listCredentials(reader: CloudReader, scope: TenantScope, recorded: Recorded) {
  const things: OwnedThing[] = [];
  const hidden: string[] = [];
  for (const { id, name } of scope.users) {
    const path = apiPath`/users/${id}/application_credentials`;
    const answer = await reader.ask({ service: "identity", path, accept: [200, 403, 404] });
    if (answer.status === 403) hidden.push(name);
    if (answer.status !== 200) continue;
    const target = { service: "identity", path, rows: "application_credentials" } as const;
    const rows = await listWhole(reader, { ...target, row: applicationCredential });
    things.push(...rows.map((one) => credential(scope, { ...one, userId: id })));
  }
  const known = recorded("app_cred_id");
  const owner = recorded("svc_id");
  const isHidden = hidden.length > 0 && scope.users.some(({ id }) => id === owner);
  if (isHidden && typeof known === "string" && typeof owner === "string") {
    things.push(credential(scope, { id: known, name: "made at the onboarding", userId: owner }));
  }
  const notes =
    hidden.length === 0
      ? []
      : [
          `The cloud's policy keeps application credentials from administrators. Those of ${hidden.join(", ")} are not listed; Keystone deletes them with the user.`,
        ];
  return { things, notes };
}

/**
 * Keystone lets nobody but the user delete these, and deletes them with the user.
 * https://opendev.org/openstack/keystone/src/branch/stable/zed/keystone/application_credential/core.py
 */
function credential(scope: TenantScope, one: { id: string; name: string; userId: string }): OwnedThing {
  const owner = userOwner(scope, one.userId);
  return {
    kind: "application_credential",
    id: one.id,
    name: one.name,
    owner,
    why: `The user ${owner.name} made it.`,
    uses: [keyTo("user", one.userId)],
    goesWith: keyTo("user", one.userId),
    service: "identity",
    path: apiPath`/users/${one.userId}/application_credentials/${one.id}`,
    with: {},
  };
}

/** Only a trustor may delete a trust; Keystone ends it with either user. */
function listTrusts(scope: TenantScope): OwnedThing[] {
  return scope.trusts.flatMap((trust): OwnedThing[] => {
    const userId = [trust.trustor_user_id, trust.trustee_user_id].find((id) => scope.userIds.includes(id));
    if (userId === undefined) return [];
    const owner = userOwner(scope, userId);
    return [
      {
        kind: "trust",
        id: trust.id,
        name: trust.id,
        owner,
        why: `${owner.name} gave or received it.`,
        uses: [keyTo("user", userId)],
        goesWith: keyTo("user", userId),
        service: "identity",
        path: apiPath`/OS-TRUST/trusts/${trust.id}`,
        with: {},
      },
    ];
  });
}

function listAssignments(scope: TenantScope): OwnedThing[] {
  return scope.assignments.flatMap((one): OwnedThing[] => {
    const place = placeOf(one);
    const holder = holderOf(one);
    if (place === null || holder === null) return [];
    const isHeld =
      holder.kind === "user"
        ? scope.userIds.includes(holder.id)
        : scope.groups.some(({ id }) => id === holder.id);
    const isOn = place.kind === "project" ? scope.projectIds.includes(place.id) : place.id === scope.domainId;
    if (!isHeld && !isOn) return [];
    const role = scope.roleNames.get(one.role.id) ?? one.role.id;
    const path = `${place.root}/${holder.kind}s/${encodeURIComponent(holder.id)}/roles/${encodeURIComponent(one.role.id)}${place.tail}`;
    return [
      {
        kind: "role_assignment",
        id: `${place.kind}-${place.id}-${holder.id}-${one.role.id}${place.tail === "" ? "" : "-inherited"}`,
        name: `${role} of ${nameIn(scope, holder)} on ${nameIn(scope, place)}`,
        owner: isOn ? ownerOf(scope, place) : userOwner(scope, holder.id),
        why: isHeld
          ? `${nameIn(scope, holder)} of the tenant holds it.`
          : "It stands on what is the tenant's.",
        uses: [keyTo(holder.kind, holder.id), keyTo(place.kind, place.id), keyTo("role", one.role.id)],
        goesWith: null,
        service: "identity",
        path,
        with: {},
      },
    ];
  });
}

interface Place {
  kind: "project" | "domain";
  id: string;
  root: string;
  tail: string;
}

/** Inherited assignments have an address of their own. https://docs.openstack.org/api-ref/identity/v3-ext/#os-inherit */
function placeOf({ scope }: RoleAssignment): Place | null {
  const isInherited = scope["OS-INHERIT:inherited_to"] !== undefined;
  const before = isInherited ? "/OS-INHERIT" : "";
  const tail = isInherited ? "/inherited_to_projects" : "";
  if (scope.project) {
    const { id } = scope.project;
    return { kind: "project", id, root: `${before}${apiPath`/projects/${id}`}`, tail };
  }
  if (scope.domain) {
    const { id } = scope.domain;
    return { kind: "domain", id, root: `${before}${apiPath`/domains/${id}`}`, tail };
  }
  return null;
}

function holderOf({ user, group }: RoleAssignment): { kind: "user" | "group"; id: string } | null {
  if (user) return { kind: "user", id: user.id };
  return group ? { kind: "group", id: group.id } : null;
}

function ownerOf(scope: TenantScope, place: Place): OwnedThing["owner"] {
  return place.kind === "project"
    ? projectOwner(scope, place.id)
    : { kind: "domain", id: place.id, name: scope.domain?.name ?? "the domain" };
}

function nameIn(
  scope: TenantScope,
  { kind, id }: { kind: "user" | "group" | "project" | "domain"; id: string },
) {
  const rows = {
    user: scope.users,
    group: scope.groups,
    project: scope.projects,
    domain: scope.domain === null ? [] : [scope.domain],
  }[kind];
  return rows.find((one) => one.id === id)?.name ?? `${kind} ${id}`;
}
