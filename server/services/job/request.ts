import { DomainError } from "#server/domain/error/domain-error.ts";
import { requestJobSchema } from "#server/domain/job/schema.ts";
import { verb } from "../verb.ts";
import { freezeJob } from "./freeze.ts";
import { lockPlan } from "./lock-plan.ts";

/** Asks for a change: freezes the preview and its digest and waits for a second person. */
export const requestJob = verb({
  action: "job.request",
  input: requestJobSchema,
  load: (tx, { planId }) => lockPlan(tx, planId),
  object: (row) => ({ kind: "tenant", id: row.tenantId }),
  run: async (tx, { person, input, row, at }) => {
    if (row.effect === "read") {
      throw new DomainError("invalid", "A read-only stage needs no approval. Run it.", {
        reason: "read_only",
      });
    }
    if (row.effect === "destroy") {
      throw new DomainError(
        "approval_required",
        "A destructive plan needs a signature, which this installation cannot take.",
        {
          reason: "pending_signature",
        },
      );
    }
    const { isNew, ...made } = await freezeJob(tx, {
      ...input,
      personId: person.personId,
      state: "awaiting_approval",
      at,
    });
    return {
      output: { jobId: made.id, number: made.number },
      object: { kind: "job", id: made.id },
      audit: {
        number: made.number,
        digest: made.digest,
        stage: row.stageKey,
        reason: input.reason,
        repeated: !isNew,
      },
    };
  },
});
