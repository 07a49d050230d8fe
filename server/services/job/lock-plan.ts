import { eq } from "drizzle-orm";
import type { Tx } from "#db/client.ts";
import { plan } from "#db/schema/plan.ts";
import { tenant } from "#db/schema/tenant.ts";
import { DomainError } from "#server/domain/error/domain-error.ts";

/**
 * The preview, with its tenant locked: two operators who ask for the same tenant at the same moment queue here, and the
 * second one finds the stage taken.
 */
export async function lockPlan(tx: Tx, planId: string): Promise<typeof plan.$inferSelect> {
  const [row] = await tx.select().from(plan).where(eq(plan.id, planId));
  if (!row) throw new DomainError("not_found", "There is no such preview.", { reason: "not_found" });
  await tx.select({ id: tenant.id }).from(tenant).where(eq(tenant.id, row.tenantId)).for("update");
  return row;
}
