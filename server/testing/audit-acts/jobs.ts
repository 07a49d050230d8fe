import { randomUUID } from "node:crypto";
import { desc, eq } from "drizzle-orm";
import { job, journalEntry } from "#db/schema/job.ts";
import { handover } from "#db/schema/secret.ts";
import { operation } from "#db/schema/signing.ts";
import { DEFAULT_RULES } from "#server/domain/rule/rule.ts";
import { breakTheGlass } from "#server/services/break-glass/break.ts";
import { reviewBreakGlass } from "#server/services/break-glass/review.ts";
import { collectHandover } from "#server/services/handover/collect.ts";
import { confirmHandover } from "#server/services/handover/confirm.ts";
import { requestHandover } from "#server/services/handover/request.ts";
import { approveJob } from "#server/services/job/approve.ts";
import { cancelJob } from "#server/services/job/cancel.ts";
import { recheckJob } from "#server/services/job/recheck.ts";
import { rejectJob } from "#server/services/job/reject.ts";
import { requestJob } from "#server/services/job/request.ts";
import { resolveJob } from "#server/services/job/resolve.ts";
import { MANUAL_RUN } from "#server/domain/hand/schema.ts";
import { attestByHand } from "#server/services/hand/attest.ts";
import { runRead } from "#server/services/job/run-read.ts";
import { signJob } from "#server/services/job/sign.ts";
import { startJob } from "#server/services/job/start.ts";
import { chooseAfterFailure } from "#server/services/job/choose.ts";
import { withdrawJob } from "#server/services/job/withdraw.ts";
import { previewStage } from "#server/services/plan/preview.ts";
import { approveProposal } from "#server/services/proposal/decide.ts";
import { proposeRules } from "#server/services/rules/change.ts";
import { findRules } from "#server/services/rules/current.ts";
import { takeStanding } from "#server/services/standing/use.ts";
import { createTenant } from "#server/services/tenant/create.ts";
import { approvalOf, asRead, destroying, FIRST_STAGE, type JobRow, type PlanChange } from "../jobs.ts";
import { answerTo } from "../proposals.ts";
import { enrol } from "../signing-keys.ts";
import { grantedStanding } from "./console.ts";
import { type Acts, type ActWorld, REASON } from "./world.ts";

/** The sample's first step, as one that an operator does. */
const byHand: PlanChange = (made) => ({
  ...made,
  steps: made.steps.map((step) =>
    step.id === "domain"
      ? {
          ...step,
          operation: MANUAL_RUN,
          parameters: {
            instructions: "Do it.",
            assignee: "operator",
            differs: [],
            evidence: {},
            effect: "mutate",
            revert: null,
          },
        }
      : step,
  ),
});

/** Acts on tenants, jobs and emergencies, by the path of their procedure. */
export const JOB_ACTS: Acts = {
  "tenants.create": async ({ jobs, operator }) => {
    const inputs = { instances: 1, cores: 1, ramMb: 1, nodeCount: 1, cidr: "10.20.201.0/24" };
    const slug = `new-${randomUUID().slice(0, 8)}`;
    return () => createTenant(jobs.ctx(operator), { slug, cloudId: jobs.cloudId, inputs });
  },
  "jobs.preview": async ({ jobs, operator }) => {
    const tenantId = await jobs.tenant(operator);
    return () => previewStage(jobs.ctx(operator), { tenantId, stageKey: FIRST_STAGE });
  },
  "jobs.request": async ({ jobs, operator }) => {
    const previewed = await jobs.preview(operator, { tenantId: await jobs.tenant(operator) });
    const input = { ...previewed, reason: "Go", startsOnApproval: true, idempotencyKey: randomUUID() };
    return () => requestJob(jobs.ctx(operator), input);
  },
  "jobs.runRead": async ({ jobs, operator }) => {
    const tenantId = await jobs.tenant(operator);
    const previewed = await jobs.preview(operator, { tenantId, change: asRead });
    const idempotencyKey = randomUUID();
    return () => runRead(jobs.ctx(operator), { ...previewed, idempotencyKey });
  },
  "jobs.recheck": async ({ jobs, operator, reviewer }) => {
    const { id: jobId } = await jobs.request(operator);
    return () => recheckJob(jobs.ctx(reviewer), { jobId });
  },
  "jobs.approve": async (given) => {
    const row = await comparedJob(given);
    return () => approveJob(given.jobs.ctx(given.reviewer), approvalOf(row));
  },
  "jobs.reject": async ({ jobs, operator, reviewer }) => {
    const { id: jobId, digest } = await jobs.request(operator);
    return () => rejectJob(jobs.ctx(reviewer), { jobId, digest, reason: "No" });
  },
  "jobs.start": async ({ jobs, operator, reviewer }) => {
    const row = await jobs.request(operator, { startsOnApproval: false });
    await jobs.recheck(reviewer, row.id);
    await approveJob(jobs.ctx(reviewer), approvalOf(row));
    return () => startJob(jobs.ctx(operator), { jobId: row.id });
  },
  "jobs.withdraw": async ({ jobs, operator }) => {
    const { id: jobId } = await jobs.request(operator);
    return () => withdrawJob(jobs.ctx(operator), { jobId, reason: "No" });
  },
  "jobs.choose": async (given) => {
    const { id: jobId } = await pastJob(given, "failed");
    const at = given.jobs.now;
    const began = {
      jobId,
      seq: 1,
      fencing: 1,
      kind: "step_started",
      stepId: "domain",
      body: {},
      at,
    } as const;
    await given.jobs.db.insert(journalEntry).values(began);
    return () =>
      chooseAfterFailure(given.jobs.ctx(given.operator), { jobId, choice: "retry", reason: "Again" });
  },
  "jobs.attestByHand": async ({ jobs, operator }) => {
    const { id: jobId, digest } = await jobs.request(operator, { change: byHand });
    const at = jobs.now;
    await jobs.db.update(job).set({ state: "awaiting_person" }).where(eq(job.id, jobId));
    const halted = { jobId, seq: 1, fencing: 1, kind: "halted", stepId: "domain", body: {}, at } as const;
    await jobs.db.insert(journalEntry).values(halted);
    const given = { note: "Done", texts: {}, files: {} };
    const said = { jobId, stepId: "domain", digest, result: "done", given } as const;
    return () => attestByHand(jobs.ctx(operator), said);
  },
  "jobs.cancel": async (given) => {
    const { id: jobId } = await pastJob(given, "running");
    return () => cancelJob(given.jobs.ctx(given.operator), { jobId });
  },
  "jobs.resolve": async (given) => {
    const { id: jobId } = await pastJob(given, "outcome_unknown");
    const verdict = { jobId, verdict: "happened", reason: "Looked" } as const;
    return () => resolveJob(given.jobs.ctx(given.operator), verdict);
  },
  "jobs.sign": async (given) => {
    const { jobs, operator, reviewer } = given;
    const { id: jobId } = await jobs.request(operator, { change: destroying });
    await jobs.recheck(reviewer, jobId, destroying);
    const approval = { ...approvalOf(await jobs.job(jobId)), typedTarget: "client" };
    await approveJob(jobs.ctx(reviewer), approval);
    const armored = await signatureOf(given, jobId);
    return () => signJob(jobs.ctx(reviewer), { jobId, armored, operation: null });
  },
  "standing.use": async (given) => {
    const standingId = await grantedStanding(given);
    const { id: jobId, digest } = await comparedJob(given);
    return () => takeStanding(given.jobs.ctx(given.operator), { jobId, digest, standingId });
  },
  "emergencies.breakGlass": async (given) => {
    await nameForEmergencies(given);
    const act = await emergency(given);
    return act.go;
  },
  "emergencies.review": async (given) => {
    await nameForEmergencies(given);
    const { jobId, go } = await emergency(given);
    await go();
    return () => reviewBreakGlass(given.jobs.ctx(given.manager), { jobId, note: "It was right" });
  },
  "tenants.requestHandover": async ({ jobs, operator }) => {
    const tenantId = await jobs.passedTenant(operator);
    return () => requestHandover(jobs.ctx(operator), { tenantId, publicKey: "A".repeat(87) });
  },
  "tenants.collectHandover": async (given) => {
    const made = await boxedHandover(given);
    return () => collectHandover(given.jobs.ctx(given.operator), made);
  },
  "tenants.confirmHandover": async (given) => {
    const made = await boxedHandover(given);
    return () => confirmHandover(given.jobs.ctx(given.operator), made);
  },
};

async function comparedJob({ jobs, operator, reviewer }: ActWorld): Promise<JobRow> {
  const row = await jobs.request(operator);
  await jobs.recheck(reviewer, row.id);
  return row;
}

async function pastJob(
  { jobs, operator }: ActWorld,
  state: "running" | "outcome_unknown" | "failed",
): Promise<JobRow> {
  const tenantId = await jobs.tenant(operator);
  return jobs.pastJob({ tenantId, requestedBy: operator, stageKey: FIRST_STAGE }, state);
}

/** A signature of a third person over a job's operation that nobody has handed in yet. */
async function signatureOf({ jobs, keys }: ActWorld, jobId: string): Promise<string> {
  const key = await keys.make();
  const { personId } = await jobs.person("Sam", "operator");
  await enrol(jobs.db, { line: key.publicLine, personId, at: jobs.now });
  const [row] = await jobs.db
    .select()
    .from(operation)
    .where(eq(operation.jobId, jobId))
    .orderBy(desc(operation.attempt));
  return key.sign(row?.message ?? "");
}

async function boxedHandover({ jobs, operator }: ActWorld) {
  const tenantId = await jobs.passedTenant(operator);
  const made = await requestHandover(jobs.ctx(operator), { tenantId, publicKey: "A".repeat(87) });
  await jobs.db
    .update(handover)
    .set({ state: "ready", box: { publicKey: "p", iv: "i", ciphertext: "c" } })
    .where(eq(handover.id, made.handoverId));
  return made;
}

async function nameForEmergencies({ jobs, operator, manager, admin }: ActWorld): Promise<void> {
  const base = (await findRules(jobs.db))?.version ?? 0;
  const set = { ...DEFAULT_RULES, breakGlass: [operator.personId] };
  const { proposalId } = await proposeRules(jobs.ctx(manager), { content: { base, set }, reason: REASON });
  await approveProposal(jobs.ctx(admin), await answerTo(jobs, proposalId));
}

async function emergency({ jobs, operator }: ActWorld) {
  const { id: jobId, digest, nonce } = await jobs.request(operator);
  const reason = "The cloud is down and nobody answers";
  return { jobId, go: () => breakTheGlass(jobs.ctx(operator), { jobId, digest, nonce, reason }) };
}
