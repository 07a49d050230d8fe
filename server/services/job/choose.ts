import { and, desc, eq, isNotNull } from "drizzle-orm";
import type { Db, Tx } from "#db/client.ts";
import { jobChoice } from "#db/schema/job-choice.ts";
import { job, journalEntry } from "#db/schema/job.ts";
import { person } from "#db/schema/person.ts";
import { DomainError } from "#server/domain/error/domain-error.ts";
import { chooseSchema } from "#server/domain/job/schema.ts";
import { isFinal } from "#server/domain/job/states.ts";
import { stagePlanSchema } from "#server/domain/plan/schema.ts";
import { verb } from "../verb.ts";
import { jobObject, type JobRow, lockJob } from "./rows.ts";
import { stepStates } from "./step-states.ts";

/**
 * After a step has failed a person says how the stage goes on: once more, without that step, or not at all. It starts
 * nothing: the next preview goes on from there, and is approved anew.
 */
export const chooseAfterFailure = verb({
  action: "job.choose",
  input: chooseSchema,
  load: (tx, { jobId }) => lockJob(tx, jobId),
  object: jobObject,
  run: async (tx, { person: { personId }, input: { choice, reason }, row, at }) => {
    const failure = await findFailure(tx, row);
    if (failure === null) {
      throw new DomainError("conflict", "No step of this job has failed. Nothing was chosen.", {
        reason: "no_failed_step",
      });
    }
    if (failure.choice !== null) {
      throw new DomainError(
        "conflict",
        `${failure.choice.by} has chosen already: ${failure.choice.choice}. Nothing was changed.`,
        { reason: "chosen" },
      );
    }
    if (!failure.isNewest) {
      throw new DomainError(
        "conflict",
        "A later job of this stage has run since. Nothing was chosen; look at that one.",
        { reason: "not_newest" },
      );
    }
    const { stepId } = failure;
    await tx.insert(jobChoice).values({ jobId: row.id, stepId, choice, reason, personId, at });
    return { output: { stepId, choice }, audit: { number: row.number, stepId, choice, reason } };
  },
});

export interface Failure {
  /** The step that began and did not come to its end. */
  stepId: string;
  choice: { choice: string; reason: string; by: string; at: Date } | null;
  /** Whether no later job of the stage has started. */
  isNewest: boolean;
}

/** The failed step of a job that is over, and what was chosen about it; null where no step failed. */
export async function findFailure(db: Db | Tx, row: JobRow): Promise<Failure | null> {
  if (row.state !== "failed" || row.startedAt === null) return null;
  const entries = await db
    .select()
    .from(journalEntry)
    .where(eq(journalEntry.jobId, row.id))
    .orderBy(journalEntry.seq);
  const { steps } = stagePlanSchema.parse(row.plan);
  const skipped = steps.filter(({ disposition }) => disposition === "skipped").map(({ id }) => id);
  const failed = stepStates(steps, entries, isFinal(row.state)).find(
    ({ id, state }) => state === "stopped" && !skipped.includes(id),
  );
  if (failed === undefined) return null;
  const [chosen] = await db
    .select({ choice: jobChoice.choice, reason: jobChoice.reason, by: person.name, at: jobChoice.at })
    .from(jobChoice)
    .innerJoin(person, eq(person.id, jobChoice.personId))
    .where(eq(jobChoice.jobId, row.id));
  const [newest] = await db
    .select({ id: job.id })
    .from(job)
    .where(and(eq(job.tenantId, row.tenantId), eq(job.stageKey, row.stageKey), isNotNull(job.startedAt)))
    .orderBy(desc(job.number))
    .limit(1);
  return { stepId: failed.id, choice: chosen ?? null, isNewest: newest?.id === row.id };
}
