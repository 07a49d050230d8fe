import type { Port } from "#server/openstack/wire/router.ts";

// A plain, a distributed and a highly available router name their inner ports differently.
// https://opendev.org/openstack/neutron-lib/src/branch/master/neutron_lib/constants.py: ROUTER_INTERFACE_OWNERS
const INTERFACE_OWNERS = [
  "network:router_interface",
  "network:router_interface_distributed",
  "network:ha_router_replicated_interface",
];

/** Whether the port is a router's inner side, on a tenant's subnet. */
export function isInterface(port: Port): boolean {
  return INTERFACE_OWNERS.includes(port.device_owner);
}
