import { randomBytes, randomUUID } from "node:crypto";
import { eq } from "drizzle-orm";
import type { Db } from "#db/client.ts";
import { cloud } from "#db/schema/cloud.ts";
import { job } from "#db/schema/job.ts";
import { plan } from "#db/schema/plan.ts";
import { tenant } from "#db/schema/tenant.ts";
import type { Clock } from "#server/clock.ts";
import { mutatingCalls } from "#server/domain/approval/decide.ts";
import type { JobState } from "#server/domain/job/states.ts";
import type { Role } from "#server/domain/person/states.ts";
import { contentDigest } from "#server/domain/plan/digest.ts";
import type { StagePlan } from "#server/domain/plan/plan.ts";
import type { PersonActor } from "#server/domain/policy/decide.ts";
import { recheckJob } from "#server/services/job/recheck.ts";
import { requestJob } from "#server/services/job/request.ts";
import { previewStage } from "#server/services/plan/preview.ts";
import { testDatabase, type TestDatabase } from "./database.ts";
import { addPerson, signInAs } from "./people.ts";
import { type PublishedRunbook, publishOnboarding } from "./published-runbook.ts";
import { samplePlan } from "./sample-plan.ts";

export type PlanChange = (plan: StagePlan) => StagePlan;
export type JobRow = typeof job.$inferSelect;

/** The sample's calls, as ones that destroy. */
export const destroying: PlanChange = (made) => ({
  ...made,
  effect: "destroy",
  steps: made.steps.map((step) => ({
    ...step,
    effect: "destroy",
    calls: step.calls.map((call) => ({ ...call, effect: "destroy" as const })),
  })),
});

/** The first stage: open for every new tenant, whatever a test's plan for it does. */
export const FIRST_STAGE = "0";

/**
 * A console without a runner: a real database with a cloud, the published runbook and a clock that the test moves.
 * What the runner would write is written by `answer`.
 */
export class JobWorld {
  readonly database: TestDatabase;
  readonly db: Db;
  readonly published: PublishedRunbook;
  readonly cloudId: string;
  now: Date;
  #tenants = 0;

  constructor(given: { database: TestDatabase; published: PublishedRunbook; cloudId: string; now: Date }) {
    this.database = given.database;
    this.db = given.database.db;
    this.published = given.published;
    this.cloudId = given.cloudId;
    this.now = given.now;
  }

  readonly clock: Clock = () => this.now;

  advance(ms: number): void {
    this.now = new Date(this.now.getTime() + ms);
  }

  ctx(actor: PersonActor, db: Db = this.db) {
    return { db, actor, clock: this.clock };
  }

  /** A new person, signed in. */
  async person(name: string, ...roles: Role[]): Promise<PersonActor> {
    const who = await addPerson(this.db, { name, roles, at: this.now });
    return (await signInAs(this, who)).actor;
  }

  async tenant(createdBy: PersonActor, cidr?: string): Promise<string> {
    this.#tenants += 1;
    const id = randomUUID();
    await this.db.insert(tenant).values({
      id,
      slug: `client-${this.#tenants}`,
      cloudId: this.cloudId,
      runbookVersionId: this.published.versionId,
      inputs: {
        cidr: cidr ?? `10.20.${this.#tenants}.0/24`,
        instances: 10,
        cores: 20,
        ramMb: 51_200,
        nodeCount: 1,
      },
      createdBy: createdBy.personId,
      createdAt: this.now,
    });
    return id;
  }

  /** A tenant whose every stage has passed. */
  async passedTenant(createdBy: PersonActor): Promise<string> {
    const tenantId = await this.tenant(createdBy);
    for (const { key } of this.published.runbook.stages) {
      await this.pastJob({ tenantId, requestedBy: createdBy, stageKey: key }, "succeeded");
    }
    return tenantId;
  }

  /** A job row as the runner leaves it, without the way there; of another version than the shipped one where it says so. */
  async pastJob(
    of: { tenantId: string; requestedBy: PersonActor; stageKey: string; text?: PublishedRunbook },
    state: JobState,
  ): Promise<JobRow> {
    const text = of.text ?? this.published;
    const stage = text.runbook.stages.find(({ key }) => key === of.stageKey);
    const content = this.planFor(of, (made) => made);
    const [row] = await this.db
      .insert(job)
      .values({
        id: randomUUID(),
        tenantId: of.tenantId,
        cloudId: this.cloudId,
        runbookVersionId: text.versionId,
        stageKey: of.stageKey,
        stageTitle: stage?.title ?? "",
        stageHash: stage?.hash ?? "",
        lane: `tenant:${of.tenantId}`,
        effect: "mutate",
        plan: content,
        contentDigest: contentDigest(content),
        digest: `sha256:${randomBytes(32).toString("hex")}`,
        nonce: randomBytes(24).toString("base64url"),
        idempotencyKey: randomUUID(),
        requestedBy: of.requestedBy.personId,
        reason: "Past",
        startsOnApproval: true,
        requestedAt: this.now,
        expiresAt: new Date(this.now.getTime() + 60_000),
        state,
        stateChangedAt: this.now,
        startedAt: this.now,
        finishedAt: this.now,
      })
      .returning();
    return some(row);
  }

  /** What the runner would plan: the sample's two calls, on the ids of this stage. */
  planFor(of: { tenantId: string; stageKey: string }, change: PlanChange): StagePlan {
    const { runbook } = this.published;
    const stage = runbook.stages.find(({ key }) => key === of.stageKey);
    return change({
      ...samplePlan(),
      runbook: { slug: runbook.slug, contentHash: runbook.contentHash },
      stage: { key: of.stageKey, hash: stage?.hash ?? "" },
      cloud: { id: this.cloudId, name: "embedded" },
      tenant: { id: of.tenantId, slug: "client" },
    });
  }

  /** Finishes a planning task as the runner does. */
  async answer(planId: string, change: PlanChange = (made) => made): Promise<typeof plan.$inferSelect> {
    const [task] = await this.db.select().from(plan).where(eq(plan.id, planId));
    const content = this.planFor(some(task), change);
    const [row] = await this.db
      .update(plan)
      .set({
        state: "ready",
        content,
        contentDigest: contentDigest(content),
        effect: content.effect,
        finishedAt: this.now,
      })
      .where(eq(plan.id, planId))
      .returning();
    return some(row);
  }

  /** A finished preview, and what a page sends back of it. */
  async preview(
    operator: PersonActor,
    of: { tenantId: string; stageKey?: string; change?: PlanChange },
  ): Promise<{ planId: string; contentDigest: string }> {
    const { tenantId, stageKey = FIRST_STAGE } = of;
    const { planId } = await previewStage(this.ctx(operator), { tenantId, stageKey });
    const row = await this.answer(planId, of.change);
    return { planId, contentDigest: row.contentDigest ?? "" };
  }

  /** A request that waits for its second person. */
  async request(
    operator: PersonActor,
    of: { tenantId?: string; startsOnApproval?: boolean; change?: PlanChange } = {},
  ): Promise<JobRow> {
    const tenantId = of.tenantId ?? (await this.tenant(operator));
    const previewed = await this.preview(operator, { tenantId, ...(of.change ? { change: of.change } : {}) });
    const { jobId } = await requestJob(this.ctx(operator), {
      ...previewed,
      reason: "The client asked for it",
      typedTarget: "client",
      startsOnApproval: of.startsOnApproval ?? true,
      idempotencyKey: randomUUID(),
    });
    return this.job(jobId);
  }

  /** A finished comparison with the cloud; `change` is what the cloud did meanwhile. */
  async recheck(by: PersonActor, jobId: string, change?: PlanChange): Promise<string> {
    const { planId } = await recheckJob(this.ctx(by), { jobId });
    await this.answer(planId, change);
    return planId;
  }

  async job(jobId: string): Promise<JobRow> {
    const [row] = await this.db.select().from(job).where(eq(job.id, jobId));
    return some(row);
  }

  async close(): Promise<void> {
    await this.database.close();
  }
}

export async function openJobWorld(
  given: { now: Date } = { now: new Date("2026-03-04T09:00:00.000Z") },
): Promise<JobWorld> {
  const database = await testDatabase();
  const { now } = given;
  const cloudId = randomUUID();
  await database.db.insert(cloud).values({
    id: cloudId,
    name: "embedded",
    authUrl: "https://127.0.0.1:5000/v3",
    region: null,
    horizonUrl: null,
    tenantPool: "10.20.0.0/16",
    state: "reachable",
    says: "Reachable",
    endpoints: {},
    checkedAt: now,
  });
  const published = await publishOnboarding(database.db, { at: now });
  return new JobWorld({ database, published, cloudId, now });
}

/** What an approval page that shows this job sends. */
export function approvalOf(row: JobRow) {
  return {
    jobId: row.id,
    digest: row.digest,
    nonce: row.nonce,
    tickedCallIds: mutatingCalls(row.plan).map(({ callId }) => callId),
    reason: "Looks right",
  };
}

/** The same stage when nothing is left to change. */
export const asRead: PlanChange = (made) => ({
  ...made,
  effect: "read",
  steps: made.steps.map((step) => ({
    ...step,
    effect: "read",
    disposition: "read",
    calls: [],
    generates: [],
  })),
});

function some<T>(row: T | undefined): T {
  if (row === undefined) throw new Error("The test expected a row.");
  return row;
}
