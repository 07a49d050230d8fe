import { and, eq, inArray } from "drizzle-orm";
import type { Tx } from "#db/client.ts";
import { item, itemGate, itemLink } from "#db/schema/register.ts";
import { isNull } from "drizzle-orm";
import { missingOf } from "#server/domain/register/changelog/hardening.ts";
import { describeCover, isHolding } from "#server/domain/register/gate/gate.ts";
import type { RecordContent } from "#server/domain/register/record.ts";
import type { ItemRow } from "../item/change-item.ts";

/** The entry in a changelog that an item is tied to: one with a revert, where there is one. */
export async function findChangeEntry(
  tx: Tx,
  itemId: string,
): Promise<{ id: string; hasRevert: boolean } | null> {
  const links = await tx
    .select({ toItemId: itemLink.toItemId })
    .from(itemLink)
    .where(
      and(eq(itemLink.itemId, itemId), eq(itemLink.kind, "changed_by"), eq(itemLink.state, "confirmed")),
    );
  const ids = links.flatMap(({ toItemId }) => (toItemId === null ? [] : [toItemId]));
  if (ids.length === 0) return null;
  const rows = await tx
    .select({ code: item.code, content: item.content })
    .from(item)
    .where(and(inArray(item.id, ids), isNull(item.removedAt)));
  const entries = rows.map(({ code, content }) => ({ id: code, hasRevert: hasRevert(content) }));
  return entries.find((entry) => entry.hasRevert) ?? entries[0] ?? null;
}

const hasRevert = (content: RecordContent): boolean =>
  content.kind === "change" && !missingOf(content.entry).includes("revert");

/** What a decision still holds back in the cloud, in words: it is not put aside before somebody ruled. */
export async function listOpenCovers(tx: Tx, row: ItemRow): Promise<string[]> {
  if (!isHolding(row.state)) return [];
  const gates = await tx
    .select()
    .from(itemGate)
    .where(and(eq(itemGate.itemId, row.id), isNull(itemGate.withdrawnAt)));
  return gates.map((gate) => `the ruling on ${describeCover(gate)}`);
}
