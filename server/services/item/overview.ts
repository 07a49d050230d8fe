import { and, count, desc, eq, isNull, sql } from "drizzle-orm";
import { alias } from "drizzle-orm/pg-core";
import * as z from "zod";
import type { Db } from "#db/client.ts";
import { cloud } from "#db/schema/cloud.ts";
import { item, itemLink } from "#db/schema/register.ts";
import { tenant } from "#db/schema/tenant.ts";
import { AGES, FRESHNESS, NO_ITEM_FILTER } from "#server/domain/item/choices.ts";
import type { ItemFilter } from "#server/domain/item/schema.ts";
import { stageProgress } from "#server/domain/tenant/progress.ts";
import { getNewestVersion, ONBOARDING_SLUG, readRunbook } from "../runbook/published.ts";
import { listStageJobs } from "../tenant/stage-jobs.ts";
import { type Ctx, query } from "../verb.ts";
import { dayOf, filtered } from "./filtered.ts";

const WEEKS = 12;
const DAY_MS = 24 * 60 * 60 * 1000;
/** Rulings that hold something up, those that hold up most first. */
const RULINGS_MAX = 20;

/** The registers at a glance: what is open and how old, what nobody has, what holds up what, and what checks still say. */
export const readOverview = query({
  action: "register.read",
  input: z.strictObject({}),
  run: async (ctx) => {
    const counted = (filter: Partial<ItemFilter>) =>
      ctx.db.$count(item, filtered(ctx.db, { ...NO_ITEM_FILTER, ...filter }, ctx.clock()));
    const each = <K extends string>(keys: readonly K[], filterOf: (key: K) => Partial<ItemFilter>) =>
      Promise.all(keys.map(async (key) => ({ key, count: await counted(filterOf(key)) })));
    const [open, overdue, soon, unowned, undated, blocked, ages, checks, weeks, rulings, stages] =
      await Promise.all([
        counted({}),
        counted({ due: "overdue" }),
        counted({ due: "soon" }),
        counted({ owner: "nobody" }),
        counted({ due: "none" }),
        counted({ linked: "blocked" }),
        each(AGES, (age) => ({ age })),
        each(FRESHNESS, (fresh) => ({ fresh })),
        countWeeks(ctx.db, ctx.clock()),
        listRulings(ctx.db),
        countStages(ctx),
      ]);
    return {
      at: ctx.clock(),
      open,
      overdue,
      soon,
      unowned,
      undated,
      blocked,
      ages,
      checks,
      weeks,
      rulings,
      stages,
    };
  },
});

/** How many items of each kind were open at the end of a day in each of the last weeks, the newest last. */
async function countWeeks(db: Db, now: Date) {
  const days = Array.from({ length: WEEKS }, (_, at) =>
    dayOf(new Date(now.getTime() - (WEEKS - at) * 7 * DAY_MS + 6 * DAY_MS)),
  );
  const ends = days.map((day) => new Date(Date.parse(`${day}T00:00:00.000Z`) + DAY_MS).toISOString());
  const sums = sql.join(
    ends.map(
      (end) =>
        sql`count(*) filter (where ${item.createdAt} < ${end} and (${item.closedAt} is null or ${item.closedAt} >= ${end}))`,
    ),
    sql`, `,
  );
  const rows = await db
    .select({ kind: item.kind, counts: sql<string[]>`array[${sums}]::text[]` })
    .from(item)
    .where(isNull(item.removedAt))
    .groupBy(item.kind);
  return {
    days,
    kinds: rows
      .map(({ kind, counts }) => ({ kind, counts: counts.map(Number) }))
      .filter(({ counts }) => counts.some((some) => some > 0)),
  };
}

const waiting = alias(item, "waiting");

/** Open rulings and proposals with how many open items wait for each. */
function listRulings(db: Db) {
  return db
    .select({
      id: item.id,
      code: item.code,
      title: item.title,
      state: item.state,
      createdAt: item.createdAt,
      waiting: count(waiting.id),
    })
    .from(item)
    .innerJoin(itemLink, eq(itemLink.toItemId, item.id))
    .innerJoin(waiting, eq(waiting.id, itemLink.itemId))
    .where(
      and(
        isNull(item.removedAt),
        isNull(item.closedAt),
        sql`${item.kind} in ('R', 'decision')`,
        eq(itemLink.kind, "blocked_by"),
        eq(itemLink.state, "confirmed"),
        isNull(waiting.closedAt),
        isNull(waiting.removedAt),
      ),
    )
    .groupBy(item.id)
    .orderBy(desc(count(waiting.id)), item.codeOrder)
    .limit(RULINGS_MAX);
}

/** How many tenants stand at which stage of their onboarding, over all clouds. */
async function countStages(ctx: Ctx): Promise<{ key: string; title: string; count: number }[]> {
  const clouds = await ctx.db.select({ id: cloud.id }).from(cloud).where(eq(cloud.kind, "openstack"));
  if (clouds.length === 0) return [];
  const { stages } = readRunbook(await getNewestVersion(ctx.db, ONBOARDING_SLUG));
  const keys = stages.map(({ key }) => key);
  const counts = new Map<string, number>();
  for (const { id } of clouds) {
    const [tenants, jobs] = await Promise.all([
      ctx.db.select({ id: tenant.id }).from(tenant).where(eq(tenant.cloudId, id)),
      listStageJobs(ctx.db, { cloudId: id }),
    ]);
    const own = Map.groupBy(jobs, ({ tenantId }) => tenantId);
    for (const { id: tenantId } of tenants) {
      const progress = stageProgress(keys, own.get(tenantId) ?? []);
      const key = keys.find((one) => progress.get(one)?.isPassed !== true) ?? DONE;
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
  }
  return [
    ...stages.map(({ key, title }) => ({ key, title, count: counts.get(key) ?? 0 })),
    { key: DONE, title: "All stages passed", count: counts.get(DONE) ?? 0 },
  ];
}

const DONE = "done";
