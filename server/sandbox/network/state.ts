import { newUuid } from "#server/sandbox/kernel/ids.ts";
import type { SeedContext } from "#server/sandbox/kernel/seed-context.ts";
import type { AddressPool } from "./addresses.ts";

/** What every Neutron resource has. Times are ISO 8601 in UTC. */
export interface NeutronRecord {
  id: string;
  name: string;
  projectId: string;
  description: string;
  createdAt: string;
  updatedAt: string;
  revision: number;
}

export interface NetworkRecord extends NeutronRecord {
  isAdminUp: boolean;
  isShared: boolean;
  isExternal: boolean;
  hasPortSecurity: boolean;
  mtu: number;
  provider: { type: string; physicalNetwork: string | null; segmentationId: number | null };
}

export interface SubnetRecord extends NeutronRecord {
  networkId: string;
  cidr: string;
  gatewayIp: string | null;
  hasDhcp: boolean;
  pools: AddressPool[];
  dnsNameservers: string[];
  hostRoutes: unknown[];
}

export interface RouterGateway {
  networkId: string;
  portId: string;
  isSnat: boolean;
}

export interface RouterRecord extends NeutronRecord {
  isAdminUp: boolean;
  gateway: RouterGateway | null;
}

/** `projectId` is empty for a router's gateway port and a floating IP's own port: no tenant sees those. */
export interface PortRecord extends NeutronRecord {
  networkId: string;
  macAddress: string;
  isAdminUp: boolean;
  status: "ACTIVE" | "DOWN" | "N/A";
  deviceId: string;
  deviceOwner: "network:router_interface" | "network:router_gateway" | "network:floatingip";
  fixedIps: { subnetId: string; ipAddress: string }[];
}

export interface FloatingIpRecord extends NeutronRecord {
  address: string;
  networkId: string;
  portId: string;
}

export interface NetworkState {
  networks: NetworkRecord[];
  subnets: SubnetRecord[];
  routers: RouterRecord[];
  ports: PortRecord[];
  floatingIps: FloatingIpRecord[];
  /** Absent in a state of before there were any. */
  securityGroups?: NeutronRecord[];
  /** Limits set by an administrator, per project, whether or not the project exists. */
  quotas: Record<string, Record<string, number>>;
}

/** The provider's external network with the pool that SNAT and floating addresses come from (RFC 5737 TEST-NET-3). */
export function initialNetworkState(context: SeedContext): NetworkState {
  const owned = { projectId: context.adminProjectId, description: "" };
  const network: NetworkRecord = {
    id: newUuid(),
    name: "provider-ext",
    ...owned,
    ...born(context.now, 2),
    isAdminUp: true,
    isShared: false,
    isExternal: true,
    hasPortSecurity: true,
    mtu: 1500,
    provider: { type: "flat", physicalNetwork: "physext", segmentationId: null },
  };
  const subnet: SubnetRecord = {
    id: newUuid(),
    name: "provider-ext-v4",
    ...owned,
    ...born(context.now, 0),
    networkId: network.id,
    cidr: "203.0.113.0/24",
    gatewayIp: "203.0.113.1",
    hasDhcp: false,
    pools: [{ start: "203.0.113.10", end: "203.0.113.199" }],
    dnsNameservers: [],
    hostRoutes: [],
  };
  return { networks: [network], subnets: [subnet], routers: [], ports: [], floatingIps: [], quotas: {} };
}

export function born(
  now: Date,
  revision: number,
): Pick<NeutronRecord, "createdAt" | "updatedAt" | "revision"> {
  return { createdAt: now.toISOString(), updatedAt: now.toISOString(), revision };
}

export function touch(record: NeutronRecord, now: Date): void {
  record.updatedAt = now.toISOString();
  record.revision += 1;
}
