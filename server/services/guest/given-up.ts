import { and, eq, inArray } from "drizzle-orm";
import type { Db, Tx } from "#db/client.ts";
import { tenantValue } from "#db/schema/tenant.ts";

/** Those of the hosts that a signed decommission gave up. What was given up stays so. */
export async function listGivenUp(db: Db | Tx, hostIds: readonly string[]): Promise<Set<string>> {
  if (hostIds.length === 0) return new Set();
  const rows = await db
    .selectDistinct({ id: tenantValue.tenantId })
    .from(tenantValue)
    .where(
      and(
        inArray(tenantValue.tenantId, [...hostIds]),
        eq(tenantValue.name, "given_up"),
        eq(tenantValue.value, true),
      ),
    );
  return new Set(rows.map(({ id }) => id));
}
