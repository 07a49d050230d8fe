import { findObject, type JsonObject } from "#server/sandbox/kernel/wire.ts";
import type { Route, SandboxResponse } from "#server/sandbox/kernel/router.ts";
import type { World } from "#server/sandbox/kernel/world.ts";
import { novaFault, policyDenied, pythonRepr } from "./faults.ts";
import { nova, type NovaCall } from "./microversion.ts";

// What Zed answers for a project without limits of its own (recorded).
const defaultQuota: Readonly<Record<string, number>> = {
  cores: 20,
  fixed_ips: -1,
  floating_ips: -1,
  injected_file_content_bytes: 10_240,
  injected_file_path_bytes: 255,
  injected_files: 5,
  instances: 10,
  key_pairs: 100,
  metadata_items: 128,
  ram: 51_200,
  security_group_rules: -1,
  security_groups: -1,
  server_group_members: 10,
  server_groups: 10,
};

/** Resources the proxied network API and file injection lost, and the minor that removed them. */
const removedIn: Readonly<Record<string, number>> = {
  fixed_ips: 36,
  floating_ips: 36,
  security_group_rules: 36,
  security_groups: 36,
  injected_file_content_bytes: 57,
  injected_file_path_bytes: 57,
  injected_files: 57,
};

export const quotaRoutes: readonly Route[] = [
  { method: "GET", pattern: "/v2.1/os-quota-sets/:projectId", handler: nova(showQuota) },
  { method: "GET", pattern: "/v2.1/os-quota-sets/:projectId/defaults", handler: nova(showDefaults) },
  { method: "GET", pattern: "/v2.1/os-quota-sets/:projectId/detail", handler: nova(showDetail) },
  { method: "PUT", pattern: "/v2.1/os-quota-sets/:projectId", handler: nova(updateQuota) },
  { method: "DELETE", pattern: "/v2.1/os-quota-sets/:projectId", handler: nova(deleteQuota) },
];

/** Effective limits of a project; -1 is unlimited. */
export function quotaOf(world: World, projectId: string | null): Record<string, number> {
  const own = projectId === null ? {} : (world.compute.quotas[projectId] ?? {});
  return { ...defaultQuota, ...own };
}

function showQuota(call: NovaCall): SandboxResponse {
  const projectId = projectParameter(call);
  if (!isOwnOrAdmin(call, projectId)) return policyDenied("os-quota-sets:show");
  if (!isProject(call.world, projectId)) return unknownProject(projectId);
  return {
    status: 200,
    body: { quota_set: { id: projectId, ...shown(call, quotaOf(call.world, projectId)) } },
  };
}

function showDefaults(call: NovaCall): SandboxResponse {
  const projectId = projectParameter(call);
  if (!isProject(call.world, projectId)) return unknownProject(projectId);
  return { status: 200, body: { quota_set: { id: projectId, ...shown(call, { ...defaultQuota }) } } };
}

function showDetail(call: NovaCall): SandboxResponse {
  const projectId = projectParameter(call);
  if (!isOwnOrAdmin(call, projectId)) return policyDenied("os-quota-sets:detail");
  if (!isProject(call.world, projectId)) return unknownProject(projectId);
  const limits = Object.entries(shown(call, quotaOf(call.world, projectId)));
  const detail = Object.fromEntries(
    limits.map(([resource, limit]) => [resource, { in_use: 0, limit, reserved: 0 }]),
  );
  return { status: 200, body: { quota_set: { id: projectId, ...detail } } };
}

// Nova checks the document before the policy, and the policy before the project.
function updateQuota(call: NovaCall): SandboxResponse {
  const projectId = projectParameter(call);
  const given = findObject(call.request.body, "quota_set");
  if (given === null) {
    return novaFault(400, "Invalid input for field/attribute quota_set. 'quota_set' is a required property");
  }
  const read = readLimits(call, given);
  if (read.kind === "invalid") return novaFault(400, read.message);
  if (!call.isAdmin) return policyDenied("os-quota-sets:update");
  if (!isProject(call.world, projectId)) return unknownProject(projectId);
  call.world.compute.quotas[projectId] = { ...call.world.compute.quotas[projectId], ...read.limits };
  return { status: 200, body: { quota_set: shown(call, quotaOf(call.world, projectId)) } };
}

function deleteQuota(call: NovaCall): SandboxResponse {
  const projectId = projectParameter(call);
  if (!call.isAdmin) return policyDenied("os-quota-sets:delete");
  if (!isProject(call.world, projectId)) return unknownProject(projectId);
  delete call.world.compute.quotas[projectId];
  return { status: 202 };
}

type ReadLimits = { kind: "limits"; limits: Record<string, number> } | { kind: "invalid"; message: string };

function readLimits(call: NovaCall, given: JsonObject): ReadLimits {
  const known = shown(call, { ...defaultQuota });
  const limits: Record<string, number> = {};
  for (const [resource, value] of Object.entries(given)) {
    if (resource === "force") continue;
    if (!(resource in known)) {
      return {
        kind: "invalid",
        message:
          `Invalid input for field/attribute quota_set. Value: ${pythonRepr(given)}. ` +
          `Additional properties are not allowed ('${resource}' was unexpected)`,
      };
    }
    const problem = findLimitProblem(value);
    if (problem !== null) {
      const shownValue = typeof value === "string" ? value : pythonRepr(value);
      return {
        kind: "invalid",
        message: `Invalid input for field/attribute ${resource}. Value: ${shownValue}. ${problem}`,
      };
    }
    limits[resource] = Number(value);
  }
  return { kind: "limits", limits };
}

function findLimitProblem(value: unknown): string | null {
  if (typeof value === "string") {
    return /^-?[0-9]+$/.test(value) ? null : `'${value}' does not match '^-?[0-9]+$'`;
  }
  if (typeof value !== "number" || !Number.isInteger(value)) {
    return `${pythonRepr(value)} is not of type 'integer', 'string'`;
  }
  if (value < -1) return `${value} is less than the minimum of -1`;
  return value > 0x7f_ff_ff_ff ? `${value} is greater than the maximum of 2147483647` : null;
}

function shown(call: NovaCall, limits: Record<string, number>): Record<string, number> {
  const isShown = (resource: string): boolean =>
    call.minor < (removedIn[resource] ?? Number.POSITIVE_INFINITY);
  return Object.fromEntries(Object.entries(limits).filter(([resource]) => isShown(resource)));
}

function projectParameter(call: NovaCall): string {
  return call.request.params["projectId"] ?? "";
}

function isOwnOrAdmin(call: NovaCall, projectId: string): boolean {
  return call.isAdmin || call.projectId === projectId;
}

function isProject(world: World, projectId: string): boolean {
  return projectId in world.identity.projects;
}

function unknownProject(projectId: string): SandboxResponse {
  return novaFault(400, `Project ID ${projectId} is not a valid project.`);
}
