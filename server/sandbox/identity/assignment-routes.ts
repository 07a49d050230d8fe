import type { Handler, Route, SandboxRequest } from "../kernel/router.ts";
import type { World } from "../kernel/world.ts";
import { expandRoles } from "./effective-roles.ts";
import { enforce } from "./enforce.ts";
import { listTarget } from "./policy-targets.ts";
import { identityUrl, listResponse } from "./render.ts";
import { isQueryFlagSet } from "./requests.ts";
import type { GrantRecord, GrantTarget, IdentityState } from "./state.ts";
import { domainReference } from "./token-document.ts";

interface Assignment extends GrantRecord {
  /** The role that implies this one, when the list is of effective roles. */
  priorRoleId: string | null;
}

const listAssignments: Handler = (request, world) => {
  const { target, domainId } = listTarget(request.token);
  const refused = enforce(request, world, {
    action: "identity:list_role_assignments",
    ...(target === undefined ? {} : { target }),
  });
  if (refused !== null) return refused;
  const state = world.identity;
  const isNamed = isQueryFlagSet(request, "include_names");
  const assignments = listMatching(state, request)
    .filter((assignment) => domainId === null || domainOf(state, assignment.target) === domainId)
    .toSorted((left, right) => (sortKey(left) < sortKey(right) ? -1 : 1))
    .map((assignment) => renderAssignment(world, assignment, isNamed));
  return listResponse(request, world, { role_assignments: assignments });
};

function listMatching(state: IdentityState, request: SandboxRequest): Assignment[] {
  const direct = state.grants.map((grant) => ({ ...grant, priorRoleId: null }));
  const all = isQueryFlagSet(request, "effective") ? direct.flatMap((grant) => expand(state, grant)) : direct;
  const wanted = (name: string): string | null => request.query.get(name);
  const isFilterMet = (name: string, value: string | null): boolean => {
    const filter = wanted(name);
    return filter === null || filter === value;
  };
  return all.filter(
    ({ roleId, actor, target }) =>
      isFilterMet("role.id", roleId) &&
      isFilterMet("user.id", actor.kind === "user" ? actor.id : null) &&
      isFilterMet("group.id", actor.kind === "group" ? actor.id : null) &&
      isFilterMet("scope.project.id", target.kind === "project" ? target.id : null) &&
      isFilterMet("scope.domain.id", target.kind === "domain" ? target.id : null),
  );
}

/** Effective assignments: groups give way to their users, roles bring those they imply. */
function expand(state: IdentityState, grant: GrantRecord): Assignment[] {
  const userIds =
    grant.actor.kind === "user" ? [grant.actor.id] : (state.groups[grant.actor.id]?.userIds ?? []);
  return userIds.flatMap((id) =>
    expandRoles(state, [grant.roleId]).map((role) => ({
      roleId: role.id,
      actor: { kind: "user" as const, id },
      target: grant.target,
      priorRoleId: role.id === grant.roleId ? null : grant.roleId,
    })),
  );
}

function domainOf(state: IdentityState, target: GrantTarget): string | null {
  return target.kind === "domain" ? target.id : (state.projects[target.id]?.domainId ?? null);
}

/** Keystone's order: project assignments before domain ones, then by scope, actor and role. */
function sortKey({ target, actor, roleId }: Assignment): string {
  return [target.kind === "project" ? "0" : "1", target.id, actor.id, roleId].join("/");
}

function renderAssignment(world: World, assignment: Assignment, isNamed: boolean) {
  const { actor, target, roleId, priorRoleId } = assignment;
  const assignedRoleId = priorRoleId ?? roleId;
  const path = `/${target.kind}s/${target.id}/${actor.kind}s/${actor.id}/roles/${assignedRoleId}`;
  const role = world.identity.roles[roleId];
  return {
    links: {
      assignment: identityUrl(world, path),
      ...(priorRoleId === null
        ? {}
        : { prior_role: identityUrl(world, `/prior_role/${priorRoleId}/implies/${roleId}`) }),
    },
    scope: { [target.kind]: renderScope(world.identity, target, isNamed) },
    [actor.kind]: renderActor(world.identity, actor, isNamed),
    role: isNamed ? { id: roleId, name: role?.name ?? "" } : { id: roleId },
  };
}

function renderScope(state: IdentityState, target: GrantTarget, isNamed: boolean) {
  if (!isNamed) return { id: target.id };
  if (target.kind === "domain") return domainReference(state, target.id);
  const project = state.projects[target.id];
  return {
    id: target.id,
    name: project?.name ?? "",
    domain: domainReference(state, project?.domainId ?? ""),
  };
}

function renderActor(state: IdentityState, actor: GrantRecord["actor"], isNamed: boolean) {
  if (!isNamed) return { id: actor.id };
  const record = actor.kind === "user" ? state.users[actor.id] : state.groups[actor.id];
  return { id: actor.id, name: record?.name ?? "", domain: domainReference(state, record?.domainId ?? "") };
}

export const assignmentRoutes: readonly Route[] = [
  { method: "GET", pattern: "/v3/role_assignments", handler: listAssignments },
];
