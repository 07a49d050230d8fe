import { newHexId } from "../kernel/ids.ts";
import type { Handler, Route } from "../kernel/router.ts";
import { enforce } from "./enforce.ts";
import { conflict, identityError, notFound } from "./errors.ts";
import { roleTarget } from "./policy-targets.ts";
import { byId, listResponse, renderRole, renderRoleReference } from "./render.ts";
import { bodyOf, isFilterMatch, param, requireName } from "./requests.ts";
import type { RoleRecord } from "./state.ts";

const listRoles: Handler = (request, world) => {
  const refused = enforce(request, world, { action: "identity:list_roles" });
  if (refused !== null) return refused;
  const domainId = request.query.get("domain_id");
  const roles = byId(world.identity.roles)
    .filter((role) => role.domainId === domainId && isFilterMatch(request, { name: role.name }))
    .map((role) => renderRole(world, role));
  return listResponse(request, world, { roles });
};

/** Unlike users and projects, an absent role is told apart from a refused one: 404 before policy. */
const getRole: Handler = (request, world) => {
  const id = param(request, "role_id");
  const role = world.identity.roles[id];
  if (role === undefined) return notFound("role", id);
  const refused = enforce(request, world, { action: "identity:get_role", target: roleTarget(role) });
  return refused ?? { status: 200, body: { role: renderRole(world, role) } };
};

const createRole: Handler = (request, world) => {
  const refused = enforce(request, world, { action: "identity:create_role" });
  if (refused !== null) return refused;
  const body = bodyOf(request, "role");
  const named = requireName(body);
  if (named.kind === "invalid") return named.response;
  if (Object.values(world.identity.roles).some((role) => role.name === named.name)) {
    return conflict("role", `Duplicate entry found with name ${named.name}`);
  }
  const description = body["description"];
  const role: RoleRecord = {
    id: newHexId(),
    name: named.name,
    domainId: null,
    description: typeof description === "string" ? description : null,
  };
  world.identity.roles[role.id] = role;
  return { status: 201, body: { role: renderRole(world, role) } };
};

const deleteRole: Handler = (request, world) => {
  const id = param(request, "role_id");
  const state = world.identity;
  const role = state.roles[id];
  if (role === undefined) return notFound("role", id);
  const refused = enforce(request, world, { action: "identity:delete_role", target: roleTarget(role) });
  if (refused !== null) return refused;
  if ("immutable" in renderRoleReference(role).options) {
    return identityError(
      403,
      `Cannot delete immutable role ${id}. Set resource option "immutable" to false first.`,
    );
  }
  delete state.roles[id];
  state.grants = state.grants.filter((grant) => grant.roleId !== id);
  state.impliedRoles = state.impliedRoles.filter((rule) => rule.priorId !== id && rule.impliedId !== id);
  return { status: 204 };
};

export const roleRoutes: readonly Route[] = [
  { method: "GET", pattern: "/v3/roles", handler: listRoles },
  { method: "POST", pattern: "/v3/roles", handler: createRole },
  { method: "GET", pattern: "/v3/roles/:role_id", handler: getRole },
  { method: "DELETE", pattern: "/v3/roles/:role_id", handler: deleteRole },
];
