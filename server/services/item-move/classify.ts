import { eq } from "drizzle-orm";
import { person as personTable } from "#db/schema/person.ts";
import { DomainError } from "#server/domain/error/domain-error.ts";
import { classifyItemSchema } from "#server/domain/register/lifecycle/move-schema.ts";
import { changeItem, lockItem, requireSeen } from "../item/change-item.ts";
import { verb } from "../verb.ts";

/**
 * Says whether an item changes something, so that it closes only with its entry in a changelog, and from whom whoever
 * rules, attests or accepts has to differ. Both loosen what a closing takes, so whoever is kept apart by it does not
 * loosen it himself.
 */
export const classifyItem = verb({
  action: "item.accept_risk",
  input: classifyItemSchema,
  load: (tx, { itemId }) => lockItem(tx, itemId),
  object: ({ id }) => ({ kind: "item", id }),
  run: async (tx, { person: { personId }, input, row, at }) => {
    await requireSeen(tx, row, input.seen);
    const { isChange, mustDifferFrom, target, reason } = input;
    if (row.mustDifferFrom === personId && mustDifferFrom !== personId) {
      throw new DomainError(
        "forbidden",
        `You are the one from whom somebody else must differ on ${row.code}. Another person has to change that. Nothing was changed.`,
        { reason: "same_person" },
      );
    }
    if (mustDifferFrom !== null) {
      const [found] = await tx
        .select({ id: personTable.id })
        .from(personTable)
        .where(eq(personTable.id, mustDifferFrom));
      if (!found) {
        throw new DomainError("invalid", "There is no such person. Nothing was changed.", {
          reason: "unknown_person",
          field: "mustDifferFrom",
        });
      }
    }
    if (target !== null && row.kind !== "V") {
      throw new DomainError(
        "conflict",
        `${row.code} is no check, so it looks at nothing. Nothing was changed.`,
        {
          reason: "not_a_check",
        },
      );
    }
    const set = { isChange, mustDifferFrom, target };
    const after = await changeItem(tx, row, { act: "edited", set, seen: null, personId, reason, at });
    return { output: { revision: after.revision }, audit: { code: row.code, ...set, reason } };
  },
});
