import { randomUUID } from "node:crypto";
import { plan } from "#db/schema/plan.ts";
import { DomainError } from "#server/domain/error/domain-error.ts";
import { jobIdSchema } from "#server/domain/job/schema.ts";
import { verb } from "../verb.ts";
import { jobObject, lockJob } from "./rows.ts";

/** Asks the runner to make the plan again, to compare the frozen one with the cloud as it is now. */
export const recheckJob = verb({
  action: "job.recheck",
  input: jobIdSchema,
  load: (tx, { jobId }) => lockJob(tx, jobId),
  object: jobObject,
  run: async (tx, { person, row, at }) => {
    if (!["awaiting_approval", "awaiting_signature", "approved"].includes(row.state)) {
      throw new DomainError("conflict", "Only a request that has not started can be compared again.", {
        reason: "not_waiting",
      });
    }
    const id = randomUUID();
    await tx.insert(plan).values({
      id,
      purpose: "recheck",
      tenantId: row.tenantId,
      stageKey: row.stageKey,
      jobId: row.id,
      requestedBy: person.personId,
      state: "requested",
      createdAt: at,
    });
    return { output: { planId: id }, audit: { planId: id } };
  },
});
