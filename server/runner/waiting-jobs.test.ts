import { randomUUID } from "node:crypto";
import { resolve } from "node:path";
import { and, desc, eq } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { auditEntry } from "#db/schema/audit.ts";
import { job } from "#db/schema/job.ts";
import { person } from "#db/schema/person.ts";
import { plan } from "#db/schema/plan.ts";
import { changeFreeze } from "#db/schema/proposal.ts";
import { connect } from "#db/client.ts";
import type { JobState } from "#server/domain/job/states.ts";
import { setFreeze } from "#server/services/freeze/set.ts";
import { previewStage } from "#server/services/plan/preview.ts";
import { type Bench, openBench } from "#server/testing/runner-bench.ts";
import { prepareStage, type StageAgain } from "#server/testing/stage-again.ts";
import { cancelOrphans } from "./cancel-orphans.ts";
import { claimJob } from "./claim.ts";
import { expireRequests } from "./expire.ts";
import { RUNNER_ACTOR } from "./opened-secret.ts";
import type { RunnerParts } from "./parts.ts";
import { Runner } from "./runner.ts";

const HOUR = 60 * 60_000;
const MINUTE = 60_000;

let bench: Bench;
let stage: StageAgain;
let tenantId: string;

beforeAll(async () => {
  bench = await openBench();
  tenantId = await bench.addTenant("waiting", "10.20.1.0/24");
  expect(await bench.runStage(tenantId, "0")).toMatchObject({ state: "succeeded" });
  stage = await prepareStage(bench, tenantId, "1");
});
afterAll(async () => {
  await stage.close();
  await bench.close();
});

const db = () => bench.database.db;
const freeze = () =>
  setFreeze({ db: db(), actor: bench.operator, clock: bench.parts.now }, { reason: "Something is odd" });

/** Past the two people whom it takes, which is tested where they are. */
async function lift(): Promise<void> {
  const owner = connect(bench.database.ownerUrl, { max: 1 });
  await owner.sql`alter table change_freeze drop constraint if exists change_freeze_lifted`;
  await owner.db.update(changeFreeze).set({ liftedAt: new Date() });
  await owner.close();
}

const cancel = (jobId: string) => db().update(job).set({ state: "cancelled" }).where(eq(job.id, jobId));

async function lastAudit(jobId: string) {
  const [row] = await db()
    .select()
    .from(auditEntry)
    .where(eq(auditEntry.objectId, jobId))
    .orderBy(desc(auditEntry.seq))
    .limit(1);
  return row;
}

describe("a job that waits while changes are frozen", () => {
  it("stays queued with its approval, and starts once the freeze is lifted", async () => {
    const jobId = await stage.queue();
    await freeze();
    for (const _look of [1, 2, 3]) expect(await claimJob(bench.parts)).toBeNull();
    expect(await bench.getJob(jobId)).toMatchObject({ state: "queued", consumedAt: null });
    await lift();
    expect(await claimJob(bench.parts)).toMatchObject({ kind: "claimed", held: { jobId } });
    await bench.database.sql`delete from lease`;
    await cancel(jobId);
  });

  it("does not outlive its time, nor an approver who is gone meanwhile", async () => {
    const old = await stage.queue();
    await freeze();
    expect(await expireRequests({ ...bench.parts, now: () => new Date(Date.now() + 25 * HOUR) })).toBe(1);
    expect(await bench.getJob(old)).toMatchObject({ state: "expired", consumedAt: null });
    const orphaned = await stage.queue();
    const { reviewer } = bench;
    await db().update(person).set({ disabledAt: new Date() }).where(eq(person.id, reviewer.personId));
    expect(await claimJob(bench.parts)).toBeNull();
    await lift();
    expect(await claimJob(bench.parts)).toEqual({ kind: "refused" });
    await db().update(person).set({ disabledAt: null }).where(eq(person.id, reviewer.personId));
    expect(await bench.getJob(orphaned)).toMatchObject({ state: "refused", consumedAt: null });
  });

  it("lets reads go on", async () => {
    const reading = await bench.queue(await bench.preview(tenantId, "0"));
    await freeze();
    expect(await claimJob(bench.parts)).toMatchObject({ kind: "claimed", held: { jobId: reading } });
    await bench.database.sql`delete from lease`;
    await cancel(reading);
    await lift();
  });
});

describe("a request whose requester is gone", () => {
  const setDisabled = (disabledAt: Date | null) =>
    db().update(person).set({ disabledAt }).where(eq(person.id, bench.operator.personId));

  it.each<JobState>(["awaiting_approval", "awaiting_signature", "approved", "queued"])(
    "is cancelled while it is %s, and that is on record",
    async (state) => {
      const jobId = await stage.queue();
      await db().update(job).set({ state }).where(eq(job.id, jobId));
      expect(await cancelOrphans(bench.parts)).toBe(0);
      await setDisabled(new Date());
      expect(await cancelOrphans(bench.parts)).toBe(1);
      expect(await cancelOrphans(bench.parts)).toBe(0);
      await setDisabled(null);
      expect(await bench.getJob(jobId)).toMatchObject({
        state: "cancelled",
        consumedAt: null,
        outcomeSays: expect.stringContaining("Olga Operator asked for this and can no longer sign in"),
      });
      expect(await lastAudit(jobId)).toMatchObject({
        actor: RUNNER_ACTOR,
        action: "job.cancel",
        outcome: "done",
        details: { was: state, reason: "requester_gone" },
      });
      // Enabled again, nothing of it comes back.
      expect(await claimJob(bench.parts)).toBeNull();
    },
  );

  it.each<JobState>(["running", "succeeded", "rejected", "outcome_unknown"])(
    "is left as it is once it is %s",
    async (state) => {
      const jobId = await stage.queue();
      await db().update(job).set({ state }).where(eq(job.id, jobId));
      await setDisabled(new Date());
      expect(await cancelOrphans(bench.parts)).toBe(0);
      await setDisabled(null);
      expect(await bench.getJob(jobId)).toMatchObject({ state });
      await cancel(jobId);
    },
  );

  it("is cancelled by two runners once", async () => {
    const jobId = await stage.queue();
    await setDisabled(new Date());
    const counts = await Promise.all([1, 2, 3, 4].map(() => cancelOrphans(bench.parts)));
    await setDisabled(null);
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(1);
    const audited = await db().$count(
      auditEntry,
      and(eq(auditEntry.objectId, jobId), eq(auditEntry.action, "job.cancel")),
    );
    expect(audited).toBe(1);
  });
});

/** Resolves when the runner's loop has gone round as a whole since: it plans before it starts jobs. */
async function roundsOf(): Promise<void> {
  for (const _round of [1, 2]) {
    const ctx = { db: db(), actor: bench.operator, clock: bench.parts.now };
    const { planId } = await previewStage(ctx, { tenantId, stageKey: "0" });
    const stateNow = async () =>
      (await db().select({ state: plan.state }).from(plan).where(eq(plan.id, planId)))[0]?.state;
    await expect.poll(stateNow, { timeout: 30_000 }).toBe("ready");
  }
}

describe("a runner whose clock is not the database's", () => {
  it.each([3 * MINUTE, -3 * MINUTE, 26 * HOUR])(
    "by %i ms starts nothing and lets nothing expire, until they agree",
    { timeout: 90_000 },
    async (apart) => {
      let off = apart;
      const points = new Set<string>();
      const parts: RunnerParts = {
        ...bench.parts,
        runnerId: randomUUID(),
        now: () => new Date(Date.now() + off),
        boundary: (point) => {
          points.add(point);
          return Promise.resolve();
        },
      };
      const jobId = await stage.queue();
      const runner = new Runner(parts, {
        databaseAppUrl: bench.database.appUrl,
        place: { host: "clock", pid: 1, isAlive: () => false },
        runbooksFolder: resolve("runbooks"),
        tenantPool: "10.20.0.0/16",
      });
      await runner.start();
      try {
        await roundsOf();
        expect(points).not.toContain("before claimed");
        expect(await bench.getJob(jobId)).toMatchObject({ state: "queued", consumedAt: null });
        off = 0;
        await expect
          .poll(async () => (await bench.getJob(jobId)).consumedAt, { timeout: 30_000 })
          .not.toBeNull();
        expect(points).toContain("before claimed");
      } finally {
        await runner.stop();
      }
    },
  );
});
