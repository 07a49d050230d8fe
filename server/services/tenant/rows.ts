import { eq } from "drizzle-orm";
import type { Db, Tx } from "#db/client.ts";
import { cloud } from "#db/schema/cloud.ts";
import { runbookVersion } from "#db/schema/runbook.ts";
import { tenant } from "#db/schema/tenant.ts";
import { DomainError } from "#server/domain/error/domain-error.ts";

/** A tenant with its cloud and the runbook version it runs. */
export async function getTenant(tx: Tx | Db, tenantId: string) {
  const [row] = await tx
    .select({ tenant, cloud, version: runbookVersion })
    .from(tenant)
    .innerJoin(cloud, eq(cloud.id, tenant.cloudId))
    .innerJoin(runbookVersion, eq(runbookVersion.id, tenant.runbookVersionId))
    .where(eq(tenant.id, tenantId));
  if (!row) throw new DomainError("not_found", "There is no such tenant.", { reason: "not_found" });
  return row;
}
