import { asc, desc, eq, sql } from "drizzle-orm";
import type { Db, Tx } from "#db/client.ts";
import { host, hostVersion } from "#db/schema/check.ts";
import { type HostContent, labelOf } from "#server/domain/host/host.ts";

/** A host as its newest version has it. */
export interface HostNow {
  id: string;
  name: string;
  version: number;
  content: HostContent;
  digest: string;
  /** Null where no two people agreed on it: the console's own machine. */
  proposalId: string | null;
  at: Date;
}

const HOSTS_LIMIT = 500;

/** Every host, retired ones included, by name. */
export async function listHosts(db: Db | Tx): Promise<HostNow[]> {
  return db
    .selectDistinctOn([host.name], {
      id: host.id,
      name: host.name,
      version: hostVersion.number,
      content: hostVersion.content,
      digest: hostVersion.digest,
      proposalId: hostVersion.proposalId,
      at: hostVersion.at,
    })
    .from(host)
    .innerJoin(hostVersion, eq(hostVersion.hostId, host.id))
    .orderBy(asc(host.name), desc(hostVersion.number))
    .limit(HOSTS_LIMIT);
}

/** The host in use that documents call so, by its name or another word for it; null when there is none. */
export async function findHost(db: Db | Tx, label: string): Promise<HostNow | null> {
  return hostCalled(await listHosts(db), label);
}

/** The same among hosts that were read already. */
export function hostCalled(hosts: readonly HostNow[], label: string): HostNow | null {
  const wanted = labelOf(label);
  return hosts.find((one) => !one.content.isRetired && labelsOf(one).includes(wanted)) ?? null;
}

/** Every word that means this host, as it is compared. */
export function labelsOf({ name, content }: Pick<HostNow, "name" | "content">): string[] {
  return [name, ...content.aliases].map(labelOf);
}

/** The id of an advisory lock: changes of hosts follow one another, so that no word ever means two. */
const HOSTS_LOCK = 7_305_117;

export async function lockHosts(tx: Tx): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock(${HOSTS_LOCK})`);
}

/** Until the transaction ends no host changes. */
export async function holdHosts(tx: Tx): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock_shared(${HOSTS_LOCK})`);
}
