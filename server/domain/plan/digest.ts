import { canonicalDigest, type Json } from "../canonical/json.ts";
import type { PlannedStep, StagePlan } from "./plan.ts";

/**
 * What a plan's digest covers: everything that changes what runs, and nothing that does not (titles, prose, order of
 * display). Two plans of an unchanged world have equal content digests.
 */
export function planContent(plan: StagePlan): Json {
  return {
    format: plan.format,
    runbook: { slug: plan.runbook.slug, contentHash: plan.runbook.contentHash },
    stage: { key: plan.stage.key, hash: plan.stage.hash },
    cloud: { id: plan.cloud.id, name: plan.cloud.name },
    tenant: { id: plan.tenant.id, slug: plan.tenant.slug },
    effect: plan.effect,
    steps: plan.steps.map(stepContent),
    gates: plan.gates.map((gate) => ({ id: gate.id, assertions: gate.assertions.map(({ that }) => that) })),
  };
}

export function contentDigest(plan: StagePlan): string {
  return canonicalDigest(planContent(plan));
}

/** The digest that people approve: content, bound to one request by its nonce and expiry. */
export function requestDigest(
  plan: StagePlan,
  request: { jobId: string; nonce: string; expiresAt: Date },
): string {
  return canonicalDigest({
    plan: planContent(plan),
    job: request.jobId,
    nonce: request.nonce,
    expiresAt: request.expiresAt.toISOString(),
  });
}

function stepContent(step: PlannedStep): Json {
  const { words: _words, calls, ...covered } = step;
  return {
    ...covered,
    calls: calls.map(({ task, lane, ...call }) => ({
      ...call,
      probe: call.probe ? { ...call.probe } : null,
      ...(task === undefined ? {} : { task: { ...task } }),
      ...(lane === undefined ? {} : { lane }),
    })),
    preconditions: covered.preconditions.map(({ observed }) => observed),
  };
}
