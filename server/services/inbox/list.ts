import { and, asc, desc, eq, gt, inArray, isNull, ne } from "drizzle-orm";
import * as z from "zod";
import { cloud } from "#db/schema/cloud.ts";
import { approval, job, jobResolution } from "#db/schema/job.ts";
import { person } from "#db/schema/person.ts";
import { runbookVersion } from "#db/schema/runbook.ts";
import { finding, tenant } from "#db/schema/tenant.ts";
import type { Separation } from "#server/domain/policy/decide.ts";
import { approverSeparation, requirementNow, subjectOfJob } from "#server/domain/rule/job-rules.ts";
import { isInForce } from "#server/domain/signed-operation/signer.ts";
import { heldByGates, listHoldingGates } from "../gate/holding.ts";
import { listMyHandSteps } from "../hand/read.ts";
import { listEmergencies } from "../break-glass/open.ts";
import { stageAuthors } from "#server/domain/runbook/authors.ts";
import { may } from "../may.ts";
import { listReturned, listToSettle } from "./register-rows.ts";
import { listWaitingProposals } from "../proposal/read.ts";
import { findRules } from "../rules/current.ts";
import { listSigners } from "../signer/rows.ts";
import { type Ctx, query } from "../verb.ts";

const GROUP_LIMIT = 200;
const FINDING_DAYS = 14;

/** What needs me: decisions that I may take, work that is mine to go on with, facts to watch. */
export const readInbox = query({
  action: "inbox.read",
  input: z.strictObject({}),
  run: async (ctx) => {
    const [waiting, unsigned, unknown, hand, mine, findings, proposals, emergencies, settle, returned] =
      await Promise.all([
        listWaitingJobs(ctx),
        listUnsigned(ctx),
        listUnknown(ctx),
        listMyHandSteps(ctx),
        listMine(ctx),
        listFindings(ctx),
        listWaitingProposals(ctx),
        listEmergencies(ctx),
        listToSettle(ctx),
        listReturned(ctx),
      ]);
    return {
      /** Let go without an approval; here for everybody until two people have looked at it. */
      emergencies,
      decide: [
        ...waiting
          .map((row) => ({ kind: "approval" as const, ...row, may: mayDecide(ctx, row) }))
          .filter((row) => row.may.allowed),
        ...unsigned,
        ...unknown,
        ...hand,
      ],
      /** Waiting for others: shown to those who cannot decide them, with the reason. */
      waitingForOthers: waiting
        .map((row) => ({ ...row, may: mayDecide(ctx, row) }))
        .filter((row) => !row.may.allowed),
      /** Changes of the console itself that wait for a second person. */
      proposals,
      continue: mine,
      watch: findings,
      /** Open items of the registers that this person may rule on, or has to attest. */
      settle,
      /** Items that came back by their trigger, their age or their end, and what the ledger leaves without owner or date. */
      returned,
    };
  },
});

/** How many decisions wait for this person, emergencies that they may look at among them: the number in the top bar. */
export async function countWaiting(ctx: Ctx): Promise<number> {
  const [waiting, unsigned, unknown, hand, proposals, emergencies] = await Promise.all([
    listWaitingJobs(ctx),
    listUnsigned(ctx),
    listUnknown(ctx),
    listMyHandSteps(ctx),
    listWaitingProposals(ctx),
    listEmergencies(ctx),
  ]);
  const jobs = waiting.filter((row) => mayDecide(ctx, row).allowed);
  const others = [...proposals, ...emergencies].filter((row) => row.may.allowed);
  return jobs.length + unsigned.length + unknown.length + hand.length + others.length;
}

function mayDecide(ctx: Ctx, row: { separation: Separation }) {
  return may(ctx, "job.approve", { separation: row.separation });
}

/** Requests that wait, each with the facts that say who may decide it. */
async function listWaitingJobs(ctx: Ctx) {
  const [rows, inForce, gates] = await Promise.all([
    selectJobs(ctx).where(eq(job.state, "awaiting_approval")).orderBy(asc(job.number)).limit(GROUP_LIMIT),
    findRules(ctx.db),
    listHoldingGates(ctx.db),
  ]);
  if (rows.length === 0) return [];
  const given = await ctx.db
    .select({ jobId: approval.jobId, personId: approval.personId })
    .from(approval)
    .where(
      and(
        inArray(
          approval.jobId,
          rows.map(({ id }) => id),
        ),
        eq(approval.decision, "approve"),
      ),
    );
  return rows.map(({ rules, authoredBy, authors, cloudName, runbookSlug, ...row }) => {
    const operations = subjectOfJob(rules)?.operations ?? [];
    const heldBy = heldByGates(gates, { ...row, cloudName, runbookSlug, operations });
    const requirement = requirementNow(rules, inForce);
    const seatedBy = given.filter(({ jobId }) => jobId === row.id).map(({ personId }) => personId);
    const separation = {
      ...approverSeparation({
        requestedBy: row.requestedById,
        authoredBy: stageAuthors({ authoredBy, authors }, row.stageKey),
        requirement,
      }),
      seatedBy,
      heldBy,
    };
    return { ...row, separation, quorum: { given: seatedBy.length, needed: requirement?.approvers ?? 0 } };
  });
}

/** Approved jobs that wait for a signature which a key of this person could make. */
async function listUnsigned(ctx: Ctx) {
  const { actor } = ctx;
  if (actor.kind !== "person") return [];
  const keys = (await listSigners(ctx.db)).filter(({ personId }) => personId === actor.personId);
  if (!keys.some((key) => key.role === "operational" && isInForce(key, ctx.clock()))) return [];
  const rows = await selectJobs(ctx)
    .where(eq(job.state, "awaiting_signature"))
    .orderBy(asc(job.number))
    .limit(GROUP_LIMIT);
  return rows
    .map(({ rules: _rules, authors: _authors, ...row }) => ({
      kind: "signature" as const,
      ...row,
      may: may(ctx, "job.sign", { separation: { requestedBy: row.requestedById } }),
    }))
    .filter((row) => row.may.allowed);
}

/** Jobs of mine that wait for my next step: armed ones to start, ended ones that did not succeed. */
async function listMine(ctx: Ctx) {
  if (ctx.actor.kind !== "person") return [];
  const newest = ctx.db
    .selectDistinctOn([job.tenantId])
    .from(job)
    .where(eq(job.requestedBy, ctx.actor.personId))
    .orderBy(job.tenantId, desc(job.number))
    .as("newest");
  return ctx.db
    .select({
      id: newest.id,
      number: newest.number,
      tenantId: newest.tenantId,
      tenantSlug: tenant.slug,
      stageKey: newest.stageKey,
      stageTitle: newest.stageTitle,
      state: newest.state,
      at: newest.stateChangedAt,
      outcomeSays: newest.outcomeSays,
    })
    .from(newest)
    .innerJoin(tenant, eq(tenant.id, newest.tenantId))
    .where(and(isNull(tenant.handedOverAt), ne(newest.state, "awaiting_approval")))
    .orderBy(desc(newest.number))
    .limit(GROUP_LIMIT);
}

async function listUnknown(ctx: Ctx) {
  const rows = await selectJobs(ctx)
    .where(and(eq(job.state, "outcome_unknown"), isNull(job.resolvedAt)))
    .orderBy(asc(job.number))
    .limit(GROUP_LIMIT);
  if (rows.length === 0) return [];
  const given = await ctx.db
    .select({ jobId: jobResolution.jobId, personId: jobResolution.personId })
    .from(jobResolution)
    .where(
      inArray(
        jobResolution.jobId,
        rows.map(({ id }) => id),
      ),
    );
  return rows
    .map(({ rules: _rules, authors: _authors, ...row }) => {
      const seatedBy = given.filter(({ jobId }) => jobId === row.id).map(({ personId }) => personId);
      return {
        kind: "unknown_outcome" as const,
        ...row,
        may: may(ctx, "job.resolve", { separation: { seatedBy } }),
      };
    })
    .filter((row) => row.may.allowed);
}

function listFindings(ctx: Ctx) {
  const since = new Date(ctx.clock().getTime() - FINDING_DAYS * 24 * 60 * 60 * 1000);
  return ctx.db
    .select({
      id: finding.id,
      tenantId: finding.tenantId,
      tenantSlug: tenant.slug,
      stageKey: finding.stageKey,
      jobId: finding.jobId,
      severity: finding.severity,
      says: finding.says,
      at: finding.at,
    })
    .from(finding)
    .innerJoin(tenant, eq(tenant.id, finding.tenantId))
    .where(and(gt(finding.at, since), ne(finding.severity, "info")))
    .orderBy(desc(finding.at))
    .limit(50);
}

function selectJobs(ctx: Ctx) {
  return ctx.db
    .select({
      id: job.id,
      number: job.number,
      tenantId: job.tenantId,
      tenantSlug: tenant.slug,
      stageKey: job.stageKey,
      stageTitle: job.stageTitle,
      effect: job.effect,
      requestedById: job.requestedBy,
      rules: job.rules,
      authoredBy: runbookVersion.authoredBy,
      authors: runbookVersion.authors,
      runbookSlug: runbookVersion.slug,
      cloudName: cloud.name,
      requestedBy: person.name,
      reason: job.reason,
      at: job.requestedAt,
      expiresAt: job.expiresAt,
    })
    .from(job)
    .innerJoin(person, eq(person.id, job.requestedBy))
    .innerJoin(tenant, eq(tenant.id, job.tenantId))
    .innerJoin(cloud, eq(cloud.id, job.cloudId))
    .innerJoin(runbookVersion, eq(runbookVersion.id, job.runbookVersionId))
    .$dynamic();
}
