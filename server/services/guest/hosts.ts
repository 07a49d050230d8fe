import { and, asc, eq } from "drizzle-orm";
import type { Db, Tx } from "#db/client.ts";
import { cloud } from "#db/schema/cloud.ts";
import { tenant } from "#db/schema/tenant.ts";
import { DomainError } from "#server/domain/error/domain-error.ts";

/** Hosts with guests, by name. */
export function listHosts(db: Db | Tx) {
  return db
    .select({
      id: tenant.id,
      name: tenant.slug,
      cloud: { id: cloud.id, name: cloud.name, state: cloud.state },
    })
    .from(tenant)
    .innerJoin(cloud, eq(cloud.id, tenant.cloudId))
    .where(eq(cloud.kind, "hypervisor"))
    .orderBy(asc(tenant.slug));
}

/** The host, locked, so that two people save one after the other. Throws `not_found`. */
export async function lockHost(tx: Tx, tenantId: string) {
  const [row] = await tx
    .select({ id: tenant.id, name: tenant.slug })
    .from(tenant)
    .innerJoin(cloud, eq(cloud.id, tenant.cloudId))
    .where(and(eq(tenant.id, tenantId), eq(cloud.kind, "hypervisor")))
    .for("update", { of: tenant });
  if (row) return row;
  throw new DomainError("not_found", "There is no such host with guests.", { reason: "not_found" });
}
