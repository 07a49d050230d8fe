import { asc, desc, isNull, eq, type SQL, sql } from "drizzle-orm";
import * as z from "zod";
import type { Db } from "#db/client.ts";
import { person } from "#db/schema/person.ts";
import { item, registerDocument } from "#db/schema/register.ts";
import { DomainError } from "#server/domain/error/domain-error.ts";
import type { ItemGroup } from "#server/domain/item/choices.ts";
import type { ItemCursor, ItemList } from "#server/domain/item/schema.ts";
import { RECORD_KINDS, RECORD_STATES } from "#server/domain/register/record.ts";

/** How a list is walked: within its groups by one key, and rows of the same key by id. Never by an offset. */
export interface Order {
  /** Values of the group in order, "" for nothing; null where the list is not grouped. */
  groups: { by: ItemGroup; values: readonly string[] } | null;
  /** What rows are ordered by; an index has it. */
  by: SQL;
  /** The same as text that can be handed back. */
  key: SQL<string>;
  isDown: boolean;
}

type Inner = "code" | "age" | "due" | "changed";

const instant = (column: SQL): SQL<string> => sql`to_char(${column}, 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;

/** Expressions as the indices of the table have them. */
const INNER: Record<
  Inner,
  { by: SQL; key: SQL<string>; read: z.ZodType<string>; back: (key: string) => SQL }
> = {
  code: {
    by: sql`${item.codeOrder}`,
    key: sql`${item.codeOrder}`,
    read: z.string().max(4000),
    back: (key) => sql`${key}`,
  },
  age: {
    by: sql`${item.createdAt}`,
    key: instant(sql`${item.createdAt}`),
    read: z.iso.datetime(),
    back: (key) => sql`${key}::timestamptz`,
  },
  due: {
    by: sql`coalesce(${item.dueOn}, 'infinity'::date)`,
    key: sql`coalesce(${item.dueOn}, 'infinity'::date)::text`,
    read: z.union([z.iso.date(), z.literal("infinity")]),
    back: (key) => sql`${key}::date`,
  },
  changed: {
    by: sql`${item.changedAt}`,
    key: instant(sql`${item.changedAt}`),
    read: z.iso.datetime(),
    back: (key) => sql`${key}::timestamptz`,
  },
};

function innerOf({ sort }: ItemList): Inner {
  return sort === "state" || sort === "owner" ? "code" : sort;
}

/** The order that a list asks for. An order by state or owner is a walk through groups of them. */
export async function orderOf(db: Db, list: ItemList): Promise<Order> {
  const bySort = list.group === null && (list.sort === "state" || list.sort === "owner") ? list.sort : null;
  const by = list.group ?? bySort;
  const { by: expression, key } = INNER[innerOf(list)];
  const isInnerDown = bySort === null && (list.sort === "age" ? !list.descending : list.descending);
  if (by === null) return { groups: null, by: expression, key, isDown: isInnerDown };
  const values = await listGroupValues(db, by);
  const isReversed = bySort !== null && list.descending;
  return {
    groups: { by, values: isReversed ? values.toReversed() : values },
    by: expression,
    key,
    isDown: isInnerDown,
  };
}

/** Every value of a group that an item can have, in the order in which people read them. */
async function listGroupValues(db: Db, by: ItemGroup): Promise<readonly string[]> {
  switch (by) {
    case "kind":
      return RECORD_KINDS;
    case "state":
      return RECORD_STATES;
    case "owner": {
      const used = sql`exists (select 1 from ${item} where ${item.ownerId} = ${person.id} and ${item.removedAt} is null)`;
      const people = await db
        .select({ id: person.id })
        .from(person)
        .where(used)
        .orderBy(asc(person.name), asc(person.id));
      return [...people.map(({ id }) => id), ""];
    }
    case "document": {
      const used = sql`exists (select 1 from ${item} where ${item.documentId} = ${registerDocument.id} and ${item.removedAt} is null)`;
      const documents = await db
        .select({ id: registerDocument.id })
        .from(registerDocument)
        .where(used)
        .orderBy(asc(registerDocument.path));
      return documents.map(({ id }) => id);
    }
  }
}

export const GROUP_COLUMNS = {
  kind: item.kind,
  state: item.state,
  owner: item.ownerId,
  document: item.documentId,
} as const;

/** The value of a group as text, "" for nothing. */
export const groupText = (by: ItemGroup): SQL<string> =>
  sql<string>`coalesce(${GROUP_COLUMNS[by]}::text, '')`;

export function isInGroup(by: ItemGroup, value: string): SQL {
  return value === "" ? isNull(GROUP_COLUMNS[by]) : eq(sql`${GROUP_COLUMNS[by]}`, value);
}

/** Place of a row's group among the values, for statements over all groups at once. */
export function groupRank({ by, values }: NonNullable<Order["groups"]>): SQL {
  return sql`array_position(${sql.param([...values])}::text[], ${groupText(by)})`;
}

/** The ORDER BY within a group. */
export function walk({ by, isDown }: Order): SQL[] {
  return isDown ? [desc(by), desc(item.id)] : [asc(by), asc(item.id)];
}

/** Rows behind the cursor, within its group. A cursor that was not handed out is refused as `invalid`. */
export function behind(list: ItemList, order: Order, { key, id }: ItemCursor): SQL {
  const { read, back } = INNER[innerOf(list)];
  if (!read.safeParse(key).success) throw refusedCursor();
  const [left, right] = [sql`(${order.by}, ${item.id})`, sql`(${back(key)}, ${id}::uuid)`];
  return order.isDown ? sql`${left} < ${right}` : sql`${left} > ${right}`;
}

export function refusedCursor(): DomainError {
  return new DomainError(
    "invalid",
    "This page begins nowhere in the list. Read the list from its beginning.",
    {
      reason: "bad_cursor",
      field: "after",
    },
  );
}
