import { and, asc, desc, eq, inArray, isNull, sql } from "drizzle-orm";
import * as z from "zod";
import { checkRun } from "#db/schema/check.ts";
import { person } from "#db/schema/person.ts";
import { checkResult, item, registerDocument } from "#db/schema/register.ts";
import { listHosts } from "../host/rows.ts";
import { may } from "../may.ts";
import { type Ctx, query } from "../verb.ts";
import { listCheckFacts } from "./facts.ts";
import { standingOf } from "./standing.ts";
import { checkOf, listSettings, UNSET } from "./subject.ts";

/** Checks in one list; the board has every other. */
const CHECKS_LIMIT = 300;

/** V items, those that are still looked after first, each with its last result and how much that still says. */
export const listChecks = query({
  action: "check.read",
  input: z.strictObject({}),
  run: async (ctx) => {
    const found = await ctx.db
      .select({ item, document: registerDocument.path, owner: person.name })
      .from(item)
      .innerJoin(registerDocument, eq(registerDocument.id, item.documentId))
      .leftJoin(person, eq(person.id, item.ownerId))
      .where(and(eq(item.kind, "V"), isNull(item.removedAt)))
      .orderBy(sql`${item.state} = 'retired'`, asc(item.codeOrder), asc(item.id))
      .limit(CHECKS_LIMIT + 1);
    const rows = found.slice(0, CHECKS_LIMIT);
    const ids = rows.map(({ item: { id } }) => id);
    const [results, running] = await Promise.all([newestResults(ctx, ids), listOpenRuns(ctx, ids)]);
    const now = ctx.clock();
    const [settings, hosts] = await Promise.all([listSettings(ctx.db, ids), listHosts(ctx.db)]);
    const subjects = rows.map(({ item: row, document, owner }) => {
      return { ...checkOf(row, settings.get(row.id) ?? UNSET, hosts), document, owner };
    });
    const known = await listCheckFacts(ctx.db, subjects);
    const checks = known.map(({ subject: { item: row, settings: set, document, owner }, facts }) => ({
      id: row.id,
      code: row.code,
      title: row.title,
      state: row.state,
      document,
      owner,
      hasBlock: row.content.kind === "item" && row.content.item.parts.some(({ kind }) => kind === "block"),
      freshMinutes: set.freshMinutes,
      standing: standingOf({ facts, countsUntil: row.countsUntil, now }),
      result: results.get(row.id) ?? null,
      runId: running.get(row.id) ?? null,
    }));
    const isWhole = found.length <= CHECKS_LIMIT;
    return { checks, isWhole, may: { run: may(ctx, "check.run"), attest: may(ctx, "check.attest") } };
  },
});

async function newestResults(ctx: Ctx, ids: readonly string[]) {
  if (ids.length === 0) return new Map<string, never>();
  const rows = await ctx.db
    .selectDistinctOn([checkResult.itemId], {
      itemId: checkResult.itemId,
      outcome: checkResult.outcome,
      at: checkResult.at,
      by: person.name,
      countsUntil: checkResult.countsUntil,
      reason: checkResult.reason,
    })
    .from(checkResult)
    .innerJoin(person, eq(person.id, checkResult.personId))
    .where(inArray(checkResult.itemId, [...ids]))
    .orderBy(checkResult.itemId, desc(checkResult.seq));
  return new Map(rows.map((row) => [row.itemId, row]));
}

async function listOpenRuns(ctx: Ctx, ids: readonly string[]): Promise<Map<string, string>> {
  if (ids.length === 0) return new Map();
  const rows = await ctx.db
    .select({ id: checkRun.id, itemId: checkRun.itemId })
    .from(checkRun)
    .where(and(inArray(checkRun.itemId, [...ids]), inArray(checkRun.state, ["requested", "running"])));
  return new Map(rows.map(({ id, itemId }) => [itemId, id]));
}
