import type { JsonObject } from "#server/sandbox/kernel/wire.ts";
import type {
  FloatingIpRecord,
  NetworkRecord,
  NetworkState,
  NeutronRecord,
  PortRecord,
  RouterRecord,
  SubnetRecord,
} from "./state.ts";

/** Only an administrator sees the provider attributes. */
export function networkView(state: NetworkState, network: NetworkRecord, isAdmin: boolean): JsonObject {
  return {
    ...heading(network),
    admin_state_up: network.isAdminUp,
    mtu: network.mtu,
    status: "ACTIVE",
    subnets: state.subnets.filter((subnet) => subnet.networkId === network.id).map((subnet) => subnet.id),
    shared: network.isShared,
    availability_zone_hints: [],
    availability_zones: [],
    ipv4_address_scope: null,
    ipv6_address_scope: null,
    "router:external": network.isExternal,
    port_security_enabled: network.hasPortSecurity,
    // Neutron shows is_default of external networks only.
    ...(network.isExternal ? { is_default: false } : {}),
    ...(isAdmin
      ? {
          "provider:network_type": network.provider.type,
          "provider:physical_network": network.provider.physicalNetwork,
          "provider:segmentation_id": network.provider.segmentationId,
        }
      : {}),
    ...footing(network),
  };
}

export function subnetView(subnet: SubnetRecord): JsonObject {
  return {
    ...heading(subnet),
    network_id: subnet.networkId,
    ip_version: 4,
    subnetpool_id: null,
    enable_dhcp: subnet.hasDhcp,
    ipv6_ra_mode: null,
    ipv6_address_mode: null,
    gateway_ip: subnet.gatewayIp,
    cidr: subnet.cidr,
    allocation_pools: subnet.pools,
    host_routes: subnet.hostRoutes,
    dns_nameservers: subnet.dnsNameservers,
    service_types: [],
    ...footing(subnet),
  };
}

export function routerView(state: NetworkState, router: RouterRecord): JsonObject {
  return {
    ...heading(router),
    admin_state_up: router.isAdminUp,
    status: "ACTIVE",
    external_gateway_info: gatewayView(state, router),
    availability_zones: [],
    availability_zone_hints: [],
    routes: [],
    flavor_id: null,
    ...footing(router),
  };
}

function gatewayView(state: NetworkState, router: RouterRecord): JsonObject | null {
  const { gateway } = router;
  if (gateway === null) return null;
  const port = state.ports.find((candidate) => candidate.id === gateway.portId);
  return {
    network_id: gateway.networkId,
    external_fixed_ips: fixedIpsView(port?.fixedIps ?? []),
    enable_snat: gateway.isSnat,
  };
}

export function portView(port: PortRecord, isAdmin: boolean): JsonObject {
  return {
    ...heading(port),
    network_id: port.networkId,
    mac_address: port.macAddress,
    admin_state_up: port.isAdminUp,
    status: port.status,
    device_id: port.deviceId,
    device_owner: port.deviceOwner,
    fixed_ips: fixedIpsView(port.fixedIps),
    allowed_address_pairs: [],
    extra_dhcp_opts: [],
    security_groups: [],
    "binding:vnic_type": "normal",
    ...(isAdmin
      ? {
          "binding:profile": {},
          "binding:host_id": "",
          "binding:vif_type": "unbound",
          "binding:vif_details": {},
        }
      : {}),
    port_security_enabled: false,
    ...footing(port),
  };
}

export function floatingIpView(floatingIp: FloatingIpRecord): JsonObject {
  return {
    id: floatingIp.id,
    tenant_id: floatingIp.projectId,
    floating_ip_address: floatingIp.address,
    floating_network_id: floatingIp.networkId,
    router_id: null,
    port_id: null,
    fixed_ip_address: null,
    status: "DOWN",
    port_details: null,
    ...footing(floatingIp),
  };
}

function fixedIpsView(fixedIps: PortRecord["fixedIps"]): JsonObject[] {
  return fixedIps.map((fixed) => ({ subnet_id: fixed.subnetId, ip_address: fixed.ipAddress }));
}

function heading(record: NeutronRecord): JsonObject {
  return { id: record.id, name: record.name, tenant_id: record.projectId };
}

function footing(record: NeutronRecord): JsonObject {
  return {
    description: record.description,
    tags: [],
    created_at: wireTime(record.createdAt),
    updated_at: wireTime(record.updatedAt),
    revision_number: record.revision,
    project_id: record.projectId,
  };
}

/** Whole seconds, as Neutron prints them. */
function wireTime(iso: string): string {
  return `${iso.slice(0, 19)}Z`;
}
