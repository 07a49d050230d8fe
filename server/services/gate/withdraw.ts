import { and, eq, isNull } from "drizzle-orm";
import type { Tx } from "#db/client.ts";
import { item, itemGate } from "#db/schema/register.ts";
import { DomainError } from "#server/domain/error/domain-error.ts";
import { describeCover, isHolding } from "#server/domain/register/gate/gate.ts";
import { withdrawGateSchema } from "#server/domain/register/gate/schema.ts";
import { changeItem } from "../item/change-item.ts";
import { verb } from "../verb.ts";

/**
 * Takes a gate away without a ruling, for a reason. It lets go what a ruling would let go, so whoever must not rule on
 * the item must not do this either.
 */
export const withdrawGate = verb({
  action: "item.ungate",
  input: withdrawGateSchema,
  load: (tx, { gateId }) => lockGate(tx, gateId),
  object: ({ row }) => ({ kind: "item", id: row.id }),
  run: async (tx, { person, input: { gateId, reason }, row: { gate, row }, at }) => {
    if (isHolding(row.state) && row.mustDifferFrom === person.personId) {
      throw new DomainError(
        "forbidden",
        `${row.code} must be ruled by another person than you, and so must be what it holds back. Nothing was changed.`,
        { reason: "same_person" },
      );
    }
    await tx
      .update(itemGate)
      .set({ withdrawnBy: person.personId, withdrawnAt: at })
      .where(and(eq(itemGate.id, gateId), isNull(itemGate.withdrawnAt)));
    // An item that its document lost has no history to go on with; the audit says who took its gate away.
    if (row.removedAt === null) {
      const also = { [`gate ${gateId}`]: { from: describeCover(gate), to: null } };
      await changeItem(tx, row, {
        act: "gated",
        set: {},
        also,
        seen: null,
        personId: person.personId,
        reason,
        at,
      });
    }
    return { output: { gateId }, audit: { code: row.code, gateId, covers: describeCover(gate), reason } };
  },
});

async function lockGate(tx: Tx, gateId: string) {
  const [found] = await tx
    .select({ gate: itemGate, row: item })
    .from(itemGate)
    .innerJoin(item, eq(item.id, itemGate.itemId))
    .where(and(eq(itemGate.id, gateId), isNull(itemGate.withdrawnAt)))
    .for("update");
  if (!found) {
    throw new DomainError("not_found", "There is no such gate, or it was taken away already.", {
      reason: "not_found",
    });
  }
  return found;
}
