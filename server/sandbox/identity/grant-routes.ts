import type { Handler, Route, SandboxRequest, SandboxResponse } from "../kernel/router.ts";
import type { World } from "../kernel/world.ts";
import { isSameTarget } from "./effective-roles.ts";
import { enforce, type TargetAttributes } from "./enforce.ts";
import { identityError, notFound } from "./errors.ts";
import {
  findDomainTarget,
  findGroupTarget,
  findProjectTarget,
  findUserTarget,
  roleTarget,
} from "./policy-targets.ts";
import { listResponse, renderRole } from "./render.ts";
import { param } from "./requests.ts";
import type { GrantActor, GrantRecord, GrantTarget } from "./state.ts";

interface GrantPath {
  actor: GrantActor;
  target: GrantTarget;
  policyTarget: TargetAttributes;
}

type GrantPathAnswer = { kind: "path"; path: GrantPath } | { kind: "absent"; response: SandboxResponse };

/** What the URL names. Keystone looks everything up before it asks policy; a revoke skips what is gone. */
function readGrantPath(request: SandboxRequest, world: World, isRevoke: boolean): GrantPathAnswer {
  const state = world.identity;
  const roleId = request.params["role_id"];
  const role = roleId === undefined ? undefined : state.roles[roleId];
  if (roleId !== undefined && role === undefined) return absent("role", roleId);
  const actor: GrantActor =
    request.params["user_id"] === undefined
      ? { kind: "group", id: param(request, "group_id") }
      : { kind: "user", id: param(request, "user_id") };
  const target: GrantTarget =
    request.params["project_id"] === undefined
      ? { kind: "domain", id: param(request, "domain_id") }
      : { kind: "project", id: param(request, "project_id") };
  const actors = actor.kind === "user" ? state.users : state.groups;
  if (actors[actor.id] === undefined && !isRevoke) return absent(actor.kind, actor.id);
  const targets = target.kind === "project" ? state.projects : state.domains;
  if (targets[target.id] === undefined && !isRevoke) return absent(target.kind, target.id);
  const policyTarget = {
    ...(role === undefined ? {} : roleTarget(role)),
    ...(actor.kind === "user" ? findUserTarget(state, actor.id) : findGroupTarget(state, actor.id)),
    ...(target.kind === "project" ? findProjectTarget(state, target.id) : findDomainTarget(state, target.id)),
  };
  return { kind: "path", path: { actor, target, policyTarget } };
}

function absent(kind: "role" | "user" | "group" | "project" | "domain", id: string): GrantPathAnswer {
  return { kind: "absent", response: notFound(kind, id) };
}

const createGrant: Handler = (request, world) => {
  const read = readGrantPath(request, world, false);
  if (read.kind === "absent") return read.response;
  const { actor, target, policyTarget } = read.path;
  const refused = enforce(request, world, { action: "identity:create_grant", target: policyTarget });
  if (refused !== null) return refused;
  const grant: GrantRecord = { roleId: param(request, "role_id"), actor, target };
  if (findGrant(world, grant) === null) world.identity.grants.push(grant);
  return { status: 204 };
};

const checkGrant: Handler = (request, world) => {
  const read = readGrantPath(request, world, false);
  if (read.kind === "absent") return read.response;
  const { actor, target, policyTarget } = read.path;
  const refused = enforce(request, world, { action: "identity:check_grant", target: policyTarget });
  if (refused !== null) return refused;
  const grant = { roleId: param(request, "role_id"), actor, target };
  return findGrant(world, grant) === null ? grantNotFound(grant) : { status: 204 };
};

const revokeGrant: Handler = (request, world) => {
  const read = readGrantPath(request, world, true);
  if (read.kind === "absent") return read.response;
  const { actor, target, policyTarget } = read.path;
  const refused = enforce(request, world, { action: "identity:revoke_grant", target: policyTarget });
  if (refused !== null) return refused;
  const grant = { roleId: param(request, "role_id"), actor, target };
  const found = findGrant(world, grant);
  if (found === null) return grantNotFound(grant);
  world.identity.grants = world.identity.grants.filter((other) => other !== found);
  return { status: 204 };
};

const listGrants: Handler = (request, world) => {
  const read = readGrantPath(request, world, false);
  if (read.kind === "absent") return read.response;
  const { actor, target, policyTarget } = read.path;
  const refused = enforce(request, world, { action: "identity:list_grants", target: policyTarget });
  if (refused !== null) return refused;
  const roles = world.identity.grants
    .filter((grant) => isSameActor(grant.actor, actor) && isSameTarget(grant.target, target))
    .flatMap((grant) => world.identity.roles[grant.roleId] ?? [])
    .map((role) => renderRole(world, role));
  return listResponse(request, world, { roles });
};

function findGrant(world: World, wanted: GrantRecord): GrantRecord | null {
  const found = world.identity.grants.find(
    (grant) =>
      grant.roleId === wanted.roleId &&
      isSameActor(grant.actor, wanted.actor) &&
      isSameTarget(grant.target, wanted.target),
  );
  return found ?? null;
}

function isSameActor(left: GrantActor, right: GrantActor): boolean {
  return left.kind === right.kind && left.id === right.id;
}

function grantNotFound({ roleId, actor, target }: GrantRecord): SandboxResponse {
  return identityError(
    404,
    `Could not find role assignment with role: ${roleId}, user or group: ${actor.id}, ` +
      `project, domain, or system: ${target.id}.`,
  );
}

const PLACES = ["/v3/projects/:project_id", "/v3/domains/:domain_id"];
const ACTORS = ["/users/:user_id", "/groups/:group_id"];

export const grantRoutes: readonly Route[] = PLACES.flatMap((place) =>
  ACTORS.flatMap((actor): Route[] => {
    const list = `${place}${actor}/roles`;
    const single = `${list}/:role_id`;
    return [
      { method: "GET", pattern: list, handler: listGrants },
      { method: "PUT", pattern: single, handler: createGrant },
      { method: "GET", pattern: single, handler: checkGrant },
      { method: "DELETE", pattern: single, handler: revokeGrant },
    ];
  }),
);
