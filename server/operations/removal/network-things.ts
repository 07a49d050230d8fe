import { keyTo, type OwnedThing, type ThingKind } from "#server/domain/removal/thing.ts";
import { network } from "#server/openstack/wire/network.ts";
import {
  ownedFloatingIp,
  ownedNetworkQuota,
  ownedPort,
  ownedSecurityGroup,
} from "#server/openstack/wire/owned.ts";
import { networkQuotaBody } from "#server/openstack/wire/quota.ts";
import { router } from "#server/openstack/wire/router.ts";
import { subnet } from "#server/openstack/wire/subnet.ts";
import type * as z from "zod";
import { apiPath } from "#server/openstack/api-path.ts";
import type { CloudReader } from "../cloud-reader.ts";
import { isInterface } from "../network/router-ports.ts";
import { listWhole } from "./pages.ts";
import { projectKey, projectOwner, type TenantScope } from "./scope.ts";

type OwnedPort = z.output<typeof ownedPort>;

/** What was found, and what of somebody else hangs on it: that stops a removal. */
export interface Found {
  things: OwnedThing[];
  strangers: string[];
}

/** Ports that Neutron makes for itself and clears away with their network, router or floating IP. */
const OWN_PORTS = /^network:(dhcp|distributed|ha_router|floatingip|router_gateway|router_centralized|routed)/;

export async function listNetworkThings(reader: CloudReader, scope: TenantScope): Promise<Found> {
  const all = async <T extends { project_id: string }>(path: string, rows: string, row: z.ZodType<T>) => {
    const found: T[] = [];
    for (const id of scope.projectIds) {
      const target = {
        service: "network",
        path: `${path}?project_id=${encodeURIComponent(id)}`,
        rows,
        row,
      } as const;
      // Held against the id once more: a filter that is not known answers with everybody's.
      found.push(...(await listWhole(reader, target)).filter(({ project_id }) => project_id === id));
    }
    return found;
  };
  const networks = await all("/networks", "networks", network);
  const subnets = await all("/subnets", "subnets", subnet);
  const routers = await all("/routers", "routers", router);
  const ports = await all("/ports", "ports", ownedPort);
  const floatingIps = await all("/floatingips", "floatingips", ownedFloatingIp);
  const groups = await listSecurityGroups(reader, scope);
  const thing = thingOf(scope);
  const things = [
    ...floatingIps.map((one) => ({
      ...thing("floating_ip", { ...one, name: one.floating_ip_address }, apiPath`/floatingips/${one.id}`),
      uses: [projectKey(one.project_id), ...waysOf(one, ports)],
    })),
    ...ports.map((one) => portThing(scope, one)),
    ...routers.flatMap((one) => routerThings(scope, one)),
    ...subnets.map((one) => ({
      ...thing("subnet", one, apiPath`/subnets/${one.id}`),
      uses: [projectKey(one.project_id), keyTo("network", one.network_id)],
    })),
    ...networks.map((one) => thing("network", one, apiPath`/networks/${one.id}`)),
    ...groups.map((one) => thing("security_group", one, apiPath`/security-groups/${one.id}`)),
  ];
  const strangers = await listStrangers(
    reader,
    scope,
    networks.map(({ id }) => id),
  );
  return { things, strangers: [...strangers, ...externalOf(networks)] };
}

export async function listNetworkQuotas(reader: CloudReader, scope: TenantScope): Promise<OwnedThing[]> {
  const rows = await listWhole(reader, {
    service: "network",
    path: "/quotas",
    rows: "quotas",
    row: ownedNetworkQuota,
  });
  const own = rows.filter(({ project_id }) => scope.projectIds.includes(project_id));
  const things: OwnedThing[] = [];
  for (const { project_id: id } of own) {
    const path = apiPath`/quotas/${id}`;
    const usual = await reader.get({ service: "network", path: `${path}/default`, body: networkQuotaBody });
    const { network: networks, router: routers, floatingip } = usual.quota;
    things.push({
      ...thingOf(scope)("network_quota", { id, name: projectOwner(scope, id).name, project_id: id }, path),
      why: "It was set for the project.",
      with: { network: String(networks), router: String(routers), floatingip: String(floatingip) },
    });
  }
  return things;
}

/**
 * Asked for everybody's: a list of one project's security groups makes that project a default one, also when the
 * project is gone. https://opendev.org/openstack/neutron/src/branch/stable/zed/neutron/db/securitygroups_db.py: get_security_groups
 */
async function listSecurityGroups(reader: CloudReader, scope: TenantScope) {
  const rows = await listWhole(reader, {
    service: "network",
    path: "/security-groups?fields=id&fields=name&fields=project_id",
    rows: "security_groups",
    row: ownedSecurityGroup,
  });
  return rows.filter(({ project_id }) => scope.projectIds.includes(project_id));
}

interface Row {
  id: string;
  name?: string | null | undefined;
  project_id: string;
}

function thingOf(scope: TenantScope) {
  return (kind: ThingKind, row: Row, path: string): OwnedThing => {
    const owner = projectOwner(scope, row.project_id);
    return {
      kind,
      id: row.id,
      name: row.name === undefined || row.name === null || row.name === "" ? row.id : row.name,
      owner,
      why: `It stands in the project ${owner.name}.`,
      uses: [projectKey(row.project_id)],
      goesWith: null,
      service: "network",
      path,
      with: {},
    };
  };
}

function portThing(scope: TenantScope, port: OwnedPort): OwnedThing {
  const places = [
    projectKey(port.project_id),
    keyTo("network", port.network_id),
    ...port.fixed_ips.map(({ subnet_id }) => keyTo("subnet", subnet_id)),
    ...(port.security_groups ?? []).map((id) => keyTo("security_group", id)),
  ];
  const plain = thingOf(scope)("port", port, apiPath`/ports/${port.id}`);
  if (isInterface(port)) {
    return {
      ...plain,
      kind: "router_interface",
      name: `${port.fixed_ips.length} address(es) of router ${port.device_id}`,
      uses: [...places, keyTo("router", port.device_id), keyTo("router_gateway", port.device_id)],
      with: { router_id: port.device_id, port_id: port.id },
    };
  }
  if (OWN_PORTS.test(port.device_owner)) {
    return { ...plain, uses: places, goesWith: keyTo("network", port.network_id) };
  }
  if (port.device_owner.startsWith("compute:")) {
    // What a server brought along goes with it; what is left of it shows as a port of nobody in the next audit.
    const server = keyTo("server", port.device_id);
    return { ...plain, uses: [...places, server], goesWith: server };
  }
  if (port.device_owner === "Octavia") {
    const balancer = keyTo("load_balancer", port.device_id.replace(/^lb-/, ""));
    return { ...plain, uses: [...places, balancer], goesWith: balancer };
  }
  return { ...plain, uses: places };
}

function routerThings(scope: TenantScope, one: z.output<typeof router>): OwnedThing[] {
  const whole = thingOf(scope)("router", one, apiPath`/routers/${one.id}`);
  if (one.external_gateway_info === null) return [whole];
  const gateway: OwnedThing = {
    ...whole,
    kind: "router_gateway",
    name: `way out of ${one.name}`,
    why: "The tenant's router holds an outer address.",
    uses: [...whole.uses, keyTo("router", one.id)],
  };
  return [gateway, whole];
}

function waysOf(one: z.output<typeof ownedFloatingIp>, ports: readonly OwnedPort[]): string[] {
  const { router_id, port_id } = one;
  const inside = ports.filter((port) => isInterface(port) && port.device_id === router_id);
  return [
    ...(typeof port_id === "string" ? [keyTo("port", port_id)] : []),
    ...(typeof router_id === "string"
      ? [keyTo("router", router_id), keyTo("router_gateway", router_id)]
      : []),
    ...inside.map(({ id }) => keyTo("router_interface", id)),
  ];
}

/** Ports of other projects on the tenant's networks: a network that is shared, or a machine that was plugged in. */
async function listStrangers(
  reader: CloudReader,
  scope: TenantScope,
  networkIds: readonly string[],
): Promise<string[]> {
  const strangers: string[] = [];
  for (const id of networkIds) {
    const path = apiPath`/ports?network_id=${id}`;
    const ports = await listWhole(reader, { service: "network", path, rows: "ports", row: ownedPort });
    for (const port of ports) {
      if (port.network_id !== id || port.project_id === "" || scope.projectIds.includes(port.project_id))
        continue;
      strangers.push(`port ${port.id} of project ${port.project_id} on the tenant's network ${id}`);
    }
  }
  return strangers;
}

function externalOf(networks: readonly z.output<typeof network>[]): string[] {
  return networks.flatMap((one) =>
    one["router:external"] === true
      ? [`whoever reaches the outside through the tenant's external network ${one.name}`]
      : [],
  );
}
