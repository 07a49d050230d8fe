import { and, eq, inArray, isNull } from "drizzle-orm";
import type { Db, Tx } from "#db/client.ts";
import { item, itemLink } from "#db/schema/register.ts";
import { isSettled } from "#server/domain/register/record-state.ts";

export interface Blocker {
  code: string;
  /** Null for something that no register has. */
  itemId: string | null;
  title: string | null;
}

/**
 * What each of these items still waits for: the confirmed links to what is not settled. What no register has, or what
 * its register lost, holds on until a person dismisses the link.
 */
export async function readBlockers(db: Db | Tx, itemIds: readonly string[]): Promise<Map<string, Blocker[]>> {
  if (itemIds.length === 0) return new Map();
  const links = await db
    .select({ itemId: itemLink.itemId, toCode: itemLink.toCode, toItemId: itemLink.toItemId })
    .from(itemLink)
    .where(
      and(
        inArray(itemLink.itemId, [...itemIds]),
        eq(itemLink.kind, "blocked_by"),
        eq(itemLink.state, "confirmed"),
      ),
    );
  const byId = await readItems(
    db,
    links.flatMap(({ toItemId }) => (toItemId === null ? [] : [toItemId])),
  );
  const loose = links.filter(({ toItemId }) => toItemId === null).map(({ toCode }) => toCode);
  const byCode = await readItemsOfCode(db, loose);
  const blockers = new Map<string, Blocker[]>();
  for (const { itemId, toCode, toItemId } of links) {
    const own = (toItemId === null ? byCode.get(toCode) : byId.get(toItemId)) ?? [];
    const open = own.find((row) => row.removedAt !== null || !isSettled(row.kind, row.state));
    if (own.length > 0 && open === undefined) continue;
    const blocker = { code: toCode, itemId: open?.id ?? null, title: open?.title ?? null };
    blockers.set(itemId, [...(blockers.get(itemId) ?? []), blocker]);
  }
  return blockers;
}

const COLUMNS = {
  id: item.id,
  code: item.code,
  kind: item.kind,
  state: item.state,
  title: item.title,
  removedAt: item.removedAt,
};

type Waited = Pick<typeof item.$inferSelect, "id" | "code" | "kind" | "state" | "title" | "removedAt">;

async function readItems(db: Db | Tx, ids: readonly string[]): Promise<Map<string, Waited[]>> {
  if (ids.length === 0) return new Map();
  const rows = await db
    .select(COLUMNS)
    .from(item)
    .where(inArray(item.id, [...new Set(ids)]));
  return Map.groupBy(rows, ({ id }) => id);
}

async function readItemsOfCode(db: Db | Tx, codes: readonly string[]): Promise<Map<string, Waited[]>> {
  if (codes.length === 0) return new Map();
  const rows = await db
    .select(COLUMNS)
    .from(item)
    .where(and(inArray(item.code, [...new Set(codes)]), isNull(item.removedAt)));
  return Map.groupBy(rows, ({ code }) => code);
}
