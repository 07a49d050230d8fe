import { asc, desc, eq } from "drizzle-orm";
import { alias } from "drizzle-orm/pg-core";
import type { Db } from "#db/client.ts";
import { cloud } from "#db/schema/cloud.ts";
import { decisionRecord } from "#db/schema/decision.ts";
import { approval, job, jobResolution, outputLine } from "#db/schema/job.ts";
import { person, session } from "#db/schema/person.ts";
import { signature, signer } from "#db/schema/signing.ts";
import { finding, tenant, tenantValue } from "#db/schema/tenant.ts";
import { DomainError } from "#server/domain/error/domain-error.ts";
import { envelopeSchema, questionSchema } from "#server/domain/decision/schema.ts";
import type { JobRecord, TenantRecord } from "#server/domain/evidence/bundle.ts";
import { cleanRoomReport } from "#server/domain/evidence/clean-room.ts";
import { asJson, cleanRoomFacts } from "#server/domain/evidence/verify-job.ts";
import type { SignatureRecord } from "#server/domain/evidence/verify-signature.ts";
import { stagePlanSchema } from "#server/domain/plan/schema.ts";
import { findBreakGlass } from "../break-glass/rows.ts";
import { findStandingOfJob } from "../standing/of-job.ts";
import { readRunRecord } from "./records.ts";

/** What one bundle holds at most. What it leaves out it says. */
export interface BundleLimits {
  /** Jobs: the newest of a tenant. */
  jobs: number;
  /** Lines of output of one job: the first. */
  lines: number;
  /** Files that people handed in, of all its jobs together: the first. */
  files: number;
}

const text = (at: Date | null) => at?.toISOString() ?? null;

/** What is on record of a tenant outside of its jobs. Throws `not_found`. */
export async function collectTenant(db: Db, tenantId: string): Promise<TenantRecord> {
  const [row] = await db
    .select({ tenant, cloud })
    .from(tenant)
    .innerJoin(cloud, eq(cloud.id, tenant.cloudId))
    .where(eq(tenant.id, tenantId));
  if (!row) throw new DomainError("not_found", "There is no such tenant.", { reason: "not_found" });
  const [values, findings] = await Promise.all([
    db.select().from(tenantValue).where(eq(tenantValue.tenantId, tenantId)).orderBy(asc(tenantValue.id)),
    db.select().from(finding).where(eq(finding.tenantId, tenantId)).orderBy(asc(finding.at), asc(finding.id)),
  ]);
  return {
    id: row.tenant.id,
    slug: row.tenant.slug,
    cloud: { id: row.cloud.id, name: row.cloud.name },
    inputs: { ...row.tenant.inputs },
    createdAt: row.tenant.createdAt.toISOString(),
    handedOverAt: text(row.tenant.handedOverAt),
    values: values.map(({ name, value, jobId, stepId, at }) => ({
      name,
      value,
      jobId,
      stepId,
      at: at.toISOString(),
    })),
    findings: findings.map(({ jobId, stepId, code, severity, says, observed, at }) => ({
      jobId,
      stepId,
      code,
      severity,
      says,
      observed,
      at: at.toISOString(),
    })),
  };
}

/** Ids of a tenant's newest jobs, oldest first, and how many jobs it has. */
export async function listJobIds(
  db: Db,
  tenantId: string,
  limits: BundleLimits,
): Promise<{ jobIds: string[]; there: number }> {
  const rows = await db
    .select({ id: job.id })
    .from(job)
    .where(eq(job.tenantId, tenantId))
    .orderBy(desc(job.number))
    .limit(limits.jobs);
  const there = await db.$count(job, eq(job.tenantId, tenantId));
  return { jobIds: rows.map(({ id }) => id).toReversed(), there };
}

/** Everything on record of one job. Throws `not_found`. */
export async function collectJob(
  db: Db,
  jobId: string,
  { tenant: of, limits }: { tenant: TenantRecord; limits: Pick<BundleLimits, "lines"> },
): Promise<JobRecord> {
  const [row] = await db
    .select({ job, requester: { id: person.id, name: person.name } })
    .from(job)
    .innerJoin(person, eq(person.id, job.requestedBy))
    .where(eq(job.id, jobId));
  if (!row) throw new DomainError("not_found", "There is no such job.", { reason: "not_found" });
  const [run, decided, standing, emergency, signatures, outputThere, output] = await Promise.all([
    readRunRecord(db, jobId),
    collectDecisions(db, jobId),
    findStandingOfJob(db, jobId),
    collectEmergency(db, jobId),
    collectSignatures(db, jobId),
    db.$count(outputLine, eq(outputLine.jobId, jobId)),
    db
      .select()
      .from(outputLine)
      .where(eq(outputLine.jobId, jobId))
      .orderBy(asc(outputLine.seq))
      .limit(limits.lines),
  ]);
  const facts = row.job;
  const plan = stagePlanSchema.parse(facts.plan);
  const requestedAt = facts.requestedAt.toISOString();
  const startedAt = text(facts.startedAt);
  const given = cleanRoomFacts({ startedAt, requestedAt, journal: run.journal }, of);
  const { id, number, stageKey, stageTitle, effect, state, reason, nonce, digest, contentDigest } = facts;
  return {
    id,
    number,
    stageKey,
    stageTitle,
    effect,
    state,
    reason,
    nonce,
    digest,
    contentDigest,
    requester: row.requester,
    requestedAt,
    expiresAt: facts.expiresAt.toISOString(),
    consumedAt: text(facts.consumedAt),
    startedAt,
    finishedAt: text(facts.finishedAt),
    outcomeSays: facts.outcomeSays,
    marker: { stageHash: facts.stageHash, isGreen: state === "succeeded" },
    plan,
    ...decided,
    emergency,
    standing: standing === null ? null : { ...standing, at: standing.at.toISOString() },
    ...run,
    outputThere,
    output: output.map(({ seq, stepId, stream, text: line, at }) => ({
      seq,
      stepId,
      stream,
      text: line,
      at: at.toISOString(),
    })),
    signatures,
    cleanRoom: asJson(cleanRoomReport(plan, given)),
  };
}

async function collectEmergency(db: Db, jobId: string): Promise<JobRecord["emergency"]> {
  const broken = await findBreakGlass(db, jobId);
  if (broken === null) return null;
  return {
    ...broken,
    at: broken.at.toISOString(),
    reviewBy: broken.reviewBy.toISOString(),
    reviews: broken.reviews.map((one) => ({ ...one, at: one.at.toISOString() })),
  };
}

async function collectDecisions(
  db: Db,
  jobId: string,
): Promise<Pick<JobRecord, "approvals" | "decisions" | "resolutions">> {
  const who = { id: person.id, name: person.name };
  const [approvals, decisions, resolutions] = await Promise.all([
    db
      .select({ person: who, approval, provenBy: session.steppedUpBy })
      .from(approval)
      .innerJoin(person, eq(person.id, approval.personId))
      .leftJoin(session, eq(session.id, approval.sessionId))
      .where(eq(approval.jobId, jobId))
      .orderBy(asc(approval.at)),
    db.select().from(decisionRecord).where(eq(decisionRecord.jobId, jobId)).orderBy(asc(decisionRecord.seq)),
    db
      .select({ person: who, resolution: jobResolution })
      .from(jobResolution)
      .innerJoin(person, eq(person.id, jobResolution.personId))
      .where(eq(jobResolution.jobId, jobId))
      .orderBy(asc(jobResolution.at)),
  ]);
  return {
    approvals: approvals.map(({ person: by, approval: one, provenBy }) => ({
      person: by,
      requestedBy: one.requestedBy,
      digest: one.digest,
      decision: one.decision,
      tickedCallIds: one.tickedCallIds,
      reason: one.reason,
      provenBy,
      at: one.at.toISOString(),
    })),
    decisions: decisions.map(({ question, envelope, at }) => ({
      question: questionSchema.parse(question),
      envelope: envelopeSchema.parse(envelope),
      at: at.toISOString(),
    })),
    resolutions: resolutions.map(({ person: by, resolution: { verdict, reason, at } }) => ({
      person: by,
      verdict,
      reason,
      at: at.toISOString(),
    })),
  };
}

async function collectSignatures(db: Db, jobId: string): Promise<JobRecord["signatures"]> {
  const owner = alias(person, "owner");
  const rows = await db
    .select({ signature, signer, person: { id: owner.id, name: owner.name } })
    .from(signature)
    .innerJoin(signer, eq(signer.id, signature.signerId))
    .innerJoin(owner, eq(owner.id, signature.personId))
    .where(eq(signature.jobId, jobId))
    .orderBy(asc(signature.at));
  return rows.map(({ person: by, signer: key, signature: one }) => {
    const record: SignatureRecord = {
      person: by,
      publicKey: key.publicKey,
      fingerprint: key.fingerprint,
      digest: one.digest ?? "",
      namespace: one.namespace,
      armored: one.armored,
      message: one.message,
      at: one.at.toISOString(),
    };
    return record;
  });
}
