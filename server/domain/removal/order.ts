import { inWords, keyOf, KINDS, type OwnedThing, type ThingKind } from "./thing.ts";

/** A thing in its place, with those that have to be gone before it and the reason for each. */
export interface OrderedThing {
  thing: OwnedThing;
  after: { key: string; says: string }[];
}

export type RemovalOrder =
  | { kind: "ordered"; things: OrderedThing[] }
  /** Things that hang on each other in a circle: no order is right. */
  | { kind: "circle"; things: OwnedThing[] };

/** Why what hangs on a thing goes before it, by the two kinds; what is not listed hangs on its owner. */
const REASONS: Partial<Record<`${ThingKind} > ${ThingKind}`, string>> = {
  "cluster > cluster_template": "Magnum keeps a template for as long as a cluster refers to it.",
  "cluster > network": "The cluster's nodes are plugged into the network.",
  "cluster > subnet": "The cluster's nodes have addresses of the subnet.",
  "cluster > keypair": "The cluster names the keypair for its nodes.",
  "cluster_template > keypair": "The template names the keypair.",
  "cluster_template > image": "The template builds nodes from the image.",
  "load_balancer > subnet": "The load balancer holds an address of the subnet.",
  "load_balancer > network": "The load balancer holds a port on the network.",
  "server > volume": "A volume that is attached to a server cannot be deleted.",
  "server > image": "A store that shares blocks keeps an image that a server runs from.",
  "server > server_group": "The server is a member of the group.",
  "server > keypair": "The server was started with the keypair.",
  "port > server": "The port is plugged into the server.",
  "floating_ip > router": "The floating IP reaches the tenant through the router.",
  "floating_ip > port": "The floating IP leads to the port.",
  "floating_ip > router_interface": "Neutron keeps an interface that a floating IP's way leads through.",
  "floating_ip > router_gateway": "Neutron keeps a gateway that a floating IP needs.",
  "router_interface > router": "Neutron refuses to delete a router that has an interface.",
  "router_interface > subnet": "Neutron refuses to delete a subnet that a router has an address in.",
  "router_interface > network": "The interface is a port on the network.",
  "router_interface > router_gateway": "The inside is taken off before the way out.",
  "router_gateway > router": "The router gives its outer address back before it goes.",
  "port > subnet": "Neutron refuses to delete a subnet that a port has an address in.",
  "port > network": "Neutron refuses to delete a network that has ports.",
  "port > security_group": "Neutron refuses to delete a security group that a port uses.",
  "server > security_group": "The server's ports use the security group.",
  "subnet > network": "A subnet is a part of its network.",
  "application_credential > role_assignment": "The credential acts with the user's roles.",
  "trust > role_assignment": "The trust hands on the user's roles.",
  "role_assignment > user": "An assignment names its user; it is taken back before the account goes.",
  "role_assignment > group": "An assignment names its group; it is taken back before the group goes.",
  "role_assignment > project": "An assignment stands on its project.",
  "role_assignment > domain": "An assignment stands on its domain.",
  "role_assignment > role": "An assignment names its role.",
  "keypair > user": "Nova keeps a keypair by its user's id and would not clear it away.",
  "application_credential > user": "Keystone deletes an application credential with its user.",
  "trust > user": "Keystone ends a trust with its user.",
  "compute_quota > project": "Nova knows the quota by the project alone.",
  "network_quota > project": "Neutron would keep the quota of a project that is gone.",
  "security_group > project": "Neutron would keep the group of a project that is gone.",
  "project > project": "A project goes before the one above it.",
  "user > domain_access": "The domain is closed last, so that a stopped removal can still be looked at.",
  "group > domain_access": "The domain is closed last, so that a stopped removal can still be looked at.",
  "project > domain_access": "The domain is closed last, so that a stopped removal can still be looked at.",
  "domain_access > domain": "Keystone refuses to delete a domain that is enabled.",
};

/**
 * The order in which things can be removed: what hangs on something goes before it. Where nothing decides, the order of
 * KINDS does, then name and id, so equal inventories have equal orders. Names of things that are not the tenant's
 * decide nothing.
 */
export function removalOrder(things: readonly OwnedThing[]): RemovalOrder {
  const known = new Map(things.map((thing) => [keyOf(thing), thing]));
  const waitsFor = new Map<string, OwnedThing[]>(things.map((thing) => [keyOf(thing), []]));
  for (const thing of things) {
    for (const used of new Set(thing.uses)) if (used !== keyOf(thing)) waitsFor.get(used)?.push(thing);
  }
  const ranked = [...known.values()].sort(byRank);
  const gone = new Set<string>();
  const ordered: OrderedThing[] = [];
  while (gone.size < ranked.length) {
    const next = ranked.find(
      (thing) =>
        !gone.has(keyOf(thing)) && (waitsFor.get(keyOf(thing)) ?? []).every((user) => gone.has(keyOf(user))),
    );
    if (next === undefined)
      return { kind: "circle", things: ranked.filter((thing) => !gone.has(keyOf(thing))) };
    gone.add(keyOf(next));
    const after = (waitsFor.get(keyOf(next)) ?? []).sort(byRank);
    ordered.push({
      thing: next,
      after: after.map((user) => ({ key: keyOf(user), says: reasonFor(user, next) })),
    });
  }
  return { kind: "ordered", things: ordered };
}

function reasonFor(user: OwnedThing, used: OwnedThing): string {
  return REASONS[`${user.kind} > ${used.kind}`] ?? `The ${inWords(user)} belongs to it.`;
}

const RANKS = new Map(Object.keys(KINDS).map((kind, rank) => [kind, rank]));

function byRank(a: OwnedThing, b: OwnedThing): number {
  return (
    (RANKS.get(a.kind) ?? 0) - (RANKS.get(b.kind) ?? 0) || compare(a.name, b.name) || compare(a.id, b.id)
  );
}

// Not by locale: the order is part of what people sign.
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
