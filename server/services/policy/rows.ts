import { and, desc, eq } from "drizzle-orm";
import type { Db, Tx } from "#db/client.ts";
import { policyRevision } from "#db/schema/policy.ts";

export type PolicyRow = typeof policyRevision.$inferSelect;

/** A saved state of a cloud's override, the newest where no number is given; null when there is none. */
export async function findPolicy(
  tx: Tx | Db,
  { cloudId, number }: { cloudId: string; number: number | null },
): Promise<PolicyRow | null> {
  const ofCloud = eq(policyRevision.cloudId, cloudId);
  const [row] = await tx
    .select()
    .from(policyRevision)
    .where(number === null ? ofCloud : and(ofCloud, eq(policyRevision.number, number)))
    .orderBy(desc(policyRevision.number))
    .limit(1);
  return row ?? null;
}
