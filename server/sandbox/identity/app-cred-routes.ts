import { randomBytes } from "node:crypto";
import { newHexId } from "../kernel/ids.ts";
import type { Handler, Route, SandboxResponse } from "../kernel/router.ts";
import type { SandboxToken } from "../kernel/token.ts";
import { isJsonObject, type JsonObject } from "../kernel/wire.ts";
import type { World } from "../kernel/world.ts";
import { expandRoles } from "./effective-roles.ts";
import { enforce, enforceAs, forbiddenAction } from "./enforce.ts";
import { conflict, identityError, notFound, wrongType } from "./errors.ts";
import { hashPassword } from "./password.ts";
import { byId, identityUrl, listResponse, renderRoleReference } from "./render.ts";
import { bodyOf, isFilterMatch, param, requireName } from "./requests.ts";
import type { AppCredRecord } from "./state.ts";

export type AppCredAnswer =
  | { kind: "created"; appCred: AppCredRecord; secret: string }
  | { kind: "refused"; response: SandboxResponse };

const createAppCred: Handler = (request, world) => {
  if (request.token === null) return forbiddenAction("identity:create_application_credential");
  const body = bodyOf(request, "application_credential");
  const answer = addAppCred(world, request.token, { userId: param(request, "user_id"), body });
  if (answer.kind === "refused") return answer.response;
  const { links, ...shown } = renderAppCred(world, answer.appCred);
  const appCred = { ...shown, secret: answer.secret, links };
  return { status: 201, body: { application_credential: appCred } };
};

/** Makes an application credential as the token's user, through policy and Keystone's own delegation rules. */
export function addAppCred(
  world: World,
  token: SandboxToken,
  input: { userId: string; body: JsonObject },
): AppCredAnswer {
  const { userId, body } = input;
  const refuse = (response: SandboxResponse): AppCredAnswer => ({ kind: "refused", response });
  const action = "identity:create_application_credential";
  const refused = enforceAs(world, { token, params: { user_id: userId }, action });
  if (refused !== null) return refuse(refused);
  const named = requireName(body);
  if (named.kind === "invalid") return refuse(named.response);
  if ("unrestricted" in body && typeof body["unrestricted"] !== "boolean") {
    return refuse(wrongType(body["unrestricted"], "boolean"));
  }
  if (isRestricted(world, token)) return refuse(refuseRestricted());
  if (token.userId !== userId) {
    return refuse(forbiddenAction("Cannot create an application credential for another user."));
  }
  if (token.scope.kind !== "project") {
    return refuse(identityError(400, "Application credentials need a project-scoped token."));
  }
  const roles = readRoles(world, token, body["roles"]);
  if (roles.kind === "refused") return roles;
  const isTaken = Object.values(world.identity.appCreds).some(
    (other) => other.userId === userId && other.name === named.name,
  );
  if (isTaken) {
    return refuse(conflict("application_credential", `Duplicate entry found with name ${named.name}`));
  }
  const secret = typeof body["secret"] === "string" ? body["secret"] : randomBytes(64).toString("base64url");
  const appCred: AppCredRecord = {
    id: newHexId(),
    name: named.name,
    description: typeof body["description"] === "string" ? body["description"] : null,
    userId,
    projectId: token.scope.projectId,
    secret: hashPassword(secret),
    roleIds: roles.roleIds,
    expiresAt: typeof body["expires_at"] === "string" ? body["expires_at"] : null,
    unrestricted: typeof body["unrestricted"] === "boolean" ? body["unrestricted"] : null,
  };
  world.identity.appCreds[appCred.id] = appCred;
  return { kind: "created", appCred, secret };
}

type RolesAnswer = { kind: "roles"; roleIds: string[] } | { kind: "refused"; response: SandboxResponse };

/** Only roles the token itself carries can be passed on; none given means all of them. */
function readRoles(world: World, token: SandboxToken, given: unknown): RolesAnswer {
  if (!Array.isArray(given)) return { kind: "roles", roleIds: token.roles.map((role) => role.id) };
  const roleIds: string[] = [];
  for (const item of given) {
    const reference: JsonObject = isJsonObject(item) ? item : {};
    const role = Object.values(world.identity.roles).find(
      (candidate) => candidate.id === reference["id"] || candidate.name === reference["name"],
    );
    if (role === undefined) {
      const name = String(reference["id"] ?? reference["name"]);
      return { kind: "refused", response: notFound("role", name) };
    }
    if (!token.roles.some((held) => held.id === role.id)) {
      const message =
        `Invalid application credential: Could not find role assignment with role: ${role.id}, ` +
        `user or group: ${token.userId}, project, domain, or system: ` +
        `${token.scope.kind === "project" ? token.scope.projectId : "None"}.`;
      return { kind: "refused", response: identityError(400, message) };
    }
    roleIds.push(role.id);
  }
  return { kind: "roles", roleIds };
}

/** True for a token that came from an application credential which may not manage others. */
export function isRestricted(world: World, token: SandboxToken): boolean {
  if (token.appCredId === null) return false;
  return world.identity.appCreds[token.appCredId]?.unrestricted !== true;
}

export function refuseRestricted(): SandboxResponse {
  return forbiddenAction(
    "Using method 'application_credential' is not allowed for managing additional application credentials.",
  );
}

const listAppCreds: Handler = (request, world) => {
  const refused = enforce(request, world, { action: "identity:list_application_credentials" });
  if (refused !== null) return refused;
  const appCreds = byId(world.identity.appCreds)
    .filter((appCred) => appCred.userId === param(request, "user_id"))
    .filter(({ name }) => isFilterMatch(request, { name }))
    .map((appCred) => renderAppCred(world, appCred));
  return listResponse(request, world, { application_credentials: appCreds });
};

const getAppCred: Handler = (request, world) => {
  const refused = enforce(request, world, { action: "identity:get_application_credential" });
  if (refused !== null) return refused;
  const id = param(request, "application_credential_id");
  const appCred = world.identity.appCreds[id];
  return appCred === undefined || appCred.userId !== param(request, "user_id")
    ? notFound("application credential", id)
    : { status: 200, body: { application_credential: renderAppCred(world, appCred) } };
};

const deleteAppCred: Handler = (request, world) => {
  const refused = enforce(request, world, { action: "identity:delete_application_credential" });
  if (refused !== null) return refused;
  if (request.token !== null && isRestricted(world, request.token)) return refuseRestricted();
  const id = param(request, "application_credential_id");
  if (world.identity.appCreds[id]?.userId !== param(request, "user_id")) {
    return notFound("application credential", id);
  }
  delete world.identity.appCreds[id];
  return { status: 204 };
};

function renderAppCred(world: World, appCred: AppCredRecord) {
  const roles = expandRoles(world.identity, appCred.roleIds).toSorted((left, right) =>
    left.id < right.id ? -1 : 1,
  );
  return {
    id: appCred.id,
    name: appCred.name,
    description: appCred.description,
    user_id: appCred.userId,
    project_id: appCred.projectId,
    system: null,
    expires_at: appCred.expiresAt,
    unrestricted: appCred.unrestricted,
    roles: roles.map(renderRoleReference),
    links: { self: identityUrl(world, `/application_credentials/${appCred.id}`) },
  };
}

const LIST = "/v3/users/:user_id/application_credentials";
const SINGLE = `${LIST}/:application_credential_id`;

export const appCredRoutes: readonly Route[] = [
  { method: "GET", pattern: LIST, handler: listAppCreds },
  { method: "POST", pattern: LIST, handler: createAppCred },
  { method: "GET", pattern: SINGLE, handler: getAppCred },
  { method: "DELETE", pattern: SINGLE, handler: deleteAppCred },
];
