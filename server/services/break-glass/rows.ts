import { asc, desc, eq, inArray, sql } from "drizzle-orm";
import type { Db, Tx } from "#db/client.ts";
import { breakGlass, breakGlassReview } from "#db/schema/break-glass.ts";
import { job } from "#db/schema/job.ts";
import { person } from "#db/schema/person.ts";
import { proposal } from "#db/schema/proposal.ts";
import { approvalRuleSet } from "#db/schema/rule.ts";
import type { MadeRules } from "#server/domain/break-glass/decide.ts";
import { REVIEWS_NEEDED } from "#server/domain/break-glass/limits.ts";
import { ruleSetSchema } from "#server/domain/rule/schema.ts";

/** As in the trigger that counts them: whoever breaks the glass waits for whoever does so at the moment. */
const GLASS_LOCK = 7_030_437;

export async function takeGlassLock(tx: Tx): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock(${GLASS_LOCK})`);
}

/** The emergency that let a job go, with who looked at it since; null when it went the usual way. */
export async function findBreakGlass(db: Db | Tx, jobId: string) {
  const [row] = await db
    .select({ row: breakGlass, person: { id: person.id, name: person.name } })
    .from(breakGlass)
    .innerJoin(person, eq(person.id, breakGlass.personId))
    .where(eq(breakGlass.jobId, jobId));
  if (!row) return null;
  const reviews = await db
    .select({
      person: { id: person.id, name: person.name },
      note: breakGlassReview.note,
      at: breakGlassReview.at,
    })
    .from(breakGlassReview)
    .innerJoin(person, eq(person.id, breakGlassReview.personId))
    .where(eq(breakGlassReview.jobId, jobId))
    .orderBy(asc(breakGlassReview.at));
  const { digest, requestedBy, reason, reviewBy, at } = row.row;
  return { person: row.person, digest, requestedBy, reason, reviewBy, at, reviews };
}

/** Emergencies that two people have not looked at yet, oldest first. */
export async function listUnreviewed(db: Db | Tx) {
  const reviews = db
    .select({ count: sql<number>`count(*)::int` })
    .from(breakGlassReview)
    .where(eq(breakGlassReview.jobId, breakGlass.jobId));
  const reviewers = db
    .select({ ids: sql`coalesce(json_agg(${breakGlassReview.personId}), '[]')` })
    .from(breakGlassReview)
    .where(eq(breakGlassReview.jobId, breakGlass.jobId));
  return db
    .select({
      jobId: breakGlass.jobId,
      number: job.number,
      stageTitle: job.stageTitle,
      personId: breakGlass.personId,
      name: person.name,
      requestedBy: breakGlass.requestedBy,
      reason: breakGlass.reason,
      reviewBy: breakGlass.reviewBy,
      at: breakGlass.at,
      reviews: sql<number>`(${reviews})`,
      reviewedBy: sql<string[]>`(${reviewers})`,
    })
    .from(breakGlass)
    .innerJoin(job, eq(job.id, breakGlass.jobId))
    .innerJoin(person, eq(person.id, breakGlass.personId))
    .where(sql`(${reviews}) < ${REVIEWS_NEEDED}`)
    .orderBy(asc(breakGlass.at));
}

/** Ids among these of jobs that an emergency let go. */
export async function markBroken(db: Db | Tx, jobIds: readonly string[]): Promise<Set<string>> {
  if (jobIds.length === 0) return new Set();
  const rows = await db
    .select({ jobId: breakGlass.jobId })
    .from(breakGlass)
    .where(inArray(breakGlass.jobId, [...jobIds]));
  return new Set(rows.map(({ jobId }) => jobId));
}

/** Ids of all jobs on one cloud that an emergency let go. */
export async function listBrokenOn(db: Db | Tx, cloudId: string): Promise<Set<string>> {
  const rows = await db
    .select({ jobId: breakGlass.jobId })
    .from(breakGlass)
    .innerJoin(job, eq(job.id, breakGlass.jobId))
    .where(eq(job.cloudId, cloudId));
  return new Set(rows.map(({ jobId }) => jobId));
}

/** Every version of the rules, newest first, with who made it. One that cannot be read names nobody. */
export async function listMadeRules(db: Db | Tx): Promise<MadeRules[]> {
  const rows = await db
    .select({
      content: approvalRuleSet.content,
      at: approvalRuleSet.at,
      asked: proposal.requestedBy,
      agreed: proposal.decidedBy,
    })
    .from(approvalRuleSet)
    .leftJoin(proposal, eq(proposal.id, approvalRuleSet.proposalId))
    .orderBy(desc(approvalRuleSet.version));
  return rows.map(({ content, at, asked, agreed }) => ({
    breakGlass: ruleSetSchema.safeParse(content).data?.breakGlass ?? [],
    at,
    by: [asked, agreed].filter((id) => id !== null),
  }));
}
