import { asc, inArray } from "drizzle-orm";
import { item } from "#db/schema/register.ts";
import { bulkEditSchema } from "#server/domain/item/schema.ts";
import { verb } from "../verb.ts";
import { changeItem } from "./change-item.ts";
import { requireOwner } from "./owner.ts";

/** An item that a bulk edit left as it was, and why. */
export interface Refused {
  itemId: string;
  code: string | null;
  reason: "not_found" | "stale_item";
  says: string;
}

/**
 * Gives many items an owner or a date in one transaction. One that somebody changed meanwhile, or that is gone, is left
 * as it is and listed; the others are changed.
 */
export const bulkEditItems = verb({
  action: "item.edit",
  input: bulkEditSchema,
  // In the order of ids, so that two bulk edits wait for each other and never for one another's half.
  load: (tx, { items }) =>
    tx
      .select()
      .from(item)
      .where(
        inArray(
          item.id,
          items.map(({ itemId }) => itemId),
        ),
      )
      .orderBy(asc(item.id))
      .for("update"),
  object: () => ({ kind: "items", id: "bulk" }),
  run: async (tx, { person, input, row: rows, at }) => {
    await requireOwner(tx, input.set.ownerId, "set.ownerId");
    const { ownerId, dueOn } = input.set;
    const set = { ...(ownerId === undefined ? {} : { ownerId }), ...(dueOn === undefined ? {} : { dueOn }) };
    const byId = new Map(rows.map((row) => [row.id, row]));
    const refused: Refused[] = [];
    const changed: { itemId: string; code: string; revision: number }[] = [];
    for (const [itemId, seen] of new Map(input.items.map(({ itemId, revision }) => [itemId, revision]))) {
      const row = byId.get(itemId);
      const refusal = refusalOf(itemId, row, seen);
      if (refusal !== null || row === undefined) {
        if (refusal !== null) refused.push(refusal);
        continue;
      }
      const now = await changeItem(tx, row, { act: "edited", seen, personId: person.personId, set, at });
      changed.push({ itemId, code: row.code, revision: now.revision });
    }
    return {
      output: { changed, refused },
      audit: {
        set,
        changed: changed.map(({ code }) => code),
        refused: refused.map(({ code, reason }) => ({ code, reason })),
      },
    };
  },
});

function refusalOf(itemId: string, row: typeof item.$inferSelect | undefined, seen: number): Refused | null {
  if (row === undefined || row.removedAt !== null) {
    return { itemId, code: row?.code ?? null, reason: "not_found", says: "It is no longer in its register." };
  }
  if (row.revision === seen) return null;
  return { itemId, code: row.code, reason: "stale_item", says: "Somebody changed it meanwhile." };
}
