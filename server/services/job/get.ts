import { and, asc, desc, eq, lt, max } from "drizzle-orm";
import { cloud } from "#db/schema/cloud.ts";
import { decisionRecord } from "#db/schema/decision.ts";
import {
  approval,
  evidence,
  gateResult,
  job,
  jobResolution,
  journalEntry,
  outputLine,
} from "#db/schema/job.ts";
import { person } from "#db/schema/person.ts";
import { plan } from "#db/schema/plan.ts";
import { tenant } from "#db/schema/tenant.ts";
import { mutatingCalls } from "#server/domain/approval/decide.ts";
import { DomainError } from "#server/domain/error/domain-error.ts";
import { RECHECK_MAX_AGE_MS } from "#server/domain/job/limits.ts";
import { jobIdSchema } from "#server/domain/job/schema.ts";
import { isFinal } from "#server/domain/job/states.ts";
import { diffContent } from "#server/domain/plan/diff.ts";
import { planContent } from "#server/domain/plan/digest.ts";
import type { StagePlan } from "#server/domain/plan/plan.ts";
import { stagePlanSchema } from "#server/domain/plan/schema.ts";
import { describeRequirement } from "#server/domain/rule/sentences.ts";
import { readHand } from "../hand/read.ts";
import { findJobHolding } from "../gate/holding.ts";
import { readHeld } from "../gate/held.ts";
import { listCandidates } from "../person/candidates.ts";
import { may } from "../may.ts";
import { type Ctx, query } from "../verb.ts";
import { findBreakGlass } from "../break-glass/rows.ts";
import { findStandingOfJob, listStandingOffers } from "../standing/of-job.ts";
import { readApproverFacts } from "./approver-facts.ts";
import { findFailure } from "./choose.ts";
import { readCleanRoom } from "./clean-room.ts";
import { jobMay } from "./job-may.ts";
import { readSigning } from "./signing.ts";
import { stepStates } from "./step-states.ts";

/** Everything of one job, from the frozen record: the approval page and the job page render nothing else. */
export const readJob = query({
  action: "job.read",
  input: jobIdSchema,
  run: async (ctx, { jobId }) => {
    const [row] = await ctx.db
      .select({ job, tenant, cloud, requester: person })
      .from(job)
      .innerJoin(tenant, eq(tenant.id, job.tenantId))
      .innerJoin(cloud, eq(cloud.id, job.cloudId))
      .innerJoin(person, eq(person.id, job.requestedBy))
      .where(eq(job.id, jobId));
    if (!row) throw new DomainError("not_found", "There is no such job.", { reason: "not_found" });
    const frozen = stagePlanSchema.parse(row.job.plan);
    const { requirement, separation, emergencyPeople } = await readApproverFacts(ctx.db, row.job);
    const [record, recheck, sinceLastRun, candidates, heldBy, standing, emergency] = await Promise.all([
      readRecord(ctx, jobId),
      readRecheck(ctx, jobId, frozen),
      readLastRun(ctx, row.job, frozen),
      listCandidates(ctx.db, { action: "job.approve", separation }),
      findJobHolding(ctx.db, row.job),
      findStandingOfJob(ctx.db, jobId),
      findBreakGlass(ctx.db, jobId),
    ]);
    const { journal } = record;
    const cleanRoom = await readCleanRoom(ctx.db, row.job, { plan: frozen, journal });
    const { plan: _plan, rules: _rules, nonce, ...facts } = row.job;
    const seatedBy = record.approvals.flatMap((one) => (one.decision === "approve" ? [one.personId] : []));
    return {
      ...facts,
      nonce,
      plan: frozen,
      cleanRoom,
      tickable: mutatingCalls(frozen).map(({ callId, singly }) => ({ callId, singly })),
      tenant: { id: row.tenant.id, slug: row.tenant.slug },
      cloud: { id: row.cloud.id, name: row.cloud.name },
      requester: {
        id: row.requester.id,
        name: row.requester.name,
        isActive: row.requester.disabledAt === null,
      },
      ...record,
      /** The step by hand that it waits at, and what people said of the others. */
      hand: await readHand(ctx, row.job),
      steps: stepStates(frozen.steps, record.journal, isFinal(row.job.state)),
      recheck,
      /** The step that failed and what was chosen about it. */
      failure: await findFailure(ctx.db, row.job),
      sinceLastRun,
      standing,
      /** Set when it was let go without its approval. */
      emergency,
      standingOffers:
        row.job.state === "awaiting_approval" && row.job.effect === "mutate"
          ? await listStandingOffers(ctx, { plan: frozen, requirement, separation })
          : [],
      signing: row.job.effect !== "read" ? await readSigning(ctx, row.job) : null,
      candidates: candidates.filter(({ id }) => !seatedBy.includes(id)),
      /** What the rules want, in sentences; empty when no rule is about it. */
      needs: requirement === null ? [] : describeRequirement(requirement),
      quorum: { given: seatedBy.length, needed: requirement?.approvers ?? 0 },
      /** Items without a ruling that hold it back, and who could rule; null once it has started. */
      held: row.job.startedAt === null && !isFinal(row.job.state) ? await readHeld(ctx, heldBy) : null,
      /** Whether what it printed may be read by whoever looks. */
      output: may(ctx, "job.read_output"),
      may: jobMay(ctx, row.job, {
        resolutions: record.resolutions,
        approver: { ...separation, seatedBy },
        heldBy,
        emergency,
        emergencyPeople,
      }),
    };
  },
});

async function readRecord(ctx: Ctx, jobId: string) {
  const [approvals, decisions, evidenceRows, gates, journal, resolutions, lines] = await Promise.all([
    ctx.db
      .select({
        personId: approval.personId,
        name: person.name,
        decision: approval.decision,
        tickedCallIds: approval.tickedCallIds,
        reason: approval.reason,
        at: approval.at,
      })
      .from(approval)
      .innerJoin(person, eq(person.id, approval.personId))
      .where(eq(approval.jobId, jobId))
      .orderBy(asc(approval.at)),
    readDecisions(ctx, jobId),
    ctx.db.select().from(evidence).where(eq(evidence.jobId, jobId)).orderBy(asc(evidence.at)),
    ctx.db.select().from(gateResult).where(eq(gateResult.jobId, jobId)).orderBy(asc(gateResult.at)),
    ctx.db.select().from(journalEntry).where(eq(journalEntry.jobId, jobId)).orderBy(asc(journalEntry.seq)),
    ctx.db
      .select({
        personId: jobResolution.personId,
        name: person.name,
        verdict: jobResolution.verdict,
        reason: jobResolution.reason,
        at: jobResolution.at,
      })
      .from(jobResolution)
      .innerJoin(person, eq(person.id, jobResolution.personId))
      .where(eq(jobResolution.jobId, jobId)),
    ctx.db
      .select({ last: max(outputLine.seq) })
      .from(outputLine)
      .where(eq(outputLine.jobId, jobId)),
  ]);
  return {
    approvals,
    decisions,
    evidence: evidenceRows,
    gates,
    journal,
    resolutions,
    lastLine: lines[0]?.last ?? 0,
  };
}

/** What was decided about the job, oldest first, as it was written down before it was used. */
function readDecisions(ctx: Ctx, jobId: string) {
  return ctx.db
    .select({
      seq: decisionRecord.seq,
      id: decisionRecord.decisionId,
      action: decisionRecord.action,
      effect: decisionRecord.effect,
      reason: decisionRecord.reason,
      envelope: decisionRecord.envelope,
      at: decisionRecord.at,
    })
    .from(decisionRecord)
    .where(eq(decisionRecord.jobId, jobId))
    .orderBy(asc(decisionRecord.seq));
}

/** The newest comparison of the frozen plan with the cloud, and what differs. */
async function readRecheck(ctx: Ctx, jobId: string, frozen: StagePlan) {
  const [row] = await ctx.db
    .select()
    .from(plan)
    .where(and(eq(plan.jobId, jobId), eq(plan.purpose, "recheck")))
    .orderBy(desc(plan.createdAt))
    .limit(1);
  if (!row) return null;
  const at = row.finishedAt ?? row.createdAt;
  return {
    id: row.id,
    state: row.state,
    says: row.says,
    advice: row.advice,
    at,
    isFresh: row.state === "ready" && ctx.clock().getTime() - at.getTime() <= RECHECK_MAX_AGE_MS,
    drift:
      row.content === null
        ? []
        : diffContent(planContent(frozen), planContent(stagePlanSchema.parse(row.content))),
  };
}

/** What is different from the last green run of this stage for this tenant, or null when there was none. */
async function readLastRun(ctx: Ctx, of: typeof job.$inferSelect, frozen: StagePlan) {
  const [row] = await ctx.db
    .select({ id: job.id, number: job.number, finishedAt: job.finishedAt, plan: job.plan })
    .from(job)
    .where(
      and(
        eq(job.tenantId, of.tenantId),
        eq(job.stageKey, of.stageKey),
        eq(job.state, "succeeded"),
        lt(job.number, of.number),
      ),
    )
    .orderBy(desc(job.number))
    .limit(1);
  if (!row) return null;
  const before = planContent(stagePlanSchema.parse(row.plan));
  return {
    jobId: row.id,
    number: row.number,
    finishedAt: row.finishedAt,
    differences: diffContent(before, planContent(frozen)),
  };
}
