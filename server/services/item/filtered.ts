import { and, eq, exists, inArray, isNotNull, isNull, not, or, type SQL, sql } from "drizzle-orm";
import { alias } from "drizzle-orm/pg-core";
import type { Db } from "#db/client.ts";
import { item, itemLink } from "#db/schema/register.ts";
import { AGES, SOON_DAYS } from "#server/domain/item/choices.ts";
import type { ItemFilter } from "#server/domain/item/schema.ts";
import { searchQuery } from "./search-text.ts";

const DAY_MS = 24 * 60 * 60 * 1000;

/** `2026-03-04`: the day of a moment, UTC. */
export const dayOf = (at: Date): string => at.toISOString().slice(0, 10);
const daysFrom = (at: Date, days: number) => new Date(at.getTime() + days * DAY_MS);

/** The condition that a filter stands for, on items that are still in their register. */
export function filtered(db: Db, filter: ItemFilter, now: Date): SQL | undefined {
  return and(
    isNull(item.removedAt),
    shown(filter),
    filter.kinds.length === 0 ? undefined : inArray(item.kind, filter.kinds),
    filter.states.length === 0 ? undefined : inArray(item.state, filter.states),
    owned(filter.owner),
    due(filter.due, now),
    filter.document === null ? undefined : eq(item.documentId, filter.document),
    linked(db, filter),
    aged(filter.age, now),
    fresh(filter.fresh, now),
    openOn(filter.openOn),
    searched(filter.text),
  );
}

function shown({ show, openOn: day, states, fresh: freshness }: ItemFilter): SQL | undefined {
  // A state, a day of the past or what a check says is asked for by itself, whether it is open now or not.
  if (show === "all" || day !== null || states.length > 0 || freshness !== null) return undefined;
  return show === "open" ? isNull(item.closedAt) : isNotNull(item.closedAt);
}

function owned(owner: ItemFilter["owner"]): SQL | undefined {
  if (owner === null) return undefined;
  return owner === "nobody" ? isNull(item.ownerId) : eq(item.ownerId, owner);
}

function due(which: ItemFilter["due"], now: Date): SQL | undefined {
  const today = dayOf(now);
  const soon = dayOf(daysFrom(now, SOON_DAYS));
  switch (which) {
    case null:
      return undefined;
    case "none":
      return isNull(item.dueOn);
    case "overdue":
      return and(isNull(item.closedAt), sql`${item.dueOn} < ${today}`);
    case "soon":
      return and(isNull(item.closedAt), sql`${item.dueOn} between ${today} and ${soon}`);
    case "later":
      return and(isNull(item.closedAt), sql`${item.dueOn} > ${soon}`);
  }
}

const other = alias(item, "other");

/** Items that wait for another which is open, or which no register has. */
export function isBlocked(db: Db): SQL {
  const openOther = db
    .select({ one: sql`1` })
    .from(other)
    .where(and(eq(other.id, itemLink.toItemId), isNull(other.closedAt), isNull(other.removedAt)));
  return exists(
    db
      .select({ one: sql`1` })
      .from(itemLink)
      .where(and(eq(itemLink.itemId, item.id), CONFIRMED, or(isNull(itemLink.toItemId), exists(openOther)))),
  );
}

const CONFIRMED = and(eq(itemLink.kind, "blocked_by"), eq(itemLink.state, "confirmed"));

function linked(db: Db, { linked: which, waitsFor }: ItemFilter): SQL | undefined {
  const waiting = db
    .select({ one: sql`1` })
    .from(other)
    .where(and(eq(other.id, itemLink.itemId), isNull(other.closedAt), isNull(other.removedAt)));
  const holdsUp = exists(
    db
      .select({ one: sql`1` })
      .from(itemLink)
      .where(and(eq(itemLink.toItemId, item.id), CONFIRMED, exists(waiting))),
  );
  const waits = exists(
    db
      .select({ one: sql`1` })
      .from(itemLink)
      .where(and(eq(itemLink.itemId, item.id), CONFIRMED, eq(itemLink.toCode, waitsFor ?? ""))),
  );
  return and(
    which === "blocked" ? isBlocked(db) : undefined,
    which === "blocking" ? and(isNull(item.closedAt), holdsUp) : undefined,
    waitsFor === null ? undefined : waits,
  );
}

function aged(age: ItemFilter["age"], now: Date): SQL | undefined {
  if (age === null) return undefined;
  const next = AGES[AGES.indexOf(age) + 1];
  const youngest = daysFrom(now, -Number(age)).toISOString();
  const oldest = next === undefined ? null : daysFrom(now, -Number(next)).toISOString();
  return and(
    sql`${item.createdAt} <= ${youngest}`,
    oldest === null ? undefined : sql`${item.createdAt} > ${oldest}`,
  );
}

/** What a check's newest result says now: the sweep may not have been there yet, the clock has. */
function fresh(which: ItemFilter["fresh"], now: Date): SQL | undefined {
  if (which === null) return undefined;
  const at = now.toISOString();
  const soon = daysFrom(now, SOON_DAYS).toISOString();
  const isPassed = and(eq(item.kind, "V"), eq(item.state, "passed"));
  const isOver = sql`${item.countsUntil} <= ${at}`;
  const isEnding = sql`${item.countsUntil} <= ${soon}`;
  const ended = and(inArray(item.state, ["passed", "risk_accepted"]), isOver);
  switch (which) {
    case "fresh":
      return and(isPassed, or(isNull(item.countsUntil), not(isEnding)));
    case "ending":
      return and(isPassed, isEnding, not(isOver));
    case "stale":
      return and(eq(item.kind, "V"), or(inArray(item.state, ["stale", "expired"]), ended));
    case "risk":
      return and(
        eq(item.kind, "V"),
        eq(item.state, "risk_accepted"),
        or(isNull(item.countsUntil), not(isOver)),
      );
    case "failed":
      return and(eq(item.kind, "V"), eq(item.state, "failed"));
    case "never":
      return and(eq(item.kind, "V"), eq(item.state, "open"));
    case "retired":
      return and(eq(item.kind, "V"), eq(item.state, "retired"));
  }
}

function openOn(day: string | null): SQL | undefined {
  if (day === null) return undefined;
  const end = daysFrom(new Date(`${day}T00:00:00.000Z`), 1).toISOString();
  return and(sql`${item.createdAt} < ${end}`, or(isNull(item.closedAt), sql`${item.closedAt} >= ${end}`));
}

function searched(text: string): SQL | undefined {
  if (text.trim() === "") return undefined;
  const query = searchQuery(text);
  // Nothing but marks is in no word.
  return query === null ? sql`false` : sql`${item.search} @@ to_tsquery('simple', ${query})`;
}
