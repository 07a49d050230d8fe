import { and, desc, eq, isNotNull, ne, sql } from "drizzle-orm";
import type { Db, Tx } from "#db/client.ts";
import { checkRun } from "#db/schema/check.ts";
import { cloud } from "#db/schema/cloud.ts";
import { job } from "#db/schema/job.ts";
import type { CheckTarget } from "#server/domain/check/schema.ts";
import { assert } from "#server/domain/error/domain-error.ts";
import type { CheckFacts } from "#server/domain/register/lifecycle/check.ts";
import { CHECK_STATES } from "#server/domain/register/lifecycle/states.ts";
import { findNewestRun } from "../item-move/results.ts";
import type { CheckSubject } from "./subject.ts";

const MINUTE_MS = 60_000;

/**
 * A check as its lifecycle looks at it. A run counts from its start: what changed while it ran came after it. One of
 * another block, host or parameters than are there now shows nothing about this check.
 */
export async function readCheckFacts(
  db: Db | Tx,
  { item, settings, digest }: Pick<CheckSubject, "item" | "settings" | "digest">,
): Promise<CheckFacts & { isOtherBlock: boolean }> {
  const state = CHECK_STATES.find((one) => one === item.state);
  assert(state !== undefined, `${item.code} is in a state of checks`);
  const lastRun = await findLastResult(db, item.id);
  const isOfOther = lastRun !== null && lastRun.digest !== digest;
  // What somebody attested since is no run's result, and does not lapse with the run's block.
  const newest = isOfOther ? await findNewestRun(db, item.id) : null;
  return {
    isOtherBlock: isOfOther && (newest === null || newest.runId !== null),
    id: item.code,
    state,
    freshForMs: settings.freshMinutes * MINUTE_MS,
    mustDifferFrom: item.mustDifferFrom,
    lastRun: lastRun === null || isOfOther ? null : { at: lastRun.startedAt, digest: lastRun.observed },
    targetChangedAt: await findTargetChange(db, settings.target),
  };
}

/** The newest run that ended by itself: the only kind that shows something. */
export async function findLastResult(
  db: Db | Tx,
  itemId: string,
): Promise<{ id: string; digest: string; startedAt: Date; observed: string } | null> {
  const [row] = await db
    .select({
      id: checkRun.id,
      digest: checkRun.digest,
      startedAt: checkRun.startedAt,
      observed: checkRun.observed,
    })
    .from(checkRun)
    .where(and(eq(checkRun.itemId, itemId), eq(checkRun.ending, "exited")))
    .orderBy(desc(checkRun.startedAt))
    .limit(1);
  if (!row || row.startedAt === null || row.observed === null) return null;
  return { id: row.id, digest: row.digest, startedAt: row.startedAt, observed: row.observed };
}

/**
 * When a job last changed what a check looks at, or may have: one that failed half-way has changed something as well.
 * Null where nothing ever did, or the check names nothing.
 */
export async function findTargetChange(db: Db | Tx, target: CheckTarget | null): Promise<Date | null> {
  if (target === null) return null;
  const [row] = await db
    .select({ at: sql`max(coalesce(${job.finishedAt}, ${job.stateChangedAt}))`.mapWith(job.stateChangedAt) })
    .from(job)
    .innerJoin(cloud, eq(cloud.id, job.cloudId))
    .where(
      and(
        ne(job.effect, "read"),
        isNotNull(job.startedAt),
        target.kind === "cloud" ? eq(cloud.name, target.cloudName) : eq(job.tenantId, target.tenantId),
      ),
    );
  return row?.at ?? null;
}
