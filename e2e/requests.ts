import { randomUUID } from "node:crypto";
import type { Api } from "#server/demo/api-client.ts";
import { until } from "./until.ts";

/** A change that waits for a second person. */
export interface Request {
  jobId: string;
  number: number;
}

/** Previews a stage through the API and answers the ready plan. */
export async function planThrough(api: Api, tenantId: string, stageKey: string) {
  const { planId } = await api.jobs.preview.mutate({ tenantId, stageKey });
  const plan = await settled(api, planId);
  if (plan.state !== "ready") throw new Error(`Stage ${stageKey} could not be planned: ${plan.says ?? ""}`);
  const named = plan.effect === "destroy" ? { typedTarget: plan.content?.tenant.slug ?? "" } : {};
  return { planId, contentDigest: plan.contentDigest ?? "", effect: plan.effect, named };
}

/** Previews and asks for a stage through the API. */
export async function requestThrough(
  api: Api,
  of: { tenantId: string; stageKey: string; startsOnApproval?: boolean },
): Promise<Request> {
  const { planId, contentDigest, named } = await planThrough(api, of.tenantId, of.stageKey);
  return api.jobs.request.mutate({
    planId,
    contentDigest,
    ...named,
    idempotencyKey: randomUUID(),
    reason: "Onboarding, as agreed with the client",
    startsOnApproval: of.startsOnApproval ?? true,
  });
}

/** Compares a request with the cloud and answers what an honest approval of it would send. */
export async function readyApproval(api: Api, jobId: string) {
  const { planId } = await api.jobs.recheck.mutate({ jobId });
  await settled(api, planId);
  const request = await api.jobs.get.query({ jobId });
  return {
    jobId,
    digest: request.digest,
    nonce: request.nonce,
    tickedCallIds: request.tickable.map(({ callId }) => callId),
    reason: "Compared with the runbook, call by call",
    ...(request.effect === "destroy" ? { typedTarget: request.plan.tenant.slug } : {}),
  };
}

/** Approves a request through the API, honestly. */
export async function approveThrough(api: Api, jobId: string): Promise<void> {
  await api.jobs.approve.mutate(await readyApproval(api, jobId));
}

function settled(api: Api, planId: string) {
  return until(async () => {
    const plan = await api.jobs.plan.query({ planId });
    return plan.state === "requested" ? null : plan;
  });
}
