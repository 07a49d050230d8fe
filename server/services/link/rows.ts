import { randomUUID } from "node:crypto";
import { and, eq } from "drizzle-orm";
import type { Tx } from "#db/client.ts";
import { itemLink } from "#db/schema/register.ts";
import type { ItemRow } from "../item/change-item.ts";

export type LinkKind = (typeof itemLink.$inferSelect)["kind"];

/** A link that a person makes; one that was proposed or dismissed before is confirmed by it. */
export async function linkOnce(
  tx: Tx,
  row: Pick<ItemRow, "id">,
  link: {
    kind: LinkKind;
    to: { id: string | null; code: string };
    because: string;
    personId: string;
    at: Date;
  },
): Promise<string> {
  const { kind, to, because, personId, at } = link;
  const decided = { because, state: "confirmed" as const, decidedBy: personId, decidedAt: at };
  const [made] = await tx
    .insert(itemLink)
    .values({ id: randomUUID(), itemId: row.id, kind, toCode: to.code, toItemId: to.id, ...decided })
    .onConflictDoUpdate({
      target: [itemLink.itemId, itemLink.kind, itemLink.toCode],
      set: { toItemId: to.id, ...decided },
    })
    .returning({ id: itemLink.id });
  if (made) return made.id;
  const [known] = await tx
    .select({ id: itemLink.id })
    .from(itemLink)
    .where(and(eq(itemLink.itemId, row.id), eq(itemLink.kind, kind), eq(itemLink.toCode, to.code)));
  return known?.id ?? "";
}
