import { DomainError } from "#server/domain/error/domain-error.ts";
import type { Service } from "#server/domain/plan/states.ts";
import { type OwnedThing, partOf, REMOVAL_PARTS, type RemovalPart } from "#server/domain/removal/thing.ts";
import { serviceOfType } from "#server/openstack/endpoints.ts";
import { catalogRow } from "#server/openstack/wire/owned.ts";
import type { CloudReader } from "../cloud-reader.ts";
import { listAccessThings, listDomainThings } from "./identity-things.ts";
import { listNetworkQuotas, listNetworkThings } from "./network-things.ts";
import { listWhole } from "./pages.ts";
import { readScope, type Recorded, type TenantScope } from "./scope.ts";
import {
  listClusterThings,
  listComputeQuotas,
  listImageThings,
  listKeypairs,
  listOptionalThings,
  listServerThings,
} from "./workload-things.ts";

/** Everything of the tenant in the parts that were looked at. */
export interface Inventory {
  scope: TenantScope;
  things: OwnedThing[];
  /** What of somebody else would go with it: nothing is removed while there is any. */
  strangers: string[];
  /** What could not be listed one by one, and why that leaves nothing behind. */
  notes: string[];
}

export interface InventoryQuery {
  domainId: string;
  parts: readonly RemovalPart[];
  /** Service types of the catalog that hold nothing of a tenant, as the runbook says. */
  holdsNothing: readonly string[];
  recorded: Recorded;
}

/**
 * Reads what the tenant owns, service by service. Throws when a service cannot be read to its end, and when the cloud
 * has one that nobody has said anything about: what was not looked at is not known to be empty.
 */
export async function readInventory(reader: CloudReader, query: InventoryQuery): Promise<Inventory> {
  const { domainId, parts, recorded } = query;
  const scope = await readScope(reader, domainId, recorded);
  const services = await readServices(reader, query);
  const things: OwnedThing[] = [];
  const strangers: string[] = [];
  const notes: string[] = [];
  if (parts.includes("running") || parts.includes("stored")) {
    for (const found of [await listClusterThings(reader, scope), await listImageThings(reader, scope)]) {
      things.push(...found.things);
      strangers.push(...found.strangers);
    }
    things.push(...(await listServerThings(reader, scope)));
    things.push(...(await listOptionalThings(reader, scope, services)));
  }
  if (parts.includes("network")) {
    const found = await listNetworkThings(reader, scope);
    things.push(...found.things);
    strangers.push(...found.strangers);
  }
  if (parts.includes("access")) {
    const found = await listAccessThings(reader, scope, recorded);
    things.push(...(await listKeypairs(reader, scope)), ...found.things);
    things.push(...(await listComputeQuotas(reader, scope)), ...(await listNetworkQuotas(reader, scope)));
    notes.push(...found.notes);
  }
  if (parts.includes("domain")) things.push(...listDomainThings(scope));
  return { scope, things: things.filter((thing) => parts.includes(partOf(thing))), strangers, notes };
}

export const ALL_PARTS: readonly RemovalPart[] = REMOVAL_PARTS;

/** Services of the catalog; throws for one that is neither read nor said to hold nothing. */
async function readServices(reader: CloudReader, { holdsNothing }: InventoryQuery): Promise<Set<Service>> {
  const rows = await listWhole(reader, {
    service: "identity",
    path: "/auth/catalog",
    rows: "catalog",
    row: catalogRow,
  });
  const services = new Set<Service>();
  for (const { type } of rows) {
    const service = serviceOfType(type);
    if (service !== null) services.add(service);
    else if (!holdsNothing.includes(type)) throw unreadService(type);
  }
  return services;
}

function unreadService(type: string): DomainError {
  return new DomainError(
    "unavailable",
    `The cloud has a service of type ${type}, and this console cannot list what a tenant owns there. Nothing was decided. Once somebody has seen that tenants own nothing in it, name it under holds_nothing in the runbook.`,
    { reason: "service_unread" },
  );
}
