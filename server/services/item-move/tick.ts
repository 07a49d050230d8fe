import { randomUUID } from "node:crypto";
import { and, eq, isNull } from "drizzle-orm";
import { itemTick } from "#db/schema/register.ts";
import { DomainError } from "#server/domain/error/domain-error.ts";
import { tickPointSchema, untickPointSchema } from "#server/domain/register/lifecycle/move-schema.ts";
import { changeItem, lockItem } from "../item/change-item.ts";
import { verb } from "../verb.ts";
import { pointsToShow, readTicks, requireEvidence } from "./ticks.ts";

/** Ticks one point of an item, with what shows it. It counts for exactly these words: another wording is ticked anew. */
export const tickPoint = verb({
  action: "item.move",
  input: tickPointSchema,
  load: (tx, { itemId }) => lockItem(tx, itemId),
  object: ({ id }) => ({ kind: "item", id }),
  run: async (tx, { person, input: { point, evidence }, row, at }) => {
    const { personId } = person;
    if (!pointsToShow(row.content).includes(point)) {
      throw new DomainError("conflict", `${row.code} has no such point any more. Nothing was ticked.`, {
        reason: "unknown_point",
      });
    }
    if ((await readTicks(tx, row.id)).some((tick) => tick.point === point)) {
      throw new DomainError("conflict", "This point is ticked already. Nothing was changed.", {
        reason: "ticked",
      });
    }
    await requireEvidence(tx, evidence, { ...row, personId });
    const { kind: evidenceKind, id: evidenceId } = evidence;
    const tick = { id: randomUUID(), itemId: row.id, point, evidenceKind, evidenceId, personId, at };
    await tx.insert(itemTick).values(tick);
    const also = { [`point ${point}`]: { from: null, to: `${evidenceKind} ${evidenceId}` } };
    const changed = await changeItem(tx, row, { act: "ticked", set: {}, also, seen: null, personId, at });
    return {
      output: { revision: changed.revision },
      audit: { code: row.code, point, evidence: { ...evidence } },
    };
  },
});

/** Takes a tick back, with a reason. An item that is closed stays closed: it has to be opened again by a move. */
export const untickPoint = verb({
  action: "item.move",
  input: untickPointSchema,
  load: (tx, { itemId }) => lockItem(tx, itemId),
  object: ({ id }) => ({ kind: "item", id }),
  run: async (tx, { person: { personId }, input: { point, reason }, row, at }) => {
    if (row.closedAt !== null) {
      throw new DomainError(
        "conflict",
        `${row.code} is ${row.state}. Open it again first; nothing was changed.`,
        { reason: "closed" },
      );
    }
    const isIt = and(eq(itemTick.itemId, row.id), eq(itemTick.point, point), isNull(itemTick.withdrawnAt));
    const taken = await tx
      .update(itemTick)
      .set({ withdrawnBy: personId, withdrawnAt: at })
      .where(isIt)
      .returning({ kind: itemTick.evidenceKind, id: itemTick.evidenceId });
    const [tick] = taken;
    if (!tick) {
      throw new DomainError("conflict", "This point is not ticked. Nothing was changed.", {
        reason: "not_ticked",
      });
    }
    const also = { [`point ${point}`]: { from: `${tick.kind} ${tick.id}`, to: null } };
    const changed = await changeItem(tx, row, {
      act: "ticked",
      set: {},
      also,
      seen: null,
      personId,
      reason,
      at,
    });
    return { output: { revision: changed.revision }, audit: { code: row.code, point, reason } };
  },
});
