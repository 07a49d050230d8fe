import { newUuid } from "#server/sandbox/kernel/ids.ts";
import type { Route, SandboxResponse } from "#server/sandbox/kernel/router.ts";
import { isOwnerOrAdmin, neutron, type NeutronCall, ownerFor, readDocument, readText } from "./call.ts";
import { floatingIpNotFound, NeutronFault } from "./faults.ts";
import { listAnswer, showAnswer } from "./listing.ts";
import { getVisibleNetwork } from "./networks.ts";
import { addPort, allocateAddress, getVisiblePort, removePorts } from "./ports.ts";
import { requireQuota } from "./quotas.ts";
import { born, type FloatingIpRecord } from "./state.ts";
import { floatingIpView } from "./view.ts";

const accepted = new Set(["floating_network_id", "port_id", "description", "project_id", "tenant_id"]);
const filters = new Set([
  "id",
  "floating_ip_address",
  "floating_network_id",
  "router_id",
  "port_id",
  "fixed_ip_address",
  "status",
  "description",
  "project_id",
  "tenant_id",
]);

/** Floating IPs can be taken and given back; there are no instance ports to attach one to. */
export const floatingIpRoutes: readonly Route[] = [
  { method: "GET", pattern: "/v2.0/floatingips", handler: neutron(listFloatingIps) },
  { method: "POST", pattern: "/v2.0/floatingips", handler: neutron(createFloatingIp) },
  { method: "GET", pattern: "/v2.0/floatingips/:floatingIpId", handler: neutron(showFloatingIp) },
  { method: "DELETE", pattern: "/v2.0/floatingips/:floatingIpId", handler: neutron(deleteFloatingIp) },
];

function listFloatingIps(call: NeutronCall): SandboxResponse {
  const views = call.state.floatingIps
    .filter((floatingIp) => isOwnerOrAdmin(call, floatingIp))
    .map(floatingIpView);
  return listAnswer(call, { name: "floatingips", filters }, views);
}

function showFloatingIp(call: NeutronCall): SandboxResponse {
  return showAnswer(call, "floatingip", floatingIpView(getVisibleFloatingIp(call)));
}

function createFloatingIp(call: NeutronCall): SandboxResponse {
  const document = readDocument(call, "floatingip", accepted);
  const projectId = ownerFor(call, document);
  const network = getVisibleNetwork(call, readText(document, "floating_network_id", ""));
  if (!network.isExternal) {
    throw badFloatingIpRequest(`Network ${network.id} is not a valid external network`);
  }
  if (typeof document["port_id"] === "string") {
    const port = getVisiblePort(call, document["port_id"]);
    throw badFloatingIpRequest(`Cannot bind a floating IP to Port ${port.id}, which is not an instance port`);
  }
  requireQuota(call, projectId, "floatingip");
  const fixedIp = allocateAddress(call, network.id);
  const id = newUuid();
  const port = addPort(call, {
    projectId: "",
    networkId: network.id,
    deviceId: id,
    deviceOwner: "network:floatingip",
    fixedIps: [fixedIp],
  });
  const floatingIp: FloatingIpRecord = {
    id,
    name: "",
    projectId,
    description: readText(document, "description", ""),
    ...born(call.request.now, 0),
    address: fixedIp.ipAddress,
    networkId: network.id,
    portId: port.id,
  };
  call.state.floatingIps.push(floatingIp);
  return { status: 201, body: { floatingip: floatingIpView(floatingIp) } };
}

function deleteFloatingIp(call: NeutronCall): SandboxResponse {
  const floatingIp = getVisibleFloatingIp(call);
  removePorts(call, (port) => port.id === floatingIp.portId);
  call.state.floatingIps = call.state.floatingIps.filter((other) => other !== floatingIp);
  return { status: 204 };
}

function getVisibleFloatingIp(call: NeutronCall): FloatingIpRecord {
  const id = call.request.params["floatingIpId"] ?? "";
  const floatingIp = call.state.floatingIps.find((candidate) => candidate.id === id);
  if (floatingIp === undefined || !isOwnerOrAdmin(call, floatingIp)) throw floatingIpNotFound(id);
  return floatingIp;
}

function badFloatingIpRequest(reason: string): NeutronFault {
  return new NeutronFault(400, "BadRequest", `Bad floatingip request: ${reason}.`);
}
