import { desc, sql } from "drizzle-orm";
import type { Db, Tx } from "#db/client.ts";
import { accessPackage, accessProvider, accessRegistry } from "#db/schema/access.ts";
import { type PolicyPackage, readPackage } from "#server/domain/access-policy/document.ts";
import { type LoadedRegistry, readSnapshotText } from "#server/domain/actor/snapshot.ts";
import { DomainError } from "#server/domain/error/domain-error.ts";

/** What decides about access at one moment. */
export interface AccessNow {
  registry: LoadedRegistry & { number: number };
  package: PolicyPackage & { number: number };
}

/** The last that was read. Taken again only for the same contents: a number alone may have been of a change taken back. */
let last: { registry: string; package: string; access: AccessNow } | null = null;

/** Registry and package in force. Throws `unavailable` where there are none or they cannot be read: nothing is allowed. */
export async function getAccess(db: Db | Tx): Promise<AccessNow> {
  const [newest] = await db
    .select({
      registry: sql<
        string | null
      >`(select number || ' ' || digest from access_registry order by number desc limit 1)`,
      package: sql<
        string | null
      >`(select number || ' ' || md5(document) from access_package order by number desc limit 1)`,
    })
    .from(sql`(select 1) as one`);
  if (!newest?.registry || !newest.package) throw unavailable("There is no registry yet.");
  if (last?.registry === newest.registry && last.package === newest.package) return last.access;
  const [[registry], [policy]] = await Promise.all([
    db.select().from(accessRegistry).orderBy(desc(accessRegistry.number)).limit(1),
    db.select().from(accessPackage).orderBy(desc(accessPackage.number)).limit(1),
  ]);
  const snapshot = readSnapshotText(registry?.snapshot ?? "");
  const written = readPackage(policy?.document ?? "");
  if (registry === undefined || snapshot.kind === "refused" || snapshot.registry.digest !== registry.digest)
    throw unavailable("The registry in force cannot be read.");
  if (policy === undefined || written.kind === "refused")
    throw unavailable("The policy package in force cannot be read.");
  const access = {
    registry: { ...snapshot.registry, number: registry.number },
    package: { ...written.package, number: policy.number },
  };
  last = { registry: newest.registry, package: newest.package, access };
  return access;
}

const unavailable = (says: string) =>
  new DomainError("unavailable", `${says} Nothing about access is allowed.`, {
    reason: "policy_unavailable",
  });

export type Provider = typeof accessProvider.$inferSelect;

/** Who decides now; null: the console itself, as nobody ever changed it. */
export async function findProvider(db: Db | Tx): Promise<Provider | null> {
  const [row] = await db.select().from(accessProvider).orderBy(desc(accessProvider.number)).limit(1);
  return row ?? null;
}

/** The id of an advisory lock: changes of registry, package and provider follow one another. */
const ACCESS_LOCK = 7_411_203;

export async function lockAccess(tx: Tx): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock(${ACCESS_LOCK})`);
}
