import { randomUUID } from "node:crypto";
import { itemGate } from "#db/schema/register.ts";
import { DomainError } from "#server/domain/error/domain-error.ts";
import { describeCover, isGatingKind, isHolding } from "#server/domain/register/gate/gate.ts";
import { setGateSchema } from "#server/domain/register/gate/schema.ts";
import { changeItem, lockItem } from "../item/change-item.ts";
import { verb } from "../verb.ts";
import { takeGateLock } from "./holding.ts";

/**
 * Says what an R item or a proposed decision holds back until it is ruled on. From this transaction on nothing that it
 * covers is previewed, asked for, approved or started; what runs already runs on.
 */
export const setGate = verb({
  action: "item.gate",
  input: setGateSchema,
  load: (tx, { itemId }) => lockItem(tx, itemId),
  object: ({ id }) => ({ kind: "item", id }),
  run: async (tx, { person, input, row, at }) => {
    if (!isGatingKind(row.kind)) {
      throw new DomainError(
        "conflict",
        `${row.code} is nothing that is ruled on, so it cannot hold anything back. Nothing was changed.`,
        { reason: "not_gating" },
      );
    }
    if (!isHolding(row.state)) {
      throw new DomainError(
        "conflict",
        `${row.code} is ${row.state} already, so it would hold nothing back. Nothing was changed.`,
        { reason: "ruled" },
      );
    }
    await takeGateLock(tx);
    const gateId = randomUUID();
    const { cover, reason, itemId } = input;
    await tx.insert(itemGate).values({ id: gateId, itemId, ...cover, reason, setBy: person.personId, at });
    await changeItem(tx, row, {
      act: "gated",
      set: {},
      also: { [`gate ${gateId}`]: { from: null, to: describeCover(cover) } },
      seen: null,
      personId: person.personId,
      reason,
      at,
    });
    return { output: { gateId }, audit: { code: row.code, gateId, cover: { ...cover }, reason } };
  },
});
