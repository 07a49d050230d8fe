import { and, eq, isNull } from "drizzle-orm";
import type { Tx } from "#db/client.ts";
import { itemGate } from "#db/schema/register.ts";
import { DomainError } from "#server/domain/error/domain-error.ts";
import { describeCover } from "#server/domain/register/gate/gate.ts";
import { changeItem, type ItemRow } from "../item/change-item.ts";
import { isStillHolding } from "./let-go-items.ts";
import type { GateRow } from "./rows.ts";

/** Whoever must not rule on an item must not let go what it holds back either. */
export async function requireMayLetGo(tx: Tx, row: ItemRow, personId: string): Promise<void> {
  if (row.mustDifferFrom !== personId || !(await isStillHolding(tx, row))) return;
  throw new DomainError(
    "forbidden",
    `${row.code} must be ruled by another person than you, and so must what it holds back. Nothing was changed.`,
    { reason: "same_person" },
  );
}

/** Takes a locked gate away. An item that its document lost has no history to go on with; the audit says who did it. */
export async function applyWithdrawal(
  tx: Tx,
  { gate, row }: GateRow,
  by: { personId: string; reason: string; at: Date },
): Promise<void> {
  const { personId, reason, at } = by;
  await tx
    .update(itemGate)
    .set({ withdrawnBy: personId, withdrawnAt: at })
    .where(and(eq(itemGate.id, gate.id), isNull(itemGate.withdrawnAt)));
  if (row.removedAt !== null) return;
  const also = { [`gate ${gate.id}`]: { from: describeCover(gate), to: null } };
  await changeItem(tx, row, { act: "gated", set: {}, also, seen: null, personId, reason, at });
}
