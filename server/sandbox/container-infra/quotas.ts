import type { Route, SandboxResponse } from "#server/sandbox/kernel/router.ts";
import { magnum, type MagnumCall, readBody } from "./call.ts";
import { MagnumFault, policyDenied } from "./faults.ts";
import { mandatory, wholeNumber } from "./template-document.ts";

/** Magnum's [quotas] max_clusters_per_project. */
const DEFAULT_CLUSTER_LIMIT = 20;

export const quotaRoutes: readonly Route[] = [
  { method: "POST", pattern: "/v1/quotas", handler: magnum(createQuota) },
  { method: "GET", pattern: "/v1/quotas/:projectId/:resource", handler: magnum(showQuota) },
  { method: "PATCH", pattern: "/v1/quotas/:projectId/:resource", handler: magnum(updateQuota) },
];

export function requireClusterQuota(call: MagnumCall): void {
  const limit = limitOf(call, call.projectId ?? "");
  const used = call.state.clusters.filter((cluster) => cluster.projectId === call.projectId).length;
  if (used < limit) return;
  throw new MagnumFault(
    403,
    `Resource limit exceeded: You have reached the maximum clusters per project, ${limit}. ` +
      "You may delete a cluster to make room for a new one.",
  );
}

function showQuota(call: MagnumCall): SandboxResponse {
  const projectId = call.request.params["projectId"] ?? "";
  if (!call.isAdmin && projectId !== call.projectId) throw new MagnumFault(403, "Not authorized.");
  requireClusterResource(call.request.params["resource"]);
  return { status: 200, body: quotaView(call, projectId) };
}

function createQuota(call: MagnumCall): SandboxResponse {
  if (!call.isAdmin) throw policyDenied("quota:create");
  const body = readBody(call);
  const projectId = mandatory(body, "project_id");
  requireClusterResource(body["resource"] ?? "Cluster");
  if (!(projectId in call.world.identity.projects)) {
    throw new MagnumFault(404, `The project ${projectId} could not be found.`);
  }
  if (projectId in call.state.clusterLimits) {
    throw new MagnumFault(409, `Quota for project ${projectId} already exists for resource Cluster.`);
  }
  call.state.clusterLimits[projectId] = wholeNumber(body, "hard_limit") ?? 1;
  return { status: 201, body: quotaView(call, projectId) };
}

function updateQuota(call: MagnumCall): SandboxResponse {
  if (!call.isAdmin) throw policyDenied("quota:update");
  const projectId = call.request.params["projectId"] ?? "";
  requireClusterResource(call.request.params["resource"]);
  call.state.clusterLimits[projectId] = wholeNumber(readBody(call), "hard_limit") ?? 1;
  return { status: 202, body: quotaView(call, projectId) };
}

function requireClusterResource(resource: unknown): void {
  if (resource === "Cluster") return;
  throw new MagnumFault(400, "Invalid input for field/attribute resource. Value should be one of: Cluster");
}

function limitOf(call: MagnumCall, projectId: string): number {
  return call.state.clusterLimits[projectId] ?? DEFAULT_CLUSTER_LIMIT;
}

function quotaView(call: MagnumCall, projectId: string): Record<string, unknown> {
  return { project_id: projectId, resource: "Cluster", hard_limit: limitOf(call, projectId) };
}
