import * as z from "zod";
import type { OperationDefinition } from "./definition.ts";
import { atLeastOne, keystoneId, objectName, uuidId } from "./parameters.ts";

export const externalNetworkFind = {
  id: "network.external.find",
  version: 1,
  effect: "read",
  title: "Find the external network",
  parameters: z.strictObject({ name: objectName }),
  outputs: ["id", "name", "external", "status", "free_addresses"],
} as const satisfies OperationDefinition;

export const networkQuotaRead = {
  id: "network.quota.read",
  version: 1,
  effect: "read",
  title: "Read the network limits that a new project gets",
  parameters: z.strictObject({}),
  outputs: [
    "networks",
    "subnets",
    "routers",
    "floating_ips",
    "ports",
    "security_groups",
    "security_group_rules",
  ],
} as const satisfies OperationDefinition;

export const networkQuotaEnsure = {
  id: "network.quota.ensure",
  version: 1,
  effect: "mutate",
  title: "Make sure that the network quota is set",
  parameters: z.strictObject({
    project_id: keystoneId,
    networks: atLeastOne,
    subnets: atLeastOne,
    routers: atLeastOne,
    floating_ips: atLeastOne,
    ports: atLeastOne,
    security_groups: atLeastOne,
    security_group_rules: atLeastOne,
  }),
  outputs: [
    "project_exists",
    "networks",
    "subnets",
    "routers",
    "floating_ips",
    "ports",
    "security_groups",
    "security_group_rules",
  ],
} as const satisfies OperationDefinition;

export const cidrCheck = {
  id: "network.cidr.check",
  version: 1,
  effect: "read",
  title: "Check the tenant network against every other",
  parameters: z.strictObject({
    cidr: z.string().max(18),
    project_id: keystoneId,
  }),
  outputs: ["free", "problem", "compared"],
} as const satisfies OperationDefinition;

export const networkEnsure = {
  id: "network.network.ensure",
  version: 1,
  effect: "mutate",
  title: "Make sure that the network exists",
  parameters: z.strictObject({ name: objectName }),
  outputs: ["id", "name", "status", "project_id"],
} as const satisfies OperationDefinition;

export const subnetEnsure = {
  id: "network.subnet.ensure",
  version: 1,
  effect: "mutate",
  title: "Make sure that the subnet exists",
  parameters: z.strictObject({
    name: objectName,
    network_id: uuidId,
    cidr: z.string().max(18),
    dns_nameservers: z.array(z.ipv4()).max(5),
  }),
  outputs: ["id", "name", "cidr", "gateway_ip", "network_id", "dns_nameservers"],
} as const satisfies OperationDefinition;

export const routerEnsure = {
  id: "network.router.ensure",
  version: 1,
  effect: "mutate",
  title: "Make sure that the router exists",
  parameters: z.strictObject({ name: objectName }),
  outputs: ["id", "name", "status", "project_id"],
} as const satisfies OperationDefinition;

export const routerGatewayEnsure = {
  id: "network.router_gateway.ensure",
  version: 1,
  effect: "mutate",
  title: "Make sure that the router has its way out",
  parameters: z.strictObject({ router_id: uuidId, network_id: uuidId }),
  outputs: ["network_id", "enable_snat", "snat_ip"],
} as const satisfies OperationDefinition;

export const routerInterfaceEnsure = {
  id: "network.router_interface.ensure",
  version: 1,
  effect: "mutate",
  title: "Make sure that the subnet is attached to the router",
  parameters: z.strictObject({ router_id: uuidId, subnet_id: uuidId }),
  outputs: ["attached", "port_id", "ip"],
} as const satisfies OperationDefinition;

export const routerRead = {
  id: "network.router.read",
  version: 1,
  effect: "read",
  title: "Read the router as it is",
  parameters: z.strictObject({ router_id: uuidId }),
  outputs: ["id", "name", "status", "project_id", "network_id", "enable_snat", "snat_ip", "subnets"],
} as const satisfies OperationDefinition;
