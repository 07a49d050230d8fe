import type { Route, SandboxResponse } from "#server/sandbox/kernel/router.ts";
import { novaFault } from "./faults.ts";
import { nova, type NovaCall } from "./microversion.ts";
import { quotaOf } from "./quota-sets.ts";

// The embedded cloud has no hypervisor: the server lists are always empty.
export const serverRoutes: readonly Route[] = [
  { method: "GET", pattern: "/v2.1/servers", handler: nova(listServers) },
  { method: "GET", pattern: "/v2.1/servers/detail", handler: nova(listServers) },
  { method: "GET", pattern: "/v2.1/servers/:serverId", handler: nova(serverNotFound) },
  { method: "DELETE", pattern: "/v2.1/servers/:serverId", handler: nova(serverNotFound) },
  { method: "GET", pattern: "/v2.1/os-server-groups", handler: nova(listServerGroups) },
  { method: "GET", pattern: "/v2.1/limits", handler: nova(showLimits) },
];

function listServers(): SandboxResponse {
  return { status: 200, body: { servers: [] } };
}

function listServerGroups(): SandboxResponse {
  return { status: 200, body: { server_groups: [] } };
}

function serverNotFound(call: NovaCall): SandboxResponse {
  return novaFault(404, `Instance ${call.request.params["serverId"] ?? ""} could not be found.`);
}

function showLimits(call: NovaCall): SandboxResponse {
  const asked = call.isAdmin ? call.request.query.get("tenant_id") : null;
  const quota = quotaOf(call.world, asked ?? call.projectId);
  const absolute = {
    maxTotalInstances: quota["instances"],
    maxTotalCores: quota["cores"],
    maxTotalRAMSize: quota["ram"],
    maxServerMeta: quota["metadata_items"],
    ...(call.minor < 39 ? { maxImageMeta: quota["metadata_items"] } : {}),
    ...(call.minor < 57
      ? { maxPersonality: quota["injected_files"], maxPersonalitySize: quota["injected_file_content_bytes"] }
      : {}),
    maxTotalKeypairs: quota["key_pairs"],
    maxServerGroups: quota["server_groups"],
    maxServerGroupMembers: quota["server_group_members"],
    ...(call.minor < 36 ? networkLimits(quota) : {}),
    totalRAMUsed: 0,
    totalCoresUsed: 0,
    totalInstancesUsed: 0,
    totalServerGroupsUsed: 0,
  };
  return { status: 200, body: { limits: { rate: [], absolute } } };
}

function networkLimits(quota: Record<string, number>): Record<string, number | undefined> {
  return {
    maxTotalFloatingIps: quota["floating_ips"],
    maxSecurityGroups: quota["security_groups"],
    maxSecurityGroupRules: quota["security_group_rules"],
    totalFloatingIpsUsed: 0,
    totalSecurityGroupsUsed: 0,
  };
}
