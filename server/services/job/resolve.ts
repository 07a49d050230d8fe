import { and, eq, isNull } from "drizzle-orm";
import { job, jobResolution } from "#db/schema/job.ts";
import { DomainError } from "#server/domain/error/domain-error.ts";
import { resolveJobSchema } from "#server/domain/job/schema.ts";
import { verb } from "../verb.ts";
import { jobObject, lockJob } from "./rows.ts";

/**
 * Settles an unknown outcome: one person's answer is recorded, the second equal one of another person opens the lane
 * again. Different answers leave it closed.
 */
export const resolveJob = verb({
  action: "job.resolve",
  input: resolveJobSchema,
  load: async (tx, { jobId }) => {
    const row = await lockJob(tx, jobId);
    const given = await tx.select().from(jobResolution).where(eq(jobResolution.jobId, jobId));
    return { ...row, given };
  },
  object: jobObject,
  separation: ({ given }) => ({ seatedBy: given.map(({ personId }) => personId) }),
  run: async (tx, { person, input, row, at }) => {
    if (row.state !== "outcome_unknown" || row.resolvedAt !== null) {
      throw new DomainError("conflict", "There is no unknown outcome to settle here.", {
        reason: "not_unknown",
      });
    }
    await tx.insert(jobResolution).values({
      jobId: row.id,
      personId: person.personId,
      verdict: input.verdict,
      reason: input.reason,
      at,
    });
    const isSettled = row.given.some(({ verdict }) => verdict === input.verdict);
    if (isSettled) {
      await tx
        .update(job)
        .set({ resolvedAt: at, resolution: input.verdict })
        .where(and(eq(job.id, row.id), isNull(job.resolvedAt)));
    }
    return {
      output: { isSettled },
      audit: { verdict: input.verdict, reason: input.reason, settled: isSettled },
    };
  },
});
