import { and, asc, eq, inArray, isNull, or, sql } from "drizzle-orm";
import { alias } from "drizzle-orm/pg-core";
import type * as z from "zod";
import type { Db } from "#db/client.ts";
import { item, itemLink } from "#db/schema/register.ts";
import { ITEM_PAGE } from "#server/domain/item/choices.ts";
import { itemCursorSchema, type ItemCursor, itemListSchema } from "#server/domain/item/schema.ts";
import { query, type Ctx } from "../verb.ts";
import { filtered } from "./filtered.ts";
import { behind, groupText, isInGroup, type Order, orderOf, refusedCursor, walk } from "./order.ts";
import { highlighted, snippet } from "./search-text.ts";

const input = itemListSchema.extend({ after: itemCursorSchema.nullable() });
type Input = z.output<typeof input>;

/** Of the words of a row, those that a snippet is looked for in. */
const SNIPPET_FROM = 50_000;

/** One page of a list of items, behind a row of the page before. */
export const listItems = query({
  action: "register.read",
  input,
  run: async (ctx, list) => {
    const order = await orderOf(ctx.db, list);
    const found = await readRows(ctx, { list, order });
    const rows = found.slice(0, ITEM_PAGE);
    const last = rows.at(-1);
    const waits = await listWaits(
      ctx.db,
      rows.map(({ id }) => id),
    );
    const { text } = list.filter;
    return {
      rows: rows.map(({ key: _key, words, ...row }) => ({
        ...row,
        waitsFor: waits.get(row.id) ?? NONE,
        hits: text === "" ? null : { title: highlighted(row.title, text), words: snippet(words ?? "", text) },
      })),
      next:
        found.length > ITEM_PAGE && last !== undefined
          ? { group: last.group, key: last.key, id: last.id }
          : null,
    };
  },
});

const NONE: string[] = [];

interface Reading {
  list: Input;
  order: Order;
}

async function readRows(ctx: Ctx, { list, order }: Reading) {
  if (order.groups === null) {
    return readWithin(ctx, { list, order }, { group: null, after: list.after, limit: ITEM_PAGE + 1 });
  }
  const { values } = order.groups;
  const first = list.after === null ? 0 : values.indexOf(list.after.group ?? "");
  if (first === -1) throw refusedCursor();
  const rows: Awaited<ReturnType<typeof readWithin>> = [];
  for (const group of values.slice(first)) {
    const after = list.after !== null && group === list.after.group ? list.after : null;
    rows.push(
      ...(await readWithin(ctx, { list, order }, { group, after, limit: ITEM_PAGE + 1 - rows.length })),
    );
    if (rows.length > ITEM_PAGE) break;
  }
  return rows;
}

function readWithin(
  ctx: Ctx,
  { list, order }: Reading,
  of: { group: string | null; after: ItemCursor | null; limit: number },
) {
  const { groups } = order;
  return ctx.db
    .select({
      id: item.id,
      code: item.code,
      kind: item.kind,
      title: item.title,
      state: item.state,
      ownerId: item.ownerId,
      dueOn: item.dueOn,
      documentId: item.documentId,
      countsUntil: item.countsUntil,
      revision: item.revision,
      createdAt: item.createdAt,
      changedAt: item.changedAt,
      closedAt: item.closedAt,
      words: list.filter.text === "" ? sql<null>`null` : sql<string>`left(${item.words}, ${SNIPPET_FROM})`,
      key: order.key,
      group: groups === null ? sql<null>`null` : groupText(groups.by),
    })
    .from(item)
    .where(
      and(
        filtered(ctx.db, list.filter, ctx.clock()),
        groups === null || of.group === null ? undefined : isInGroup(groups.by, of.group),
        of.after === null ? undefined : behind(list, order, of.after),
      ),
    )
    .orderBy(...walk(order))
    .limit(of.limit);
}

const other = alias(item, "other");

/** What each of these waits for and is still open, by code. */
export async function listWaits(db: Db, itemIds: readonly string[]): Promise<Map<string, string[]>> {
  if (itemIds.length === 0) return new Map();
  const links = await db
    .select({ itemId: itemLink.itemId, toCode: itemLink.toCode })
    .from(itemLink)
    .leftJoin(other, eq(other.id, itemLink.toItemId))
    .where(
      and(
        inArray(itemLink.itemId, [...itemIds]),
        eq(itemLink.kind, "blocked_by"),
        eq(itemLink.state, "confirmed"),
        or(isNull(itemLink.toItemId), and(isNull(other.closedAt), isNull(other.removedAt))),
      ),
    )
    .orderBy(asc(itemLink.toCode))
    .limit(5000);
  return new Map(
    [...Map.groupBy(links, ({ itemId }) => itemId)].map(([itemId, own]) => [
      itemId,
      own.map(({ toCode }) => toCode),
    ]),
  );
}
