import type { Route, SandboxResponse } from "#server/sandbox/kernel/router.ts";
import { neutron, type NeutronCall, readDocument } from "./call.ts";
import { badRequest, NeutronFault, overQuota } from "./faults.ts";
import type { NetworkState } from "./state.ts";

// Neutron's defaults (recorded). The embedded cloud has no security groups, subnet pools or RBAC rules to count.
const defaultQuota: Readonly<Record<string, number>> = {
  network: 100,
  subnet: 100,
  subnetpool: -1,
  port: 500,
  router: 10,
  floatingip: 50,
  rbac_policy: 10,
  security_group: 10,
  security_group_rule: 100,
};

const settable = new Set([...Object.keys(defaultQuota), "project_id", "tenant_id", "force", "check_limit"]);

export const quotaRoutes: readonly Route[] = [
  { method: "GET", pattern: "/v2.0/quotas", handler: neutron(listQuotas) },
  { method: "GET", pattern: "/v2.0/quotas/:projectId", handler: neutron(showQuota) },
  { method: "GET", pattern: "/v2.0/quotas/:projectId/default", handler: neutron(showDefault) },
  { method: "GET", pattern: "/v2.0/quotas/:projectId/details.json", handler: neutron(showDetails) },
  { method: "PUT", pattern: "/v2.0/quotas/:projectId", handler: neutron(updateQuota) },
  { method: "DELETE", pattern: "/v2.0/quotas/:projectId", handler: neutron(deleteQuota) },
];

/** Refuses a new resource that would exceed the project's limit. */
export function requireQuota(call: NeutronCall, projectId: string, resource: CountedResource): void {
  const limit = limitsOf(call.state, projectId)[resource] ?? -1;
  if (limit !== -1 && countUsed(call.state, projectId, resource) >= limit) throw overQuota(resource);
}

type CountedResource = "network" | "subnet" | "router" | "port" | "floatingip";

function countUsed(state: NetworkState, projectId: string, resource: string): number {
  const records: Record<CountedResource, readonly { projectId: string }[]> = {
    network: state.networks,
    subnet: state.subnets,
    router: state.routers,
    port: state.ports,
    floatingip: state.floatingIps,
  };
  const counted = Object.entries(records).find(([name]) => name === resource)?.[1] ?? [];
  return counted.filter((record) => record.projectId === projectId).length;
}

function limitsOf(state: NetworkState, projectId: string): Record<string, number> {
  return { ...defaultQuota, ...state.quotas[projectId] };
}

function listQuotas(call: NeutronCall): SandboxResponse {
  requireAdmin(call, "Only admin can view or configure quota");
  const quotas = Object.keys(call.state.quotas).map((projectId) => ({
    ...limitsOf(call.state, projectId),
    project_id: projectId,
    tenant_id: projectId,
  }));
  return { status: 200, body: { quotas } };
}

function showQuota(call: NeutronCall): SandboxResponse {
  return { status: 200, body: { quota: limitsOf(call.state, readableProject(call)) } };
}

function showDefault(call: NeutronCall): SandboxResponse {
  readableProject(call);
  return { status: 200, body: { quota: { ...defaultQuota } } };
}

function showDetails(call: NeutronCall): SandboxResponse {
  const projectId = readableProject(call);
  const details = Object.entries(limitsOf(call.state, projectId)).map(([resource, limit]) => [
    resource,
    { limit, used: countUsed(call.state, projectId, resource), reserved: 0 },
  ]);
  return { status: 200, body: { quota: Object.fromEntries(details) } };
}

/** Neutron never asks Keystone: it stores limits for a project that does not exist (recorded). */
function updateQuota(call: NeutronCall): SandboxResponse {
  const document = readDocument(call, "quota", settable);
  requireAdmin(call, "Only admin can view or configure quota");
  const projectId = projectParameter(call);
  const limits: Record<string, number> = {};
  for (const [resource, value] of Object.entries(document)) {
    if (!(resource in defaultQuota)) continue;
    const limit = Number(value);
    if (typeof value === "boolean" || !Number.isInteger(limit) || limit < -1 || limit > 0x7f_ff_ff_ff) {
      throw badRequest(
        `Invalid input for ${resource}. Reason: '${String(value)}' must be in the range -1 to 2147483647.`,
      );
    }
    limits[resource] = limit;
  }
  call.state.quotas[projectId] = { ...call.state.quotas[projectId], ...limits };
  return { status: 200, body: { quota: limitsOf(call.state, projectId) } };
}

function deleteQuota(call: NeutronCall): SandboxResponse {
  requireAdmin(call, "Only admin can view or configure quota");
  const projectId = projectParameter(call);
  if (!(projectId in call.state.quotas)) {
    throw new NeutronFault(404, "TenantQuotaNotFound", `Quota for tenant ${projectId} could not be found.`);
  }
  delete call.state.quotas[projectId];
  return { status: 204 };
}

function readableProject(call: NeutronCall): string {
  const projectId = projectParameter(call);
  if (projectId !== call.projectId) {
    requireAdmin(call, "Only admin is authorized to access quotas for another tenant");
  }
  return projectId;
}

function requireAdmin(call: NeutronCall, reason: string): void {
  if (call.isAdmin) return;
  throw new NeutronFault(403, "AdminRequired", `User does not have admin privileges: ${reason}`);
}

function projectParameter(call: NeutronCall): string {
  return call.request.params["projectId"] ?? "";
}
