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
    const { isNew, ...made } = await freezeJob(tx, {
      ...input,
      personId: person.personId,
      path: "request",
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
