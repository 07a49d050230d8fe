import { randomBytes } from "node:crypto";
import { newUuid } from "#server/sandbox/kernel/ids.ts";
import type { Route, SandboxResponse } from "#server/sandbox/kernel/router.ts";
import { findFreeAddress } from "./addresses.ts";
import { isOwnerOrAdmin, neutron, type NeutronCall } from "./call.ts";
import { NeutronFault, noAddressLeft, portNotFound } from "./faults.ts";
import { listAnswer, showAnswer } from "./listing.ts";
import { born, type PortRecord } from "./state.ts";
import { portView } from "./view.ts";

const filters = new Set([
  "id",
  "name",
  "network_id",
  "project_id",
  "tenant_id",
  "device_id",
  "device_owner",
  "fixed_ips",
  "mac_address",
  "status",
  "admin_state_up",
  "description",
]);

/** Ports are made by routers and floating IPs only: nothing else here is plugged into a network. */
export const portRoutes: readonly Route[] = [
  { method: "GET", pattern: "/v2.0/ports", handler: neutron(listPorts) },
  { method: "GET", pattern: "/v2.0/ports/:portId", handler: neutron(showPort) },
  { method: "DELETE", pattern: "/v2.0/ports/:portId", handler: neutron(deletePort) },
];

export function getVisiblePort(call: NeutronCall, id: string): PortRecord {
  const port = call.state.ports.find((candidate) => candidate.id === id);
  if (port === undefined || !canSee(call, port)) throw portNotFound(id);
  return port;
}

/** Stores a port for a router or a floating IP. */
export function addPort(
  call: NeutronCall,
  port: Pick<PortRecord, "projectId" | "networkId" | "deviceId" | "deviceOwner" | "fixedIps">,
): PortRecord {
  const stored: PortRecord = {
    id: newUuid(),
    name: "",
    description: "",
    ...born(call.request.now, 2),
    // Neutron's base MAC prefix; the last three bytes are drawn.
    macAddress: ["fa", "16", "3e", ...(randomBytes(3).toString("hex").match(/../g) ?? [])].join(":"),
    isAdminUp: true,
    status: port.deviceOwner === "network:floatingip" ? "N/A" : "DOWN",
    ...port,
  };
  call.state.ports.push(stored);
  return stored;
}

export function removePorts(call: NeutronCall, isRemoved: (port: PortRecord) => boolean): void {
  call.state.ports = call.state.ports.filter((port) => !isRemoved(port));
}

/** The next free address of a network's pools. */
export function allocateAddress(call: NeutronCall, networkId: string): PortRecord["fixedIps"][number] {
  for (const subnet of call.state.subnets.filter((candidate) => candidate.networkId === networkId)) {
    const address = findFreeAddress(subnet.pools, takenAddresses(call, subnet.id));
    if (address !== null) return { subnetId: subnet.id, ipAddress: address };
  }
  throw noAddressLeft(networkId);
}

export function takenAddresses(call: NeutronCall, subnetId: string): Set<string> {
  const fixedIps = call.state.ports.flatMap((port) => port.fixedIps);
  return new Set(fixedIps.filter((fixed) => fixed.subnetId === subnetId).map((fixed) => fixed.ipAddress));
}

function canSee(call: NeutronCall, port: PortRecord): boolean {
  if (isOwnerOrAdmin(call, port)) return true;
  const network = call.state.networks.find((candidate) => candidate.id === port.networkId);
  return call.projectId !== null && network?.projectId === call.projectId;
}

function listPorts(call: NeutronCall): SandboxResponse {
  const views = call.state.ports
    .filter((port) => canSee(call, port))
    .map((port) => portView(port, call.isAdmin));
  return listAnswer(call, { name: "ports", filters }, views);
}

function showPort(call: NeutronCall): SandboxResponse {
  const port = getVisiblePort(call, call.request.params["portId"] ?? "");
  return showAnswer(call, "port", portView(port, call.isAdmin));
}

function deletePort(call: NeutronCall): SandboxResponse {
  const port = getVisiblePort(call, call.request.params["portId"] ?? "");
  throw new NeutronFault(
    409,
    "ServicePortInUse",
    `Port ${port.id} cannot be deleted directly via the port API: has device owner ${port.deviceOwner}.`,
  );
}
