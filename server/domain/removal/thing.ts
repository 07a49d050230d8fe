import type { Service } from "../plan/states.ts";

/**
 * What a removal is made of, one part after the other; no thing hangs on one of an earlier part. What runs is a part of
 * its own, because a cloud takes its time for it: only once it is gone can what it ran on be asked for.
 */
export const REMOVAL_PARTS = ["running", "stored", "network", "access", "domain"] as const;
export type RemovalPart = (typeof REMOVAL_PARTS)[number];

/** Every kind of thing that a tenant can own, with the part that removes it and its word for people. */
export const KINDS = {
  cluster: { part: "running", word: "cluster" },
  load_balancer: { part: "running", word: "load balancer" },
  server: { part: "running", word: "server" },
  cluster_template: { part: "stored", word: "cluster template" },
  volume: { part: "stored", word: "volume" },
  image: { part: "stored", word: "image" },
  server_group: { part: "stored", word: "server group" },
  floating_ip: { part: "network", word: "floating IP" },
  router_interface: { part: "network", word: "router interface" },
  router_gateway: { part: "network", word: "router gateway" },
  router: { part: "network", word: "router" },
  port: { part: "network", word: "port" },
  subnet: { part: "network", word: "subnet" },
  network: { part: "network", word: "network" },
  security_group: { part: "network", word: "security group" },
  keypair: { part: "access", word: "keypair" },
  application_credential: { part: "access", word: "application credential" },
  trust: { part: "access", word: "trust" },
  compute_quota: { part: "access", word: "compute quota" },
  network_quota: { part: "access", word: "network quota" },
  role_assignment: { part: "access", word: "role assignment" },
  user: { part: "domain", word: "user" },
  group: { part: "domain", word: "group" },
  project: { part: "domain", word: "project" },
  role: { part: "domain", word: "role of the domain" },
  domain_access: { part: "domain", word: "access to the domain" },
  domain: { part: "domain", word: "domain" },
} as const satisfies Record<string, { part: RemovalPart; word: string }>;
export type ThingKind = keyof typeof KINDS;

/** One thing that the tenant owns, as the cloud showed it. */
export interface OwnedThing {
  kind: ThingKind;
  /** The cloud's immutable id; of what has none of its own, one made of the ids it joins. */
  id: string;
  name: string;
  owner: { kind: "project" | "user" | "domain"; id: string; name: string };
  /** Why it is the tenant's, as a sentence. */
  why: string;
  /** Keys of the things it hangs on: those go after it. */
  uses: string[];
  /** Key of what takes it along, so that no call of its own is sent; null when it has to be removed itself. */
  goesWith: string | null;
  service: Service;
  /** Where it can be looked at, after the service's version root. */
  path: string;
  /** Ids that its removal names beside the path. */
  with: Record<string, string>;
}

export function keyOf({ kind, id }: Pick<OwnedThing, "kind" | "id">): string {
  return keyTo(kind, id);
}

export function keyTo(kind: ThingKind, id: string): string {
  return `${kind}:${id}`;
}

export function partOf({ kind }: Pick<OwnedThing, "kind">): RemovalPart {
  return KINDS[kind].part;
}

/** `router acme-router`, for sentences. */
export function inWords({ kind, name }: Pick<OwnedThing, "kind" | "name">): string {
  return `${KINDS[kind].word} ${name}`;
}
