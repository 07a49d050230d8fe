import { eq } from "drizzle-orm";
import type { Tx } from "#db/client.ts";
import { itemLink } from "#db/schema/register.ts";
import { DomainError } from "#server/domain/error/domain-error.ts";
import { LINK_WORDS } from "#server/domain/item-link/words.ts";
import { decideLinkSchema } from "#server/domain/item-link/schema.ts";
import { changeItem, lockItem } from "../item/change-item.ts";
import { verb } from "../verb.ts";
import { holdLinks, requireNoCircle } from "./cycle.ts";

/** Confirms or dismisses a link. Only a confirmed one holds anything; to dismiss one that holds takes a reason. */
export const decideLink = verb({
  action: "item.link",
  input: decideLinkSchema,
  load: async (tx, { linkId }) => {
    await holdLinks(tx);
    const link = await lockLink(tx, linkId);
    return { link, row: await lockItem(tx, link.itemId) };
  },
  object: ({ row }) => ({ kind: "item", id: row.id }),
  run: async (tx, { person: { personId }, input: { verdict, reason }, row: { link, row }, at }) => {
    const state = verdict === "confirm" ? ("confirmed" as const) : ("dismissed" as const);
    if (link.state === state) {
      throw new DomainError("conflict", `This link is ${state} already. Nothing was changed.`, {
        reason: "decided",
      });
    }
    if (link.state === "confirmed" && reason === null) {
      throw new DomainError("conflict", "Say why this link no longer holds. Nothing was changed.", {
        reason: "no_reason",
        field: "reason",
      });
    }
    const { kind, toCode, toItemId: toId } = link;
    if (state === "confirmed") {
      await requireNoCircle(tx, { kind, fromId: row.id, fromCode: row.code, toId, toCode });
    }
    await tx
      .update(itemLink)
      .set({ state, decidedBy: personId, decidedAt: at })
      .where(eq(itemLink.id, link.id));
    const also = { [`${LINK_WORDS[kind].forth} ${toCode}`]: { from: link.state, to: state } };
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
      output: { revision: changed.revision },
      audit: { code: row.code, kind, to: toCode, from: link.state, verdict, reason },
    };
  },
});

async function lockLink(tx: Tx, linkId: string): Promise<typeof itemLink.$inferSelect> {
  const [link] = await tx.select().from(itemLink).where(eq(itemLink.id, linkId)).for("update");
  if (!link) throw new DomainError("not_found", "There is no such link.", { reason: "not_found" });
  return link;
}
