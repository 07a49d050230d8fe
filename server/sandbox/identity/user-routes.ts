import { newHexId } from "../kernel/ids.ts";
import type { Handler, Route, SandboxResponse } from "../kernel/router.ts";
import type { JsonObject } from "../kernel/wire.ts";
import { deleteUserAndBelongings } from "./deletion.ts";
import { enforce } from "./enforce.ts";
import { conflict, identityError, notFound, unauthorized, wrongType } from "./errors.ts";
import { hashPassword, isPassword } from "./password.ts";
import { findUserTarget, listTarget, newResourceTarget } from "./policy-targets.ts";
import { byId, listResponse, renderUser } from "./render.ts";
import { bodyOf, booleanOr, isFilterMatch, param, requireName, stringOr } from "./requests.ts";
import type { IdentityState, UserRecord } from "./state.ts";
import { killTokensOf } from "./token-store.ts";

/** Everything else in the body is kept as it came and shown again. */
const OWN_ATTRIBUTES = new Set([
  "id",
  "name",
  "domain_id",
  "enabled",
  "password",
  "options",
  "default_project_id",
]);

const listUsers: Handler = (request, world) => {
  const { target, domainId } = listTarget(request.token);
  const refused = enforce(request, world, {
    action: "identity:list_users",
    ...(target === undefined ? {} : { target }),
  });
  if (refused !== null) return refused;
  const users = byId(world.identity.users)
    .filter((user) => domainId === null || user.domainId === domainId)
    .filter(({ name, enabled, domainId: domain_id }) => isFilterMatch(request, { name, enabled, domain_id }))
    .map((user) => renderUser(world, user));
  return listResponse(request, world, { users });
};

const getUser: Handler = (request, world) => {
  const id = param(request, "user_id");
  const refused = enforce(request, world, {
    action: "identity:get_user",
    target: findUserTarget(world.identity, id),
  });
  if (refused !== null) return refused;
  const user = world.identity.users[id];
  return user === undefined ? notFound("user", id) : { status: 200, body: { user: renderUser(world, user) } };
};

const createUser: Handler = (request, world) => {
  const body = bodyOf(request, "user");
  const refused = enforce(request, world, {
    action: "identity:create_user",
    target: newResourceTarget("user", body),
  });
  if (refused !== null) return refused;
  const named = requireName(body);
  if (named.kind === "invalid") return named.response;
  const domainId = stringOr(body["domain_id"], "default");
  if (world.identity.domains[domainId] === undefined) {
    return identityError(400, `Could not find domain: ${domainId}.`);
  }
  const password = body["password"];
  if (password !== undefined && password !== null && typeof password !== "string") {
    return wrongType(password, "string");
  }
  if (findUserByName(world.identity, named.name, domainId) !== null)
    return duplicateUser(named.name, domainId);
  const user = addUser(world.identity, { name: named.name, domainId, password: password ?? null, body });
  return { status: 201, body: { user: renderUser(world, user) } };
};

export interface NewUser {
  name: string;
  domainId: string;
  password: string | null;
  body: JsonObject;
}

export function addUser(state: IdentityState, { name, domainId, password, body }: NewUser): UserRecord {
  const user: UserRecord = {
    id: newHexId(),
    name,
    domainId,
    enabled: booleanOr(body["enabled"], true),
    password: password === null ? null : hashPassword(password),
    defaultProjectId: typeof body["default_project_id"] === "string" ? body["default_project_id"] : null,
    extra: extraOf(body),
    tokensDeadThrough: null,
  };
  state.users[user.id] = user;
  return user;
}

function extraOf(body: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(body).filter(([name]) => !OWN_ATTRIBUTES.has(name)));
}

const updateUser: Handler = (request, world) => {
  const id = param(request, "user_id");
  const refused = enforce(request, world, {
    action: "identity:update_user",
    target: findUserTarget(world.identity, id),
  });
  if (refused !== null) return refused;
  const user = world.identity.users[id];
  if (user === undefined) return notFound("user", id);
  const body = bodyOf(request, "user");
  const invalid = applyUserPatch(world.identity, user, { body, now: request.now });
  if (invalid !== null) return invalid;
  // Only the answer to PATCH repeats the extra attributes under "extra".
  const { links, options, ...shown } = renderUser(world, user);
  return { status: 200, body: { user: { ...shown, extra: user.extra, options, links } } };
};

function applyUserPatch(
  state: IdentityState,
  user: UserRecord,
  patch: { body: JsonObject; now: Date },
): SandboxResponse | null {
  const { body, now } = patch;
  const name = stringOr(body["name"], user.name);
  const holder = findUserByName(state, name, user.domainId);
  if (holder !== null && holder.id !== user.id) return duplicateUser(name, user.domainId);
  const password = body["password"];
  if (password !== undefined && typeof password !== "string") return wrongType(password, "string");
  user.name = name;
  user.extra = { ...user.extra, ...extraOf(body) };
  const wasEnabled = user.enabled;
  user.enabled = booleanOr(body["enabled"], wasEnabled);
  if (typeof password === "string") user.password = hashPassword(password);
  const isReset = typeof password === "string" || (wasEnabled && !user.enabled);
  if (isReset) killTokensOf(user, now);
  return null;
}

const deleteUser: Handler = (request, world) => {
  const id = param(request, "user_id");
  const refused = enforce(request, world, {
    action: "identity:delete_user",
    target: findUserTarget(world.identity, id),
  });
  if (refused !== null) return refused;
  if (world.identity.users[id] === undefined) return notFound("user", id);
  deleteUserAndBelongings(world.identity, id);
  return { status: 204 };
};

/** Guarded by the original password alone: no policy rule and no token is asked for. */
const changePassword: Handler = (request, world) => {
  const user = world.identity.users[param(request, "user_id")];
  const body = bodyOf(request, "user");
  const original = body["original_password"];
  const password = body["password"];
  if (typeof original !== "string" || typeof password !== "string") return unauthorized(request);
  if (user === undefined || !user.enabled || user.password === null) return unauthorized(request);
  if (!isPassword(original, user.password)) return unauthorized(request);
  user.password = hashPassword(password);
  killTokensOf(user, request.now);
  return { status: 204 };
};

export function findUserByName(state: IdentityState, name: string, domainId: string): UserRecord | null {
  return Object.values(state.users).find((user) => user.name === name && user.domainId === domainId) ?? null;
}

function duplicateUser(name: string, domainId: string): SandboxResponse {
  return conflict("user", `Duplicate entry found with name ${name} at domain ID ${domainId}`);
}

export const userRoutes: readonly Route[] = [
  { method: "GET", pattern: "/v3/users", handler: listUsers },
  { method: "POST", pattern: "/v3/users", handler: createUser },
  { method: "GET", pattern: "/v3/users/:user_id", handler: getUser },
  { method: "PATCH", pattern: "/v3/users/:user_id", handler: updateUser },
  { method: "DELETE", pattern: "/v3/users/:user_id", handler: deleteUser },
  { method: "POST", pattern: "/v3/users/:user_id/password", handler: changePassword, isPublic: true },
];
