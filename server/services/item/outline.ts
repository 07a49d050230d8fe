import { asc, count, desc, isNotNull, sql } from "drizzle-orm";
import { person } from "#db/schema/person.ts";
import { item, registerDocument } from "#db/schema/register.ts";
import { ITEM_GROUPS, ITEM_PAGE, type ItemGroup } from "#server/domain/item/choices.ts";
import { type ItemCursor, type ItemFilter, itemListSchema } from "#server/domain/item/schema.ts";
import { may } from "../may.ts";
import { type Ctx, query } from "../verb.ts";
import { filtered } from "./filtered.ts";
import { GROUP_COLUMNS, groupRank, groupText, type Order, orderOf } from "./order.ts";

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

/** A filter without what it says of a group, so that the group's other values are counted too. */
const WITHOUT: Record<ItemGroup, Partial<ItemFilter>> = {
  kind: { kinds: [] },
  state: { states: [] },
  owner: { owner: null },
  document: { document: null },
};

/** Counts by every group. Those that the filter says nothing of are counted in one pass over the items. */
async function countEach(ctx: Ctx, filter: ItemFilter): Promise<Record<ItemGroup, ValueCount[]>> {
  const isFree: Record<ItemGroup, boolean> = {
    kind: filter.kinds.length === 0,
    state: filter.states.length === 0,
    owner: filter.owner === null,
    document: filter.document === null,
  };
  const together = await countTogether(
    ctx,
    filter,
    ITEM_GROUPS.filter((by) => isFree[by]),
  );
  const of = async (by: ItemGroup) =>
    isFree[by]
      ? together.flatMap((row) => (row.by === by ? [{ value: row.value, count: row.count }] : []))
      : countBy(ctx, { ...filter, ...WITHOUT[by] }, by);
  const [kind, state, owner, document] = await Promise.all([
    of("kind"),
    of("state"),
    of("owner"),
    of("document"),
  ]);
  return { kind, state, owner, document };
}

async function countTogether(
  ctx: Ctx,
  filter: ItemFilter,
  groups: readonly ItemGroup[],
): Promise<(ValueCount & { by: ItemGroup })[]> {
  if (groups.length === 0) return [];
  const sets = sql.join(
    groups.map((by) => sql`(${GROUP_COLUMNS[by]})`),
    sql`, `,
  );
  const which = sql.join(
    groups.map((by) => sql`when grouping(${GROUP_COLUMNS[by]}) = 0 then ${sql.raw(`'${by}'`)}`),
    sql` `,
  );
  const value = sql.join(
    groups.map((by) => sql`when grouping(${GROUP_COLUMNS[by]}) = 0 then ${groupText(by)}`),
    sql` `,
  );
  return ctx.db
    .select({ by: sql<ItemGroup>`case ${which} end`, value: sql<string>`case ${value} end`, count: count() })
    .from(item)
    .where(filtered(ctx.db, filter, ctx.clock()))
    .groupBy(sql`grouping sets (${sets})`);
}

interface ValueCount {
  value: string;
  count: number;
}

/** How many items there are of each value of a group. */
async function countBy(ctx: Ctx, filter: ItemFilter, by: ItemGroup): Promise<ValueCount[]> {
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
    const [counts, people, documents] = await Promise.all([
      countEach(ctx, filter),
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
      counts,
      people,
      documents,
      today: ctx.clock(),
      may: {
        edit: may(ctx, "item.edit"),
        create: may(ctx, "item.create"),
        addChange: may(ctx, "change.add"),
      },
    };
  },
});
