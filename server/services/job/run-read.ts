import { DomainError } from "#server/domain/error/domain-error.ts";
import { runReadSchema } from "#server/domain/job/schema.ts";
import { verb } from "../verb.ts";
import { freezeJob } from "./freeze.ts";
import { lockPlan } from "./lock-plan.ts";

/** Runs a read-only stage: no second person, the same record. */
export const runRead = verb({
  action: "job.run_read",
  input: runReadSchema,
  load: (tx, { planId }) => lockPlan(tx, planId),
  object: (row) => ({ kind: "tenant", id: row.tenantId }),
  run: async (tx, { person, input, row, at }) => {
    if (row.effect !== "read") {
      throw new DomainError(
        "approval_required",
        "This stage changes the cloud. Ask for a second person's approval.",
        {
          reason: "approval_required",
        },
      );
    }
    const { isNew, ...made } = await freezeJob(tx, {
      ...input,
      personId: person.personId,
      reason: "Read-only stage",
      startsOnApproval: true,
      state: "queued",
      at,
    });
    return {
      output: { jobId: made.id, number: made.number },
      object: { kind: "job", id: made.id },
      audit: { number: made.number, digest: made.digest, stage: row.stageKey, repeated: !isNew },
    };
  },
});
