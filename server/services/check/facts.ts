import { and, desc, eq, inArray, isNotNull, ne, sql } from "drizzle-orm";
import type { Db, Tx } from "#db/client.ts";
import { checkRun } from "#db/schema/check.ts";
import { cloud } from "#db/schema/cloud.ts";
import { job } from "#db/schema/job.ts";
import type { CheckTarget } from "#server/domain/check/schema.ts";
import { assert } from "#server/domain/error/domain-error.ts";
import type { CheckFacts } from "#server/domain/register/lifecycle/check.ts";
import { CHECK_STATES } from "#server/domain/register/lifecycle/states.ts";
import { listNewestRuns } from "../item-move/results.ts";
import type { CheckSubject } from "./subject.ts";

const MINUTE_MS = 60_000;

/**
 * A check as its lifecycle looks at it. A run counts from its start: what changed while it ran came after it. One of
 * another block, host or parameters than are there now shows nothing about this check.
 */
export async function readCheckFacts(
  db: Db | Tx,
  subject: Pick<CheckSubject, "item" | "settings" | "digest">,
): Promise<CheckFactsNow> {
  const [found] = await listCheckFacts(db, [subject]);
  assert(found !== undefined, "each check that is asked about has facts");
  return found.facts;
}

type CheckFactsNow = CheckFacts & { isOtherBlock: boolean };

/** The same of many checks, in their order, with as many reads as for one. */
export async function listCheckFacts<T extends Pick<CheckSubject, "item" | "settings" | "digest">>(
  db: Db | Tx,
  subjects: readonly T[],
): Promise<{ subject: T; facts: CheckFactsNow }[]> {
  const ids = subjects.map(({ item: { id } }) => id);
  // One after another: within a transaction there is one connection.
  const lastRuns = await listLastResults(db, ids);
  const newest = await listNewestRuns(db, ids);
  const changes = await listTargetChanges(
    db,
    subjects.flatMap(({ settings: { target } }) => (target === null ? [] : [target])),
  );
  return subjects.map((subject) => {
    const { item, settings, digest } = subject;
    const state = CHECK_STATES.find((one) => one === item.state);
    assert(state !== undefined, `${item.code} is in a state of checks`);
    const lastRun = lastRuns.get(item.id) ?? null;
    const isOfOther = lastRun !== null && lastRun.digest !== digest;
    // What somebody attested since is no run's result, and does not lapse with the run's block.
    const isAttested = newest.get(item.id)?.runId === null;
    const facts = {
      isOtherBlock: isOfOther && !isAttested,
      id: item.code,
      state,
      freshForMs: settings.freshMinutes * MINUTE_MS,
      mustDifferFrom: item.mustDifferFrom,
      lastRun: lastRun === null || isOfOther ? null : { at: lastRun.startedAt, digest: lastRun.observed },
      targetChangedAt: settings.target === null ? null : (changes.get(keyOf(settings.target)) ?? null),
    };
    return { subject, facts };
  });
}

/** A run that ended by itself: the only kind that shows something. */
interface LastResult {
  id: string;
  digest: string;
  startedAt: Date;
  observed: string;
}

/** The newest run of a check that shows something. */
export async function findLastResult(db: Db | Tx, itemId: string): Promise<LastResult | null> {
  return (await listLastResults(db, [itemId])).get(itemId) ?? null;
}

async function listLastResults(db: Db | Tx, itemIds: readonly string[]): Promise<Map<string, LastResult>> {
  const rows = await db
    .selectDistinctOn([checkRun.itemId], {
      itemId: checkRun.itemId,
      id: checkRun.id,
      digest: checkRun.digest,
      startedAt: checkRun.startedAt,
      observed: checkRun.observed,
    })
    .from(checkRun)
    .where(and(inArray(checkRun.itemId, [...itemIds]), eq(checkRun.ending, "exited")))
    .orderBy(checkRun.itemId, desc(checkRun.startedAt));
  return new Map(
    rows.flatMap(({ itemId, id, digest, startedAt, observed }) =>
      startedAt === null || observed === null ? [] : [[itemId, { id, digest, startedAt, observed }] as const],
    ),
  );
}

const keyOf = (target: CheckTarget): string =>
  target.kind === "cloud" ? `cloud ${target.cloudName}` : `tenant ${target.tenantId}`;

/**
 * When a job last changed what a check looks at, or may have: one that failed half-way has changed something as well.
 * What nothing ever changed is not in it.
 */
async function listTargetChanges(
  db: Db | Tx,
  targets: readonly CheckTarget[],
): Promise<ReadonlyMap<string, Date>> {
  const clouds = targets.flatMap((target) => (target.kind === "cloud" ? [target.cloudName] : []));
  const tenants = targets.flatMap((target) => (target.kind === "tenant" ? [target.tenantId] : []));
  const at = sql`max(coalesce(${job.finishedAt}, ${job.stateChangedAt}))`.mapWith(job.stateChangedAt);
  const isChange = and(ne(job.effect, "read"), isNotNull(job.startedAt));
  const ofClouds =
    clouds.length === 0
      ? []
      : await db
          .select({ name: cloud.name, at })
          .from(job)
          .innerJoin(cloud, eq(cloud.id, job.cloudId))
          .where(and(isChange, inArray(cloud.name, clouds)))
          .groupBy(cloud.name);
  const ofTenants =
    tenants.length === 0
      ? []
      : await db
          .select({ id: job.tenantId, at })
          .from(job)
          .where(and(isChange, inArray(job.tenantId, tenants)))
          .groupBy(job.tenantId);
  return new Map([
    ...ofClouds.map(({ name, at: last }) => [`cloud ${name}`, last] as const),
    ...ofTenants.map(({ id, at: last }) => [`tenant ${id}`, last] as const),
  ]);
}
