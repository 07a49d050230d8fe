import { newHexId } from "../kernel/ids.ts";
import type { Handler, Route } from "../kernel/router.ts";
import type { World } from "../kernel/world.ts";
import { deleteGroup as dropGroup } from "./deletion.ts";
import { enforce } from "./enforce.ts";
import { notFound } from "./errors.ts";
import { findGroupTarget, listTarget, newResourceTarget } from "./policy-targets.ts";
import { byId, identityUrl, listResponse } from "./render.ts";
import { bodyOf, isFilterMatch, param, requireName, stringOr } from "./requests.ts";
import type { GroupRecord } from "./state.ts";

const listGroups: Handler = (request, world) => {
  const { domainId } = listTarget(request.token);
  const refused = enforce(request, world, {
    action: "identity:list_groups",
    // Users and projects are judged by target.domain_id, groups by a group of that domain (keystone/api/groups.py).
    ...(domainId === null ? {} : { target: { group: { domain_id: domainId } } }),
  });
  if (refused !== null) return refused;
  const groups = byId(world.identity.groups)
    .filter((group) => domainId === null || group.domainId === domainId)
    .filter(({ name, domainId: domain_id }) => isFilterMatch(request, { name, domain_id }))
    .map((group) => renderGroup(world, group));
  return listResponse(request, world, { groups });
};

const getGroup: Handler = (request, world) => {
  const id = param(request, "group_id");
  const target = findGroupTarget(world.identity, id);
  const refused = enforce(request, world, { action: "identity:get_group", target });
  if (refused !== null) return refused;
  const group = world.identity.groups[id];
  return group === undefined
    ? notFound("group", id)
    : { status: 200, body: { group: renderGroup(world, group) } };
};

const createGroup: Handler = (request, world) => {
  const body = bodyOf(request, "group");
  const target = newResourceTarget("group", body);
  const refused = enforce(request, world, { action: "identity:create_group", target });
  if (refused !== null) return refused;
  const named = requireName(body);
  if (named.kind === "invalid") return named.response;
  const group: GroupRecord = {
    id: newHexId(),
    name: named.name,
    domainId: stringOr(body["domain_id"], "default"),
    description: stringOr(body["description"], ""),
    userIds: [],
  };
  world.identity.groups[group.id] = group;
  return { status: 201, body: { group: renderGroup(world, group) } };
};

const deleteGroup: Handler = (request, world) => {
  const id = param(request, "group_id");
  const target = findGroupTarget(world.identity, id);
  const refused = enforce(request, world, { action: "identity:delete_group", target });
  if (refused !== null) return refused;
  if (world.identity.groups[id] === undefined) return notFound("group", id);
  dropGroup(world.identity, id);
  return { status: 204 };
};

function renderGroup(world: World, { id, name, domainId, description }: GroupRecord) {
  return {
    id,
    name,
    domain_id: domainId,
    description,
    links: { self: identityUrl(world, `/groups/${id}`) },
  };
}

export const groupRoutes: readonly Route[] = [
  { method: "GET", pattern: "/v3/groups", handler: listGroups },
  { method: "POST", pattern: "/v3/groups", handler: createGroup },
  { method: "GET", pattern: "/v3/groups/:group_id", handler: getGroup },
  { method: "DELETE", pattern: "/v3/groups/:group_id", handler: deleteGroup },
];
