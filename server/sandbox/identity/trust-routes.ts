import { newHexId } from "../kernel/ids.ts";
import type { Handler, Route, SandboxRequest, SandboxResponse } from "../kernel/router.ts";
import type { SandboxToken } from "../kernel/token.ts";
import { isJsonObject, type JsonObject } from "../kernel/wire.ts";
import type { World } from "../kernel/world.ts";
import { enforce, enforceAs, forbiddenAction } from "./enforce.ts";
import { missingProperty, notFound } from "./errors.ts";
import { byId, identityUrl, listResponse, renderRole } from "./render.ts";
import { bodyOf, param } from "./requests.ts";
import type { RoleRecord, TrustRecord } from "./state.ts";

export type TrustAnswer =
  { kind: "created"; trust: TrustRecord } | { kind: "refused"; response: SandboxResponse };

const createTrustRoute: Handler = (request, world) => {
  if (request.token === null) return forbiddenAction("identity:create_trust");
  const answer = addTrust(world, request.token, bodyOf(request, "trust"));
  if (answer.kind === "refused") return answer.response;
  const { trust } = answer;
  const { links, delegation_depth: _depth, ...shown } = renderTrust(world, trust);
  const document = {
    roles: rolesOf(world, trust).map((role) => renderRole(world, role)),
    ...shown,
    roles_links: { self: identityUrl(world, `/${trust.id}/roles`), next: null, previous: null },
    links,
  };
  return { status: 201, body: { trust: document } };
};

/** Makes a trust as the token's user, through policy and Keystone's rule for delegated tokens. */
export function addTrust(world: World, token: SandboxToken, body: JsonObject): TrustAnswer {
  const refuse = (response: SandboxResponse): TrustAnswer => ({ kind: "refused", response });
  if (isDelegationRefused(world, token)) return refuse(refuseDelegated());
  const trustorUserId = body["trustor_user_id"];
  const trusteeUserId = body["trustee_user_id"];
  const target = { trust: typeof trustorUserId === "string" ? { trustor_user_id: trustorUserId } : {} };
  const refused = enforceAs(world, { token, params: {}, action: "identity:create_trust", target });
  if (refused !== null) return refuse(refused);
  if (typeof trustorUserId !== "string") return refuse(missingProperty("trustor_user_id"));
  if (typeof trusteeUserId !== "string") return refuse(missingProperty("trustee_user_id"));
  if (typeof body["impersonation"] !== "boolean") return refuse(missingProperty("impersonation"));
  if (token.userId !== trustorUserId) {
    return refuse(forbiddenAction("The authenticated user should match the trustor"));
  }
  if (world.identity.users[trusteeUserId] === undefined) return refuse(notFound("user", trusteeUserId));
  const projectId = typeof body["project_id"] === "string" ? body["project_id"] : null;
  const roles = readTrustRoles(world, token, body["roles"]);
  if (roles.kind === "refused") return roles;
  if (projectId !== null && roles.roleIds.length === 0) {
    return refuse(forbiddenAction("At least one role should be specified"));
  }
  const trust: TrustRecord = {
    id: newHexId(),
    trustorUserId,
    trusteeUserId,
    projectId,
    impersonation: body["impersonation"],
    roleIds: roles.roleIds,
    expiresAt: typeof body["expires_at"] === "string" ? body["expires_at"] : null,
    remainingUses: typeof body["remaining_uses"] === "number" ? body["remaining_uses"] : null,
    allowRedelegation: body["allow_redelegation"] === true,
  };
  world.identity.trusts[trust.id] = trust;
  return { kind: "created", trust };
}

type TrustRoles = { kind: "roles"; roleIds: string[] } | { kind: "refused"; response: SandboxResponse };

/** A trustor can only pass on roles that the token carries. */
function readTrustRoles(world: World, token: SandboxToken, given: unknown): TrustRoles {
  const roleIds: string[] = [];
  for (const item of Array.isArray(given) ? given : []) {
    const reference: JsonObject = isJsonObject(item) ? item : {};
    const role = Object.values(world.identity.roles).find(
      (candidate) => candidate.id === reference["id"] || candidate.name === reference["name"],
    );
    const name = String(reference["id"] ?? reference["name"]);
    if (role === undefined) return { kind: "refused", response: notFound("role", name) };
    if (!token.roles.some((held) => held.id === role.id)) {
      return { kind: "refused", response: forbiddenAction(`Trustor user does not have role ${role.id}`) };
    }
    roleIds.push(role.id);
  }
  return { kind: "roles", roleIds };
}

/**
 * Keystone since CVE-2026-80184: a token from an application credential may not handle trusts, restricted or
 * not, unless the cloud lifts that with allow_insecure_application_credential_trust_escalation.
 */
function isDelegationRefused(world: World, token: SandboxToken): boolean {
  return token.trustId !== null || (token.appCredId !== null && !world.settings.policy.appCredTrust);
}

function refuseDelegated(): SandboxResponse {
  return forbiddenAction("Delegated tokens cannot manage trusts.");
}

const listTrusts: Handler = (request, world) => {
  const { token } = request;
  if (token !== null && isDelegationRefused(world, token)) return refuseDelegated();
  const trustor = request.query.get("trustor_user_id");
  const trustee = request.query.get("trustee_user_id");
  const refused = enforceList(request, world, { trustor, trustee });
  if (refused !== null) return refused;
  const trusts = byId(world.identity.trusts)
    .filter((trust) => trustor === null || trust.trustorUserId === trustor)
    .filter((trust) => trustee === null || trust.trusteeUserId === trustee)
    .map((trust) => renderTrust(world, trust));
  return listResponse(request, world, { trusts });
};

interface TrustFilters {
  trustor: string | null;
  trustee: string | null;
}

/** Without a filter Keystone asks for an admin even where the rule is empty. */
function enforceList(request: SandboxRequest, world: World, filters: TrustFilters): SandboxResponse | null {
  const { trustor, trustee } = filters;
  if (trustor !== null) {
    const target = { trust: { trustor_user_id: trustor } };
    return enforce(request, world, { action: "identity:list_trusts_for_trustor", target });
  }
  if (trustee !== null) {
    const target = { trust: { trustee_user_id: trustee } };
    return enforce(request, world, { action: "identity:list_trusts_for_trustee", target });
  }
  const refused = enforce(request, world, { action: "identity:list_trusts" });
  if (refused !== null) return refused;
  return enforce(request, world, { action: "admin_required" });
}

/** With the empty rules of this cloud's file, Keystone falls back to its built-in checks: first 404, then parties. */
function findTrust(request: SandboxRequest, world: World) {
  const { token } = request;
  if (token !== null && isDelegationRefused(world, token)) return { refused: refuseDelegated() };
  const id = param(request, "trust_id");
  const trust = world.identity.trusts[id];
  return trust === undefined ? { refused: notFound("trust", id) } : { trust };
}

const getTrust: Handler = (request, world) => {
  const refused = enforce(request, world, { action: "identity:get_trust" });
  if (refused !== null) return refused;
  const found = findTrust(request, world);
  if (found.refused !== undefined) return found.refused;
  const { trust } = found;
  if (![trust.trustorUserId, trust.trusteeUserId].includes(request.token?.userId ?? "")) {
    return forbiddenAction("Requested user has no relation to this trust");
  }
  const { links, ...shown } = renderTrust(world, trust);
  const roles = rolesOf(world, trust).map((role) => renderRole(world, role));
  return { status: 200, body: { trust: { ...shown, roles, links } } };
};

const deleteTrustRoute: Handler = (request, world) => {
  const refused = enforce(request, world, { action: "identity:delete_trust" });
  if (refused !== null) return refused;
  const found = findTrust(request, world);
  if (found.refused !== undefined) return found.refused;
  const isTrustor = found.trust.trustorUserId === request.token?.userId;
  if (!isTrustor && enforce(request, world, { action: "admin_required" }) !== null) {
    return forbiddenAction("Only admin or trustor can delete a trust");
  }
  delete world.identity.trusts[found.trust.id];
  return { status: 204 };
};

function rolesOf(world: World, trust: TrustRecord): RoleRecord[] {
  return trust.roleIds.flatMap((id) => world.identity.roles[id] ?? []);
}

function renderTrust(world: World, trust: TrustRecord) {
  return {
    delegation_depth: 0,
    id: trust.id,
    trustor_user_id: trust.trustorUserId,
    trustee_user_id: trust.trusteeUserId,
    project_id: trust.projectId,
    impersonation: trust.impersonation,
    expires_at: trust.expiresAt,
    remaining_uses: trust.remainingUses,
    deleted_at: null,
    redelegated_trust_id: null,
    redelegation_count: 0,
    links: { self: identityUrl(world, `/OS-TRUST/trusts/${trust.id}`) },
  };
}

export const trustRoutes: readonly Route[] = [
  { method: "GET", pattern: "/v3/OS-TRUST/trusts", handler: listTrusts },
  { method: "POST", pattern: "/v3/OS-TRUST/trusts", handler: createTrustRoute },
  { method: "GET", pattern: "/v3/OS-TRUST/trusts/:trust_id", handler: getTrust },
  { method: "DELETE", pattern: "/v3/OS-TRUST/trusts/:trust_id", handler: deleteTrustRoute },
];
