import type { Route, SandboxResponse } from "#server/sandbox/kernel/router.ts";
import { isJsonObject } from "#server/sandbox/kernel/wire.ts";
import { findBlock, isOverlap } from "./addresses.ts";
import { neutron, type NeutronCall } from "./call.ts";
import { badRouterRequest, NeutronFault } from "./faults.ts";
import { addPort, removePorts, takenAddresses } from "./ports.ts";
import { requireQuota } from "./quotas.ts";
import { getVisibleRouter } from "./routers.ts";
import { type PortRecord, type RouterRecord, type SubnetRecord, touch } from "./state.ts";
import { getVisibleSubnet } from "./subnets.ts";

const item = "/v2.0/routers/:routerId";

export const routerInterfaceRoutes: readonly Route[] = [
  { method: "PUT", pattern: `${item}/add_router_interface`, handler: neutron(addInterface) },
  { method: "PUT", pattern: `${item}/remove_router_interface`, handler: neutron(removeInterface) },
];

function addInterface(call: NeutronCall): SandboxResponse {
  const router = getVisibleRouter(call);
  const subnet = getVisibleSubnet(call, readSubnetId(call));
  if (findInterface(call, router, subnet.id) !== null) {
    throw badRouterRequest(`Router already has a port on subnet ${subnet.id}`);
  }
  refuseOverlap(call, router, subnet);
  if (subnet.gatewayIp === null) throw badRouterRequest("Subnet for router interface must have a gateway IP");
  if (takenAddresses(call, subnet.id).has(subnet.gatewayIp)) {
    throw new NeutronFault(
      409,
      "IpAddressAlreadyAllocated",
      `IP address ${subnet.gatewayIp} already allocated in subnet ${subnet.id}`,
    );
  }
  requireQuota(call, router.projectId, "port");
  const port = addPort(call, {
    projectId: router.projectId,
    networkId: subnet.networkId,
    deviceId: router.id,
    deviceOwner: "network:router_interface",
    fixedIps: [{ subnetId: subnet.id, ipAddress: subnet.gatewayIp }],
  });
  touch(router, call.request.now);
  return interfaceAnswer(router, subnet, port);
}

function removeInterface(call: NeutronCall): SandboxResponse {
  const router = getVisibleRouter(call);
  const subnet = getVisibleSubnet(call, subnetOfPort(call, router) ?? readSubnetId(call));
  const port = findInterface(call, router, subnet.id);
  if (port === null) {
    throw new NeutronFault(
      404,
      "RouterInterfaceNotFoundForSubnet",
      `Router ${router.id} has no interface on subnet ${subnet.id}`,
    );
  }
  removePorts(call, (other) => other.id === port.id);
  touch(router, call.request.now);
  return interfaceAnswer(router, subnet, port);
}

/** The subnet of the interface that the body names by its port; null when it names none. */
function subnetOfPort(call: NeutronCall, router: RouterRecord): string | null {
  const { body } = call.request;
  const id = isJsonObject(body) ? body["port_id"] : undefined;
  if (typeof id !== "string") return null;
  const port = interfacesOf(call, router).find((one) => one.id === id);
  if (port === undefined) {
    throw new NeutronFault(
      404,
      "RouterInterfaceNotFound",
      `Router ${router.id} does not have an interface with id ${id}`,
    );
  }
  return port.fixedIps[0]?.subnetId ?? "";
}

function readSubnetId(call: NeutronCall): string {
  const { body } = call.request;
  const id = isJsonObject(body) ? body["subnet_id"] : undefined;
  if (typeof id === "string") return id;
  throw badRouterRequest("Either subnet_id or port_id must be specified");
}

function findInterface(call: NeutronCall, router: RouterRecord, subnetId: string): PortRecord | null {
  return interfacesOf(call, router).find((port) => isOnSubnet(port, subnetId)) ?? null;
}

function interfacesOf(call: NeutronCall, router: RouterRecord): PortRecord[] {
  return call.state.ports.filter(
    (port) => port.deviceId === router.id && port.deviceOwner === "network:router_interface",
  );
}

function isOnSubnet(port: PortRecord, subnetId: string): boolean {
  return port.fixedIps.some((fixed) => fixed.subnetId === subnetId);
}

/** One router cannot route between two subnets that share addresses. */
function refuseOverlap(call: NeutronCall, router: RouterRecord, subnet: SubnetRecord): void {
  const block = findBlock(subnet.cidr);
  const connected = call.state.subnets.filter((other) =>
    interfacesOf(call, router).some((port) => isOnSubnet(port, other.id)),
  );
  for (const other of connected) {
    const otherBlock = findBlock(other.cidr);
    if (block === null || otherBlock === null || !isOverlap(block, otherBlock)) continue;
    throw badRouterRequest(
      `Cidr ${subnet.cidr} of subnet ${subnet.id} overlaps with cidr ${other.cidr} of subnet ${other.id}`,
    );
  }
}

function interfaceAnswer(router: RouterRecord, subnet: SubnetRecord, port: PortRecord): SandboxResponse {
  return {
    status: 200,
    body: {
      id: router.id,
      tenant_id: router.projectId,
      port_id: port.id,
      network_id: subnet.networkId,
      subnet_id: subnet.id,
      subnet_ids: [subnet.id],
    },
  };
}
