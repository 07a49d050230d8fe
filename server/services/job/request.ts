import { requestJobSchema } from "#server/domain/job/schema.ts";
import { stagePlanSchema } from "#server/domain/plan/schema.ts";
import { findStageHolding } from "../gate/holding.ts";
import { verb } from "../verb.ts";
import { requireJobDecision } from "./decision.ts";
import { freezeJob } from "./freeze.ts";
import { requireTypedRequest } from "./typed-target.ts";
import { lockPlan } from "./lock-plan.ts";
import { lockJob } from "./rows.ts";

/** Asks for a change: freezes the preview and its digest and waits for a second person. */
export const requestJob = verb({
  action: "job.request",
  input: requestJobSchema,
  load: async (tx, { planId }) => {
    const row = await lockPlan(tx, planId);
    return { ...row, heldBy: await findStageHolding(tx, row) };
  },
  object: (row) => ({ kind: "tenant", id: row.tenantId }),
  separation: ({ heldBy }) => ({ heldBy }),
  run: async (tx, { person, input, row, at }) => {
    requireTypedRequest(row.content === null ? null : stagePlanSchema.parse(row.content), input.typedTarget);
    const { isNew, ...made } = await freezeJob(tx, {
      ...input,
      personId: person.personId,
      path: "request",
      at,
    });
    const decision = isNew
      ? await requireJobDecision(tx, { person, action: "job.request", row: await lockJob(tx, made.id), at })
      : null;
    return {
      output: { jobId: made.id, number: made.number },
      object: { kind: "job", id: made.id },
      audit: {
        number: made.number,
        digest: made.digest,
        stage: row.stageKey,
        reason: input.reason,
        repeated: !isNew,
        decision,
      },
    };
  },
});
