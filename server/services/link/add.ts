import { and, eq, isNull } from "drizzle-orm";
import type { Tx } from "#db/client.ts";
import { item } from "#db/schema/register.ts";
import { DomainError } from "#server/domain/error/domain-error.ts";
import { LINK_WORDS } from "#server/domain/item-link/words.ts";
import { addLinkSchema } from "#server/domain/item-link/schema.ts";
import { changeItem, type ItemRow, lockItem } from "../item/change-item.ts";
import { verb } from "../verb.ts";
import { holdLinks, requireNoCircle } from "./cycle.ts";
import { linkOnce } from "./rows.ts";

/**
 * Ties an item to another by hand. What no register has may be named too: it then holds as long as the link does, and
 * is tied when it comes.
 */
export const addLink = verb({
  action: "item.link",
  input: addLinkSchema,
  load: async (tx, { itemId }) => {
    await holdLinks(tx);
    return lockItem(tx, itemId);
  },
  object: ({ id }) => ({ kind: "item", id }),
  run: async (tx, { person: { personId }, input, row, at }) => {
    const { kind, reason } = input;
    const to = await findOther(tx, row, input);
    if (to.id === row.id) {
      throw new DomainError("invalid", `${row.code} cannot be tied to itself. Nothing was changed.`, {
        reason: "circle",
        field: "to",
      });
    }
    if (kind === "changed_by" && to.kind !== "change") {
      throw new DomainError(
        "invalid",
        `${to.code} is no entry of a changelog. Nothing was changed; add the entry first.`,
        { reason: "no_change_entry", field: "to" },
      );
    }
    await requireNoCircle(tx, { kind, fromId: row.id, fromCode: row.code, toId: to.id, toCode: to.code });
    const linkId = await linkOnce(tx, row, { kind, to, because: reason, personId, at });
    const also = { [`${LINK_WORDS[kind].forth} ${to.code}`]: { from: null, to: "confirmed" } };
    const changed = await changeItem(tx, row, {
      act: "linked",
      set: {},
      also,
      seen: null,
      personId,
      reason,
      at,
    });
    return {
      output: { linkId, revision: changed.revision },
      audit: { code: row.code, kind, to: to.code, reason },
    };
  },
});

/** The item that is meant: the one that was chosen, else one of the same document, else the only one of the code. */
async function findOther(tx: Tx, row: ItemRow, input: { to: string; toItemId: string | null }) {
  const columns = { id: item.id, code: item.code, kind: item.kind, documentId: item.documentId };
  const isIt = input.toItemId === null ? eq(item.code, input.to) : eq(item.id, input.toItemId);
  const found = await tx
    .select(columns)
    .from(item)
    .where(and(isIt, isNull(item.removedAt)))
    .limit(50);
  if (input.toItemId !== null && (found.length === 0 || found[0]?.code !== input.to)) {
    throw new DomainError("not_found", "There is no such item. Nothing was changed.", {
      reason: "not_found",
    });
  }
  const own = found.filter(({ documentId }) => documentId === row.documentId);
  const candidates = own.length > 0 ? own : found;
  const [only] = candidates;
  if (candidates.length > 1) {
    throw new DomainError(
      "invalid",
      `Several items are called ${input.to}. Choose one; nothing was changed.`,
      {
        reason: "ambiguous",
        field: "toItemId",
        facts: { candidates: candidates.map(({ id }) => id) },
      },
    );
  }
  return only ?? { id: null, code: input.to, kind: null };
}
