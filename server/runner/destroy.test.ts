import { desc, eq } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { connect } from "#db/client.ts";
import { evidence, job, journalEntry } from "#db/schema/job.ts";
import { operation, signature, signer, usedNonce } from "#db/schema/signing.ts";
import { tenantValue } from "#db/schema/tenant.ts";
import type { PersonActor } from "#server/domain/policy/decide.ts";
import { signJob } from "#server/services/job/sign.ts";
import { openDatabaseLine } from "#server/testing/database-line.ts";
import { FaultyRunner, openFullDisk } from "#server/testing/faulty-runner.ts";
import { refusalOf } from "#server/testing/refusal.ts";
import { type Bench, countChanges, openBench } from "#server/testing/runner-bench.ts";
import { enrol, openSigningKeys, type SigningKey, type SigningKeys } from "#server/testing/signing-keys.ts";
import { claimJob } from "./claim.ts";
import { runJob } from "./executor.ts";
import { recoverJobs } from "./recovery.ts";

const STAGES = ["0", "1", "2", "2.5", "3", "4", "5", "6-7", "R0"];

let bench: Bench;
let keys: SigningKeys;
let key: SigningKey;
let signerId: string;
let third = 20;

beforeAll(async () => {
  keys = await openSigningKeys();
  bench = await openBench();
  key = await keys.make();
  const { reviewer, parts } = bench;
  signerId = await enrol(db(), { line: key.publicLine, personId: reviewer.personId, at: parts.now() });
}, 60_000);
afterAll(async () => {
  await bench.close();
  await keys.close();
});

const db = () => bench.database.db;
const as = (actor: PersonActor) => ({ db: db(), actor, clock: bench.parts.now });

async function onboarded(slug: string): Promise<string> {
  third += 1;
  const tenantId = await bench.addTenant(slug, `10.20.${third}.0/24`);
  for (const stage of STAGES) {
    expect(await bench.runStage(tenantId, stage)).toMatchObject({ state: "succeeded" });
  }
  return tenantId;
}

/** Asked for, compared and approved; waiting for its signature. */
async function approved(tenantId: string): Promise<string> {
  const jobId = await bench.queue(await bench.preview(tenantId, "R1"));
  expect(await bench.getJob(jobId)).toMatchObject({ state: "awaiting_signature", effect: "destroy" });
  return jobId;
}

async function sign(jobId: string): Promise<void> {
  const [row] = await db()
    .select()
    .from(operation)
    .where(eq(operation.jobId, jobId))
    .orderBy(desc(operation.attempt));
  const armored = await key.sign(row?.message ?? "");
  await signJob(as(bench.reviewer), { jobId, armored, operation: null });
}

async function clusterOf(tenantId: string): Promise<string> {
  const rows = await db().select().from(tenantValue).where(eq(tenantValue.tenantId, tenantId));
  const value = rows.find(({ name }) => name === "cluster_id")?.value;
  if (typeof value !== "string") throw new Error("The tenant has no cluster.");
  return value;
}

describe("deleting a cluster", () => {
  it("does not run on an approval alone, and runs on approval and signature", async () => {
    const tenantId = await onboarded("acme");
    const changes = countChanges(bench.cloud);
    const jobId = await approved(tenantId);
    expect(await claimJob(bench.parts)).toBeNull();
    // Even a state that somebody wrote past the code does not let it go.
    await db().update(job).set({ state: "queued", queuedAt: new Date() }).where(eq(job.id, jobId));
    expect(await claimJob(bench.parts)).toEqual({ kind: "refused" });
    expect(await bench.getJob(jobId)).toMatchObject({
      state: "refused",
      outcomeSays: expect.stringContaining("needs a signature"),
    });
    expect(changes()).toBe(0);

    const again = await approved(tenantId);
    await sign(again);
    await runJob(bench.parts, await bench.claim(), new AbortController());
    expect(await bench.getJob(again)).toMatchObject({ state: "succeeded" });
    expect(changes()).toBe(1);
    const seen = await db().select().from(evidence).where(eq(evidence.jobId, again));
    expect(seen.map(({ values }) => values)).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ state: "gone", id: await clusterOf(tenantId) }),
        { trustee: "absent", trust: "absent" },
      ]),
    );

    const once = await bench.preview(tenantId, "R1");
    expect(once).toMatchObject({ state: "ready", effect: "read" });
  }, 120_000);

  it("stops at a key that was revoked, a nonce that is gone or a world that moved after the signature", async () => {
    const tenantId = await onboarded("globex");
    const changes = countChanges(bench.cloud);
    const revoked = await approved(tenantId);
    await sign(revoked);
    const set = (at: Date | null) =>
      db()
        .update(signer)
        .set({ revokedAt: at, revokedBy: at && "test", revokedReason: at && "lost" })
        .where(eq(signer.id, signerId));
    await set(new Date());
    expect(await claimJob(bench.parts)).toEqual({ kind: "refused" });
    expect(await bench.getJob(revoked)).toMatchObject({
      state: "refused",
      outcomeSays: expect.stringContaining("does not hold any more"),
    });
    await set(null);

    const drifted = await approved(tenantId);
    await sign(drifted);
    const claimed = await bench.claim();
    const { containerInfra } = bench.cloud.world;
    const gone = await clusterOf(tenantId);
    containerInfra.clusters = containerInfra.clusters.filter(({ uuid }) => uuid !== gone);
    await runJob(bench.parts, claimed, new AbortController());
    expect(await bench.getJob(drifted)).toMatchObject({ state: "refused" });
    expect(changes()).toBe(0);
    expect(await db().select().from(usedNonce)).not.toHaveLength(0);
  }, 120_000);

  it("takes a 404 after its own lost answer for done, and never sends twice", async () => {
    const tenantId = await onboarded("initech");
    const changes = countChanges(bench.cloud);
    const jobId = await approved(tenantId);
    await sign(jobId);
    bench.cloud.faults.add({
      match: { service: "container-infra", method: "DELETE" },
      times: 1,
      effect: "cut_after",
    });
    await runJob(bench.parts, await bench.claim(), new AbortController());
    expect(await bench.getJob(jobId)).toMatchObject({ state: "succeeded" });
    const entries = await db().select().from(journalEntry).where(eq(journalEntry.jobId, jobId));
    expect(entries.find(({ kind }) => kind === "outcome")?.body).toMatchObject({
      result: "applied",
      seen: "probe",
    });
    expect(changes()).toBe(1);
  }, 120_000);

  it("a cluster that Magnum cannot show while it takes it apart is waited for", async () => {
    const tenantId = await onboarded("umbrella");
    const jobId = await approved(tenantId);
    await sign(jobId);
    const boundary = (point: string) => {
      const match = { service: "container-infra" as const, method: "GET", pathPrefix: "/v1/clusters/" };
      if (point === "after send") bench.cloud.faults.add({ match, times: 2, effect: "without_nodes" });
      return Promise.resolve();
    };
    await runJob({ ...bench.parts, boundary }, await bench.claim(), new AbortController());
    expect(bench.cloud.faults.list().map(({ remainingCount }) => remainingCount)).not.toContain(2);
    bench.cloud.faults.clear();
    expect(await bench.getJob(jobId)).toMatchObject({ state: "succeeded" });
  }, 120_000);

  it("signed in the moment of a crash: the signature stands, is taken once, and a runner that dies uses it once", async () => {
    const tenantId = await onboarded("hooli");
    const changes = countChanges(bench.cloud);
    const jobId = await approved(tenantId);
    const [asked] = await db().select().from(operation).where(eq(operation.jobId, jobId));
    const input = { jobId, armored: await key.sign(asked?.message ?? ""), operation: null };
    const spent = await db().$count(usedNonce);
    // The process ends after its COMMIT and before its answer.
    const line = await openDatabaseLine(bench.database.appUrl);
    const dying = connect(line.url, { max: 1 });
    line.loseNextCommit();
    await expect(signJob({ ...as(bench.reviewer), db: dying.db }, input)).rejects.toThrow();
    expect(line.hasLost()).toBe(true);
    await dying.close();
    await line.close();
    expect(await bench.getJob(jobId)).toMatchObject({ state: "queued" });
    expect(await db().$count(usedNonce)).toBe(spent + 1);
    const presentAgain = () => refusalOf(signJob(as(bench.reviewer), input));
    expect(await presentAgain()).toMatchObject({ reason: "ErrReplay" });

    const disk = await openFullDisk(bench);
    for (const point of ["before consumed", "after consumed", "after claimed"] as const) {
      const runner = await FaultyRunner.start(bench, { fault: "kill", point, disk });
      await runner.work("claim");
      expect(runner.isHit, point).toBe(true);
      await runner.bury(bench, jobId);
      // Waits until the database has noticed that it is gone.
      await db().transaction((tx) => tx.select().from(job).where(eq(job.id, jobId)).for("update"));
      const isTaken = point === "after claimed";
      expect((await bench.getJob(jobId)).state, point).toBe(isTaken ? "running" : "queued");
      expect((await bench.getJob(jobId)).consumedAt !== null, point).toBe(isTaken);
      expect(await presentAgain()).toMatchObject({ reason: "ErrReplay" });
    }
    await disk.close();
    expect(changes()).toBe(0);
    const [held] = await recoverJobs(bench.parts, 1);
    expect(held?.jobId).toBe(jobId);
    if (held) await runJob(bench.parts, held, new AbortController());
    expect(await bench.getJob(jobId)).toMatchObject({ state: "succeeded" });
    expect(changes()).toBe(1);
    expect(await presentAgain()).toMatchObject({ reason: "ErrReplay" });
    expect(await db().$count(signature, eq(signature.jobId, jobId))).toBe(1);
  }, 180_000);
});
