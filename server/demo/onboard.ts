import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { isFinal } from "#server/domain/job/states.ts";
import type { TenantInputs } from "#server/domain/tenant/schema.ts";
import type { Api, Visitor } from "./api-client.ts";

const POLL_MS = 200;
/** Planning only reads; a stage with a cluster in it may take long. */
const PLAN_DEADLINE_MS = 2 * 60 * 1000;
const JOB_DEADLINE_MS = 20 * 60 * 1000;

export type Say = (line: string) => void;

export interface Cast {
  operator: Visitor;
  reviewer: Visitor;
  say: Say;
  /** Signs what destroys. Without it such a job stays where it waits for a signature. */
  sign?: (jobId: string) => Promise<void>;
}

/** How one stage ended. `sent` counts calls that changed something; `failed` lists the gate's assertions that do not hold. */
export interface StageVerdict {
  stage: string;
  title: string;
  state: string;
  says: string;
  sent: number;
  failed: { says: string; expected: string; observed: string; advice: string }[];
}

/** Starts a tenant on a cloud of that name. */
export async function startTenant(
  cast: Cast,
  wanted: { slug: string; cloud: string; inputs: TenantInputs },
): Promise<{ tenantId: string; stages: { key: string; title: string }[] }> {
  const { board, cloud } = await findCloud(cast, wanted.cloud);
  const { tenantId } = await cast.operator.api.tenants.create.mutate({
    slug: wanted.slug,
    cloudId: cloud.id,
    inputs: wanted.inputs,
  });
  cast.say(`${cast.operator.name} starts the onboarding of ${wanted.slug} on ${wanted.cloud}.`);
  return { tenantId, stages: board.stages };
}

/** The runner makes itself known with its clouds shortly after the start. */
async function findCloud(cast: Cast, wanted: string) {
  const deadline = Date.now() + PLAN_DEADLINE_MS;
  for (;;) {
    const board = await cast.operator.api.tenants.board.query({ cloudId: null });
    const cloud = board.clouds.find(({ name }) => name === wanted);
    if (cloud) return { board, cloud };
    const known = board.clouds.map(({ name }) => name).join(", ");
    if (Date.now() > deadline) throw new Error(`There is no cloud ${wanted}; there are ${known}.`);
    await sleep(POLL_MS);
  }
}

/** Runs the stages in order and stops at the first that does not pass. */
export async function runStages(
  cast: Cast,
  of: { tenantId: string; stages: readonly { key: string; title: string }[] },
): Promise<StageVerdict[]> {
  const verdicts: StageVerdict[] = [];
  for (const stage of of.stages) {
    cast.say(`\nStage ${stage.key}: ${stage.title}`);
    const verdict = await runStage(cast, { tenantId: of.tenantId, ...stage });
    verdicts.push(verdict);
    cast.say(`  -> ${verdict.state}: ${verdict.says}`);
    for (const { says, expected, observed, advice } of verdict.failed) {
      cast.say(
        `     does not hold: ${says}\n       expected ${expected}\n       observed ${observed}\n       ${advice}`,
      );
    }
    if (verdict.state !== "succeeded") break;
  }
  return verdicts;
}

async function runStage(
  cast: Cast,
  of: { tenantId: string; key: string; title: string },
): Promise<StageVerdict> {
  const { api } = cast.operator;
  const verdict = { stage: of.key, title: of.title, sent: 0, failed: [] };
  const { planId } = await api.jobs.preview.mutate({ tenantId: of.tenantId, stageKey: of.key });
  const plan = await planned(api, planId);
  if (plan.state !== "ready" || plan.content === null || plan.contentDigest === null) {
    return { ...verdict, state: plan.state, says: `${plan.says ?? "no plan"} ${plan.advice ?? ""}`.trim() };
  }
  for (const step of plan.content.steps)
    cast.say(`  ${step.identity.padEnd(22)} ${step.words.title}: ${step.words.says}`);
  const asked = { planId, contentDigest: plan.contentDigest, idempotencyKey: randomUUID() };
  const { jobId, number } =
    plan.effect === "read"
      ? await api.jobs.runRead.mutate(asked)
      : await requestAndApprove(cast, asked, plan.effect === "destroy" ? plan.content.tenant.slug : null);
  const ended = await finished(cast, { jobId, number });
  return {
    ...verdict,
    state: ended.state,
    says: [ended.outcomeSays, ended.outcomeAdvice].filter(Boolean).join(" "),
    sent: ended.journal.filter(({ kind }) => kind === "intent").length,
    failed: ended.gates.flatMap(({ assertions }) => assertions.filter(({ passed }) => !passed)),
  };
}

async function requestAndApprove(
  cast: Cast,
  asked: { planId: string; contentDigest: string; idempotencyKey: string },
  destroys: string | null,
): Promise<{ jobId: string; number: number }> {
  const named = destroys === null ? {} : { typedTarget: destroys };
  const made = await cast.operator.api.jobs.request.mutate({
    ...asked,
    ...named,
    reason: destroys === null ? "Onboarding, as agreed with the client" : "The client leaves",
    startsOnApproval: true,
  });
  cast.say(`  ${cast.operator.name} asks for approval: job ${made.number}.`);
  const { api } = cast.reviewer;
  const { planId } = await api.jobs.recheck.mutate({ jobId: made.jobId });
  await planned(api, planId);
  const request = await api.jobs.get.query({ jobId: made.jobId });
  await api.jobs.approve.mutate({
    jobId: made.jobId,
    digest: request.digest,
    nonce: request.nonce,
    tickedCallIds: request.tickable.map(({ callId }) => callId),
    reason: "Compared with the runbook, call by call",
    ...named,
  });
  cast.say(
    `  ${cast.reviewer.name} approves ${request.tickable.length} calls, digest ${request.digest.slice(7, 19)}.`,
  );
  if (destroys !== null && cast.sign) {
    await cast.sign(made.jobId);
    cast.say("  Signed with an enrolled key.");
  }
  return made;
}

async function planned(api: Api, planId: string) {
  const deadline = Date.now() + PLAN_DEADLINE_MS;
  for (;;) {
    const plan = await api.jobs.plan.query({ planId });
    if (plan.state !== "requested") return plan;
    if (Date.now() > deadline) throw new Error("The runner did not plan in time. Is it running?");
    await sleep(POLL_MS);
  }
}

async function finished(cast: Cast, of: { jobId: string; number: number }) {
  const { api } = cast.operator;
  const deadline = Date.now() + JOB_DEADLINE_MS;
  let after = 0;
  for (;;) {
    const job = await api.jobs.get.query({ jobId: of.jobId });
    after = await tell(cast, { jobId: of.jobId, after });
    if (isFinal(job.state)) {
      await tell(cast, { jobId: of.jobId, after });
      return job;
    }
    if (Date.now() > deadline) throw new Error(`Job ${of.number} did not end in time; it is ${job.state}.`);
    await sleep(POLL_MS);
  }
}

async function tell(cast: Cast, from: { jobId: string; after: number }): Promise<number> {
  const { lines } = await cast.operator.api.jobs.output.query(from);
  for (const line of lines) cast.say(`    ${line.text}`);
  return lines.at(-1)?.seq ?? from.after;
}
