import { newUuid } from "#server/sandbox/kernel/ids.ts";
import type { Route, SandboxResponse } from "#server/sandbox/kernel/router.ts";
import { isJsonObject, type JsonObject } from "#server/sandbox/kernel/wire.ts";
import {
  type AddressBlock,
  type AddressPool,
  defaultPools,
  findAddress,
  findBlock,
  formatAddress,
  formatBlock,
  isOverlap,
} from "./addresses.ts";
import {
  isOwnerOrAdmin,
  neutron,
  type NeutronCall,
  ownerFor,
  readDocument,
  readFlag,
  readText,
} from "./call.ts";
import {
  badRequest,
  invalidInput,
  NeutronFault,
  policyDenied,
  shownValue,
  subnetNotFound,
} from "./faults.ts";
import { listAnswer, showAnswer } from "./listing.ts";
import { getVisibleNetwork } from "./networks.ts";
import { requireQuota } from "./quotas.ts";
import { born, type SubnetRecord, touch } from "./state.ts";
import { subnetView } from "./view.ts";

const changeable = [
  "name",
  "description",
  "enable_dhcp",
  "gateway_ip",
  "dns_nameservers",
  "host_routes",
  "allocation_pools",
];
const updatable = new Set(changeable);
const accepted = new Set([...changeable, "network_id", "ip_version", "cidr", "project_id", "tenant_id"]);
const filters = new Set([...accepted, "id", "subnetpool_id", "revision_number"]);

export const subnetRoutes: readonly Route[] = [
  { method: "GET", pattern: "/v2.0/subnets", handler: neutron(listSubnets) },
  { method: "POST", pattern: "/v2.0/subnets", handler: neutron(createSubnet) },
  { method: "GET", pattern: "/v2.0/subnets/:subnetId", handler: neutron(showSubnet) },
  { method: "PUT", pattern: "/v2.0/subnets/:subnetId", handler: neutron(updateSubnet) },
  { method: "DELETE", pattern: "/v2.0/subnets/:subnetId", handler: neutron(deleteSubnet) },
];

/** The subnet when the caller may see it; a subnet of an external network stays hidden from tenants in Zed. */
export function getVisibleSubnet(call: NeutronCall, id: string): SubnetRecord {
  const subnet = call.state.subnets.find((candidate) => candidate.id === id);
  if (subnet === undefined || !canSee(call, subnet)) throw subnetNotFound(id);
  return subnet;
}

function canSee(call: NeutronCall, subnet: SubnetRecord): boolean {
  if (isOwnerOrAdmin(call, subnet)) return true;
  return call.state.networks.some((network) => network.id === subnet.networkId && network.isShared);
}

function listSubnets(call: NeutronCall): SandboxResponse {
  const views = call.state.subnets.filter((subnet) => canSee(call, subnet)).map(subnetView);
  return listAnswer(call, { name: "subnets", filters }, views);
}

function showSubnet(call: NeutronCall): SandboxResponse {
  return showAnswer(call, "subnet", subnetView(getVisibleSubnet(call, idParameter(call))));
}

function createSubnet(call: NeutronCall): SandboxResponse {
  const document = readDocument(call, "subnet", accepted);
  const projectId = ownerFor(call, document);
  const network = getVisibleNetwork(call, readText(document, "network_id", ""));
  if (!isOwnerOrAdmin(call, network)) throw policyDenied("create_subnet");
  const block = readBlock(document);
  refuseOverlap(call, network.id, block);
  requireQuota(call, projectId, "subnet");
  const gatewayIp = readGateway(document, formatAddress(block.first + 1));
  const gateway = gatewayIp === null ? null : findAddress(gatewayIp);
  const subnet: SubnetRecord = {
    id: newUuid(),
    name: readText(document, "name", ""),
    projectId,
    description: readText(document, "description", ""),
    ...born(call.request.now, 0),
    networkId: network.id,
    cidr: formatBlock(block),
    gatewayIp,
    hasDhcp: readFlag(document, "enable_dhcp", true),
    pools: readPools(document, block) ?? defaultPools(block, gateway),
    dnsNameservers: readAddresses(document, "dns_nameservers") ?? [],
    hostRoutes: Array.isArray(document["host_routes"]) ? document["host_routes"] : [],
  };
  call.state.subnets.push(subnet);
  touch(network, call.request.now);
  return { status: 201, body: { subnet: subnetView(subnet) } };
}

function updateSubnet(call: NeutronCall): SandboxResponse {
  const subnet = getVisibleSubnet(call, idParameter(call));
  const document = readDocument(call, "subnet", updatable);
  if (!isOwnerOrAdmin(call, subnet)) throw policyDenied("update_subnet");
  const gatewayIp = readGateway(document, subnet.gatewayIp);
  if (gatewayIp !== subnet.gatewayIp && isGatewayInUse(call, subnet)) {
    throw new NeutronFault(
      409,
      "GatewayIpInUse",
      `Current gateway ip ${subnet.gatewayIp ?? ""} already in use by port. Unable to update.`,
    );
  }
  const block = findBlock(subnet.cidr);
  subnet.gatewayIp = gatewayIp;
  subnet.name = readText(document, "name", subnet.name);
  subnet.description = readText(document, "description", subnet.description);
  subnet.hasDhcp = readFlag(document, "enable_dhcp", subnet.hasDhcp);
  subnet.dnsNameservers = readAddresses(document, "dns_nameservers") ?? subnet.dnsNameservers;
  if (block !== null) subnet.pools = readPools(document, block) ?? subnet.pools;
  if (Array.isArray(document["host_routes"])) subnet.hostRoutes = document["host_routes"];
  touch(subnet, call.request.now);
  return { status: 200, body: { subnet: subnetView(subnet) } };
}

function deleteSubnet(call: NeutronCall): SandboxResponse {
  const subnet = getVisibleSubnet(call, idParameter(call));
  if (!isOwnerOrAdmin(call, subnet)) throw policyDenied("delete_subnet");
  if (call.state.ports.some((port) => port.fixedIps.some((fixed) => fixed.subnetId === subnet.id))) {
    throw new NeutronFault(
      409,
      "SubnetInUse",
      `Unable to complete operation on subnet ${subnet.id}: One or more ports have an IP allocation from this subnet.`,
    );
  }
  call.state.subnets = call.state.subnets.filter((other) => other !== subnet);
  return { status: 204 };
}

function readBlock(document: JsonObject): AddressBlock {
  const cidr = document["cidr"];
  if (cidr === undefined || cidr === null) {
    throw new NeutronFault(
      400,
      "BadRequest",
      "Bad subnets request: a subnetpool must be specified in the absence of a cidr.",
    );
  }
  const block = typeof cidr === "string" ? findBlock(cidr) : null;
  if (block === null) throw invalidInput(`${shownValue(cidr)} is not in a CIDR format`);
  return block;
}

function refuseOverlap(call: NeutronCall, networkId: string, block: AddressBlock): void {
  const isTaken = call.state.subnets.some((subnet) => {
    const other = findBlock(subnet.cidr);
    return subnet.networkId === networkId && other !== null && isOverlap(block, other);
  });
  if (!isTaken) return;
  throw invalidInput(
    `Requested subnet with cidr: ${formatBlock(block)} for network: ${networkId} overlaps with another subnet`,
  );
}

function readGateway(document: JsonObject, fallback: string | null): string | null {
  const value = document["gateway_ip"];
  if (value === undefined) return fallback;
  if (value === null) return null;
  if (typeof value === "string" && findAddress(value) !== null) return value;
  throw badRequest(`Invalid input for gateway_ip. Reason: '${shownValue(value)}' is not a valid IP address.`);
}

function readAddresses(document: JsonObject, key: string): string[] | null {
  const value = document[key];
  if (value === undefined) return null;
  const addresses: unknown[] = Array.isArray(value) ? value : [value];
  return addresses.map((address) => {
    if (typeof address === "string" && findAddress(address) !== null) return address;
    throw badRequest(`Invalid input for ${key}. Reason: '${String(address)}' is not a valid nameserver.`);
  });
}

function readPools(document: JsonObject, block: AddressBlock): AddressPool[] | null {
  const value = document["allocation_pools"];
  if (!Array.isArray(value)) return null;
  return value.map((entry: unknown) => {
    const { start, end } = isJsonObject(entry) ? entry : {};
    const first = typeof start === "string" ? findAddress(start) : null;
    const last = typeof end === "string" ? findAddress(end) : null;
    if (first === null || last === null || last < first) {
      throw new NeutronFault(
        400,
        "InvalidAllocationPool",
        `The allocation pool ${String(start)}-${String(end)} is not valid.`,
      );
    }
    if (first < block.first || last > block.last) {
      throw new NeutronFault(
        400,
        "OutOfBoundsAllocationPool",
        `The allocation pool ${String(start)}-${String(end)} spans beyond the subnet cidr ${formatBlock(block)}.`,
      );
    }
    return { start: formatAddress(first), end: formatAddress(last) };
  });
}

function isGatewayInUse(call: NeutronCall, subnet: SubnetRecord): boolean {
  return call.state.ports.some((port) =>
    port.fixedIps.some((fixed) => fixed.subnetId === subnet.id && fixed.ipAddress === subnet.gatewayIp),
  );
}

function idParameter(call: NeutronCall): string {
  return call.request.params["subnetId"] ?? "";
}
