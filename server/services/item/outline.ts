import { asc, count, desc, isNotNull, sql } from "drizzle-orm";
import { person } from "#db/schema/person.ts";
import { item, registerDocument } from "#db/schema/register.ts";
import {
  ITEM_PAGE,
  type ItemCursor,
  type ItemFilter,
  type ItemGroup,
  itemListSchema,
} from "#server/domain/item/schema.ts";
import { may } from "../may.ts";
import { type Ctx, query } from "../verb.ts";
import { filtered } from "./filtered.ts";
import { groupRank, groupText, type Order, orderOf } from "./order.ts";

const PEOPLE_MAX = 500;
const DOCUMENTS_MAX = 2000;

/**
 * A whole list as its shape: how many rows it has, of each group how many, and behind which row each page begins, so
 * that any place of it can be read at once without counting up to it.
 */
export const outlineItems = query({
  action: "register.read",
  input: itemListSchema,
  run: async (ctx, list) => {
    const order = await orderOf(ctx.db, list);
    const { by } = order.groups ?? { by: null };
    const [total, begins, groups] = await Promise.all([
      ctx.db.$count(item, filtered(ctx.db, list.filter, ctx.clock())),
      listBegins(ctx, { filter: list.filter, order }),
      list.group === null || by === null ? null : countBy(ctx, list.filter, by),
    ]);
    const values = order.groups?.values ?? [];
    return {
      total,
      begins,
      groups: groups?.toSorted((one, two) => values.indexOf(one.value) - values.indexOf(two.value)) ?? null,
    };
  },
});

/** The last row of each full page; the next page begins behind it. */
async function listBegins(
  ctx: Ctx,
  { filter, order }: { filter: ItemFilter; order: Order },
): Promise<ItemCursor[]> {
  const direction = order.isDown ? desc : asc;
  const rank = order.groups === null ? sql`1` : groupRank(order.groups);
  const numbered = ctx.db
    .select({
      group: (order.groups === null ? sql<string | null>`null::text` : groupText(order.groups.by)).as(
        "group_value",
      ),
      key: order.key.as("order_key"),
      id: item.id,
      number:
        sql<number>`row_number() over (order by ${rank}, ${direction(order.by)}, ${direction(item.id)})`.as(
          "number",
        ),
    })
    .from(item)
    .where(filtered(ctx.db, filter, ctx.clock()))
    .as("numbered");
  return ctx.db
    .select({ group: numbered.group, key: numbered.key, id: numbered.id })
    .from(numbered)
    .where(sql`${numbered.number} % ${ITEM_PAGE} = 0`)
    .orderBy(numbered.number);
}

/** How many items there are of each value of a group. */
async function countBy(
  ctx: Ctx,
  filter: ItemFilter,
  by: ItemGroup,
): Promise<{ value: string; count: number }[]> {
  const value = groupText(by);
  return ctx.db
    .select({ value, count: count() })
    .from(item)
    .where(filtered(ctx.db, filter, ctx.clock()))
    .groupBy(value);
}

/** How many items each choice of a filter would show, everything else chosen as it is; and what there is to choose. */
export const readFacets = query({
  action: "register.read",
  input: itemListSchema.pick({ filter: true }),
  run: async (ctx, { filter }) => {
    const [kind, state, owner, document, people, documents] = await Promise.all([
      countBy(ctx, { ...filter, kinds: [] }, "kind"),
      countBy(ctx, { ...filter, states: [] }, "state"),
      countBy(ctx, { ...filter, owner: null }, "owner"),
      countBy(ctx, { ...filter, document: null }, "document"),
      ctx.db
        .select({
          id: person.id,
          name: person.name,
          isDisabled: isNotNull(person.disabledAt).mapWith(Boolean),
        })
        .from(person)
        .orderBy(asc(person.name))
        .limit(PEOPLE_MAX),
      ctx.db
        .select({ id: registerDocument.id, path: registerDocument.path, kind: registerDocument.kind })
        .from(registerDocument)
        .orderBy(asc(registerDocument.path))
        .limit(DOCUMENTS_MAX),
    ]);
    return {
      counts: { kind, state, owner, document },
      people,
      documents,
      today: ctx.clock(),
      may: { edit: may(ctx, "item.edit"), create: may(ctx, "item.create") },
    };
  },
});
