import { newUuid } from "#server/sandbox/kernel/ids.ts";
import type { Route, SandboxResponse } from "#server/sandbox/kernel/router.ts";
import type { JsonObject } from "#server/sandbox/kernel/wire.ts";
import {
  isOwnerOrAdmin,
  neutron,
  type NeutronCall,
  ownerFor,
  readDocument,
  readFlag,
  readText,
} from "./call.ts";
import { networkNotFound, NeutronFault, policyDenied } from "./faults.ts";
import { listAnswer, showAnswer } from "./listing.ts";
import { requireQuota } from "./quotas.ts";
import { ensureDefaultGroup } from "./security-groups.ts";
import { born, type NetworkRecord, touch } from "./state.ts";
import { networkView } from "./view.ts";

/** The overlay leaves 50 of the physical network's 1500 bytes to VXLAN. */
const TENANT_MTU = 1450;

const ownerAttributes = ["name", "admin_state_up", "description", "port_security_enabled"] as const;
// Attributes of neutron.conf.policies.network whose own rule is admin-only.
const adminAttributes = [
  "shared",
  "router:external",
  "is_default",
  "provider:network_type",
  "provider:physical_network",
  "provider:segmentation_id",
] as const;
const accepted = new Set([...ownerAttributes, ...adminAttributes, "mtu", "project_id", "tenant_id"]);
const filters = new Set([...accepted, "id", "status", "subnets", "revision_number"]);

export const networkRoutes: readonly Route[] = [
  { method: "GET", pattern: "/v2.0/networks", handler: neutron(listNetworks) },
  { method: "POST", pattern: "/v2.0/networks", handler: neutron(createNetwork) },
  { method: "GET", pattern: "/v2.0/networks/:networkId", handler: neutron(showNetwork) },
  { method: "PUT", pattern: "/v2.0/networks/:networkId", handler: neutron(updateNetwork) },
  { method: "DELETE", pattern: "/v2.0/networks/:networkId", handler: neutron(deleteNetwork) },
];

/** The network when the caller may see it: its own, a shared or an external one, any for an administrator. */
export function getVisibleNetwork(call: NeutronCall, id: string): NetworkRecord {
  const network = call.state.networks.find((candidate) => candidate.id === id);
  if (network === undefined || !canSee(call, network)) throw networkNotFound(id);
  return network;
}

function canSee(call: NeutronCall, network: NetworkRecord): boolean {
  return network.isShared || network.isExternal || isOwnerOrAdmin(call, network);
}

function listNetworks(call: NeutronCall): SandboxResponse {
  const views = call.state.networks
    .filter((network) => canSee(call, network))
    .map((network) => networkView(call.state, network, call.isAdmin));
  return listAnswer(call, { name: "networks", filters }, views);
}

function showNetwork(call: NeutronCall): SandboxResponse {
  const network = getVisibleNetwork(call, idParameter(call));
  return showAnswer(call, "network", networkView(call.state, network, call.isAdmin));
}

function createNetwork(call: NeutronCall): SandboxResponse {
  const document = readDocument(call, "network", accepted);
  const projectId = ownerFor(call, document);
  refuseAdminAttributes(call, "create_network", document);
  requireQuota(call, projectId, "network");
  const isExternal = readFlag(document, "router:external", false);
  const network: NetworkRecord = {
    id: newUuid(),
    name: readText(document, "name", ""),
    projectId,
    description: readText(document, "description", ""),
    ...born(call.request.now, 1),
    isAdminUp: readFlag(document, "admin_state_up", true),
    isShared: readFlag(document, "shared", false),
    isExternal,
    hasPortSecurity: readFlag(document, "port_security_enabled", true),
    mtu: typeof document["mtu"] === "number" ? document["mtu"] : TENANT_MTU,
    provider: {
      type: readText(document, "provider:network_type", "vxlan"),
      physicalNetwork: null,
      segmentationId: call.state.networks.length,
    },
  };
  call.state.networks.push(network);
  ensureDefaultGroup(call, projectId);
  // The answer to a creation shows is_default of tenant networks too, later reads do not (recorded).
  return {
    status: 201,
    body: { network: { ...networkView(call.state, network, call.isAdmin), is_default: false } },
  };
}

function updateNetwork(call: NeutronCall): SandboxResponse {
  const network = getVisibleNetwork(call, idParameter(call));
  const document = readDocument(call, "network", accepted);
  if (!isOwnerOrAdmin(call, network)) throw policyDenied("update_network");
  refuseAdminAttributes(call, "update_network", document);
  network.name = readText(document, "name", network.name);
  network.description = readText(document, "description", network.description);
  network.isAdminUp = readFlag(document, "admin_state_up", network.isAdminUp);
  network.hasPortSecurity = readFlag(document, "port_security_enabled", network.hasPortSecurity);
  network.isShared = readFlag(document, "shared", network.isShared);
  network.isExternal = readFlag(document, "router:external", network.isExternal);
  touch(network, call.request.now);
  return { status: 200, body: { network: networkView(call.state, network, call.isAdmin) } };
}

function deleteNetwork(call: NeutronCall): SandboxResponse {
  const network = getVisibleNetwork(call, idParameter(call));
  if (!isOwnerOrAdmin(call, network)) throw policyDenied("delete_network");
  if (call.state.ports.some((port) => port.networkId === network.id)) {
    throw new NeutronFault(
      409,
      "NetworkInUse",
      `Unable to complete operation on network ${network.id}. There are one or more ports still in use on the network.`,
    );
  }
  call.state.subnets = call.state.subnets.filter((subnet) => subnet.networkId !== network.id);
  call.state.networks = call.state.networks.filter((other) => other !== network);
  return { status: 204 };
}

/** A rule is asked only for an attribute set to something else than its default. */
function refuseAdminAttributes(call: NeutronCall, action: string, document: JsonObject): void {
  if (call.isAdmin) return;
  const refused = adminAttributes.filter((key) => document[key] !== undefined && document[key] !== false);
  if (refused.length > 0) throw policyDenied(action, refused);
}

function idParameter(call: NeutronCall): string {
  return call.request.params["networkId"] ?? "";
}
