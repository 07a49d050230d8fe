import { and, eq, isNull } from "drizzle-orm";
import type { Db, Tx } from "#db/client.ts";
import { item, itemGate } from "#db/schema/register.ts";
import { DomainError } from "#server/domain/error/domain-error.ts";

export interface GateRow {
  gate: typeof itemGate.$inferSelect;
  row: typeof item.$inferSelect;
}

/** A gate that nobody took away, with its item. */
export async function findGate(db: Db | Tx, gateId: string): Promise<GateRow> {
  const [found] = await selectGate(db, gateId);
  return required(found);
}

/** The same, both locked until the transaction ends. */
export async function lockGate(tx: Tx, gateId: string): Promise<GateRow> {
  const [found] = await selectGate(tx, gateId).for("update");
  return required(found);
}

function selectGate(db: Db | Tx, gateId: string) {
  return db
    .select({ gate: itemGate, row: item })
    .from(itemGate)
    .innerJoin(item, eq(item.id, itemGate.itemId))
    .where(and(eq(itemGate.id, gateId), isNull(itemGate.withdrawnAt)))
    .$dynamic();
}

function required(found: GateRow | undefined): GateRow {
  if (found) return found;
  throw new DomainError("not_found", "There is no such gate, or it was taken away already.", {
    reason: "not_found",
  });
}
