import { newUuid } from "#server/sandbox/kernel/ids.ts";
import type { Route, SandboxResponse } from "#server/sandbox/kernel/router.ts";
import { isOwnerOrAdmin, neutron, type NeutronCall } from "./call.ts";
import { NeutronFault } from "./faults.ts";
import { listAnswer, showAnswer } from "./listing.ts";
import { born, type NeutronRecord } from "./state.ts";

const filters = new Set(["id", "name", "project_id", "tenant_id", "description"]);

/** Groups without rules: what a tenant is given without asking, and what a removal has to take away. */
export const securityGroupRoutes: readonly Route[] = [
  { method: "GET", pattern: "/v2.0/security-groups", handler: neutron(listGroups) },
  { method: "GET", pattern: "/v2.0/security-groups/:groupId", handler: neutron(showGroup) },
  { method: "DELETE", pattern: "/v2.0/security-groups/:groupId", handler: neutron(deleteGroup) },
];

/** Neutron gives a project its default group when it first makes something, and stores it like any other. */
export function ensureDefaultGroup(call: NeutronCall, projectId: string): void {
  const groups = groupsOf(call);
  if (groups.some((group) => group.projectId === projectId && group.name === "default")) return;
  const group = { id: newUuid(), name: "default", projectId, description: "Default security group" };
  call.state.securityGroups = [...groups, { ...group, ...born(call.request.now, 1) }];
}

/** As in Neutron, a list of one project's groups makes that project a default one, whether or not it exists. */
function listGroups(call: NeutronCall): SandboxResponse {
  const { query } = call.request;
  const asked = query.get("project_id") ?? query.get("tenant_id") ?? call.projectId;
  if (asked !== null) ensureDefaultGroup(call, asked);
  const views = groupsOf(call)
    .filter((group) => isOwnerOrAdmin(call, group))
    .map(groupView);
  return listAnswer(call, { name: "security_groups", filters }, views);
}

function showGroup(call: NeutronCall): SandboxResponse {
  return showAnswer(call, "security_group", groupView(getGroup(call)));
}

function deleteGroup(call: NeutronCall): SandboxResponse {
  const group = getGroup(call);
  if (group.name === "default" && !call.isAdmin) {
    throw new NeutronFault(
      409,
      "SecurityGroupCannotRemoveDefault",
      "Insufficient rights for removing default security group.",
    );
  }
  call.state.securityGroups = groupsOf(call).filter((other) => other !== group);
  return { status: 204 };
}

function getGroup(call: NeutronCall): NeutronRecord {
  const id = call.request.params["groupId"] ?? "";
  const group = groupsOf(call).find((one) => one.id === id);
  if (group === undefined || !isOwnerOrAdmin(call, group)) {
    throw new NeutronFault(404, "SecurityGroupNotFound", `Security group ${id} does not exist`);
  }
  return group;
}

function groupsOf(call: NeutronCall): NeutronRecord[] {
  return call.state.securityGroups ?? [];
}

function groupView({ id, name, projectId, description }: NeutronRecord) {
  return {
    id,
    name,
    tenant_id: projectId,
    description,
    security_group_rules: [],
    stateful: true,
    tags: [],
    project_id: projectId,
  };
}
