import { type Domain, domainsBody } from "#server/openstack/wire/domain.ts";
import type { CloudReader } from "../cloud-reader.ts";

/** own: carries the mark of this tenant's run. foreign: the name is taken by something else. */
export type DomainState = { state: "absent" } | { state: "own" | "foreign"; domain: Domain };

/** The description a tenant's domain is made with: the console's own record of whose it is. */
export function markedDescription(description: string, tenantId: string): string {
  return `${description} (countersign tenant ${tenantId})`;
}

export async function readDomainState(
  reader: CloudReader,
  name: string,
  tenantId: string,
): Promise<DomainState> {
  const { domains } = await reader.get({ service: "identity", path: domainByName(name), body: domainsBody });
  const domain = domains.find((one) => one.name.toLowerCase() === name.toLowerCase());
  if (!domain) return { state: "absent" };
  const isOwn = (domain.description ?? "").endsWith(markedDescription("", tenantId));
  return { state: isOwn ? "own" : "foreign", domain };
}

export function domainByName(name: string): string {
  return `/domains?name=${encodeURIComponent(name)}`;
}
