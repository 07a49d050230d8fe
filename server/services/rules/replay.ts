import { and, asc, eq, gt, inArray, ne } from "drizzle-orm";
import type { Db } from "#db/client.ts";
import { approval, job } from "#db/schema/job.ts";
import { person } from "#db/schema/person.ts";
import { REPLAY_DAYS } from "#server/domain/rule/limits.ts";
import { subjectOfJob } from "#server/domain/rule/job-rules.ts";
import { describeReplay, replayDecision } from "#server/domain/rule/replay.ts";
import { requirementOf } from "#server/domain/rule/requirement.ts";
import type { RuleSet } from "#server/domain/rule/rule.ts";

const JOBS_MAX = 2000;
/** States that a job reaches only after it was approved. */
const APPROVED = [
  "approved",
  "queued",
  "running",
  "succeeded",
  "failed",
  "refused",
  "cancelled",
  "outcome_unknown",
] as const;

/** What the last 30 days of approved changes would have become under these rules, in sentences. */
export async function replayRules(db: Db, set: RuleSet, at: Date): Promise<string[]> {
  const since = new Date(at.getTime() - REPLAY_DAYS * 24 * 60 * 60 * 1000);
  const jobs = await db
    .select({ id: job.id, number: job.number, rules: job.rules, startedAt: job.startedAt })
    .from(job)
    .where(and(gt(job.requestedAt, since), ne(job.effect, "read"), inArray(job.state, [...APPROVED])))
    .orderBy(asc(job.number))
    .limit(JOBS_MAX);
  const given = await db
    .select({ jobId: approval.jobId, id: person.id, name: person.name })
    .from(approval)
    .innerJoin(person, eq(person.id, approval.personId))
    .where(and(eq(approval.decision, "approve"), gt(approval.at, since)));
  const byJob = Map.groupBy(given, ({ jobId }) => jobId);
  const replayed = jobs.map(({ id, number, rules, startedAt }) => {
    const subject = subjectOfJob(rules);
    const needed = subject === null ? null : requirementOf(set, subject);
    return replayDecision({ number, startedAt, approvedBy: byJob.get(id) ?? [] }, needed);
  });
  return describeReplay(replayed, REPLAY_DAYS);
}
