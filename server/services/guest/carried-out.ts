import { and, desc, eq, inArray } from "drizzle-orm";
import type { Db, Tx } from "#db/client.ts";
import { tenantValue } from "#db/schema/tenant.ts";
import type { DesiredHost } from "#server/domain/guest/desired.ts";
import { intentKey } from "#server/domain/guest/intent.ts";

/** Intents that jobs of each host have carried out, by host. */
export async function listCarriedOut(
  db: Db | Tx,
  hostIds: readonly string[],
): Promise<Map<string, ReadonlySet<unknown>>> {
  if (hostIds.length === 0) return new Map();
  const rows = await db
    .selectDistinctOn([tenantValue.tenantId], { id: tenantValue.tenantId, value: tenantValue.value })
    .from(tenantValue)
    .where(and(inArray(tenantValue.tenantId, [...hostIds]), eq(tenantValue.name, "carried_out")))
    .orderBy(tenantValue.tenantId, desc(tenantValue.id));
  return new Map(rows.map(({ id, value }) => [id, new Set(Array.isArray(value) ? value : [])]));
}

/** The desired state with those of its intents that nobody has carried out yet. */
export function stillWanted(desired: DesiredHost, done: ReadonlySet<unknown> | undefined): DesiredHost {
  const isOpen = (at: number) => done?.has(intentKey(desired.generation, at)) !== true;
  return { ...desired, intents: desired.intents.filter((_intent, at) => isOpen(at)) };
}
