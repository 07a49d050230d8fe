import { asc, eq } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { connect } from "#db/client.ts";
import { auditEntry } from "#db/schema/audit.ts";
import { decisionRecord } from "#db/schema/decision.ts";
import { approval, job } from "#db/schema/job.ts";
import { canonicalDigest } from "#server/domain/canonical/json.ts";
import { jobQuestion } from "#server/domain/decision/job-question.ts";
import type { PersonActor } from "#server/domain/policy/decide.ts";
import { approvalOf, asRead, type JobRow, type JobWorld, openJobWorld } from "#server/testing/jobs.ts";
import { refusalOf } from "#server/testing/refusal.ts";
import { approveJob } from "../job/approve.ts";
import { readJob } from "../job/get.ts";
import { runRead } from "../job/run-read.ts";
import { startJob } from "../job/start.ts";
import { requireDecision, takeDecision } from "./take.ts";

let world: JobWorld;
let olga: PersonActor;
let rita: PersonActor;

beforeAll(async () => {
  world = await openJobWorld();
});
afterAll(() => world.close());
beforeEach(async () => {
  olga = await world.person("Olga", "operator");
  rita = await world.person("Rita", "reviewer");
});

const as = (actor: PersonActor) => world.ctx(actor);
const recordsOf = (jobId: string) =>
  world.db
    .select()
    .from(decisionRecord)
    .where(eq(decisionRecord.jobId, jobId))
    .orderBy(asc(decisionRecord.seq));

async function asOwner(statement: string): Promise<void> {
  const owner = connect(world.database.ownerUrl, { max: 1 });
  try {
    await owner.sql.unsafe(statement);
  } finally {
    await owner.close();
  }
}

/** While this runs no decision can be written down. */
async function withoutLog(run: () => Promise<void>): Promise<void> {
  await asOwner("alter table decision_record add constraint no_room check (false) not valid");
  try {
    await run();
  } finally {
    await asOwner("alter table decision_record drop constraint no_room");
  }
}

async function waiting(startsOnApproval = true): Promise<JobRow> {
  const row = await world.request(olga, { startsOnApproval });
  await world.recheck(rita, row.id);
  return row;
}

describe("a job", () => {
  it("carries the decision of each step, named by the audit and shown on its page", async () => {
    const row = await waiting(false);
    await approveJob(as(rita), approvalOf(row));
    await startJob(as(olga), { jobId: row.id });
    const records = await recordsOf(row.id);
    expect(records.map(({ action, effect, digest }) => [action, effect, digest])).toEqual(
      ["job.request", "job.approve", "job.start"].map((action) => [action, "allow", row.digest]),
    );
    const entries = await world.db.select().from(auditEntry).where(eq(auditEntry.objectId, row.id));
    for (const { action, decisionId, envelope } of records) {
      expect(envelope).toMatchObject({
        resource: { id: `job:${row.id}` },
        provenance: { policy_version: "rules/1" },
      });
      expect(entries.find((entry) => entry.action === action)?.details).toMatchObject({
        decision: decisionId,
      });
    }
    const { decisions } = await readJob(as(rita), { jobId: row.id });
    expect(decisions.map(({ id }) => id)).toEqual(records.map(({ decisionId }) => decisionId));
  });

  it("that only reads carries one as well", async () => {
    const tenantId = await world.tenant(olga);
    const previewed = await world.preview(olga, { tenantId, change: asRead });
    const { jobId } = await runRead(as(olga), { ...previewed, idempotencyKey: crypto.randomUUID() });
    expect(await recordsOf(jobId)).toMatchObject([{ action: "job.run_read", effect: "allow" }]);
  });

  it("goes nowhere when the decision cannot be written down", async () => {
    const row = await waiting();
    const armed = await waiting(false);
    await approveJob(as(rita), approvalOf(armed));
    const tenantId = await world.tenant(olga);
    const read = await world.preview(olga, { tenantId, change: asRead });
    await withoutLog(async () => {
      const unlogged = { code: "forbidden", reason: "decision_unlogged" };
      const jobs = (await world.db.select().from(job)).length;
      expect(await refusalOf(world.request(olga))).toEqual(unlogged);
      expect(await refusalOf(runRead(as(olga), { ...read, idempotencyKey: crypto.randomUUID() }))).toEqual(
        unlogged,
      );
      expect(await world.db.select().from(job)).toHaveLength(jobs);
      expect(await refusalOf(approveJob(as(rita), approvalOf(row)))).toEqual(unlogged);
      expect(await refusalOf(startJob(as(olga), { jobId: armed.id }))).toEqual(unlogged);
    });
    expect(await world.job(row.id)).toMatchObject({ state: "awaiting_approval", consumedAt: null });
    expect(await world.job(armed.id)).toMatchObject({ state: "approved", consumedAt: null });
    expect(await world.db.select().from(approval).where(eq(approval.jobId, row.id))).toEqual([]);
    const denials = await world.db.select().from(auditEntry).where(eq(auditEntry.objectId, row.id));
    expect(denials.filter(({ outcome }) => outcome === "denied").map(({ details }) => details)).toEqual([
      { code: "forbidden", reason: "decision_unlogged" },
    ]);
    // With room again the same answer is taken.
    expect(await approveJob(as(rita), approvalOf(row))).toEqual({ state: "queued" });
  });
});

describe("a decision", () => {
  const ask = (
    row: JobRow,
    evaluate: () => { effect: "allow" | "redact"; reason: string; rule: string },
  ) => ({
    question: jobQuestion({ personId: rita.personId, action: "job.approve", job: row }),
    policy: { package: "test", version: "rules/1", etag: canonicalDigest({}), evaluate },
    job: row,
    at: world.now,
  });
  const allow = { effect: "allow", reason: "x", rule: "x" } as const;

  it("that cannot be had or read is none, and is not written down", async () => {
    const row = await world.request(olga);
    const before = await recordsOf(row.id);
    await world.db.transaction(async (tx) => {
      for (const evaluate of [
        () => {
          throw new Error("gone");
        },
        () => ({ ...allow, reason: "" }),
      ]) {
        expect(await takeDecision(tx, ask(row, evaluate))).toMatchObject({
          kind: "none",
          reason: "policy_unavailable",
        });
        expect(await refusalOf(requireDecision(tx, ask(row, evaluate)))).toEqual({
          code: "forbidden",
          reason: "policy_unavailable",
        });
      }
    });
    expect(await recordsOf(row.id)).toEqual(before);
  });

  it("other than to allow lets nothing go on", async () => {
    const row = await world.request(olga);
    await world.db.transaction(async (tx) => {
      const redact = ask(row, () => ({ ...allow, effect: "redact" }));
      expect(await refusalOf(requireDecision(tx, redact))).toEqual({
        code: "forbidden",
        reason: "policy_denied",
      });
      expect(
        await requireDecision(
          tx,
          ask(row, () => allow),
        ),
      ).toMatch(/^decision:/);
    });
  });
});

describe("the database", () => {
  it("keeps decisions as they are, about a job's own digest, and as the envelope says", async () => {
    const row = await world.request(olga);
    const [record] = await recordsOf(row.id);
    if (!record) throw new Error("There is no record.");
    const { seq, ...fields } = record;
    const mine = eq(decisionRecord.seq, seq);
    await expect(world.db.update(decisionRecord).set({ effect: "deny" }).where(mine)).rejects.toThrow();
    await expect(world.db.delete(decisionRecord).where(mine)).rejects.toThrow();
    for (const change of [
      { digest: `sha256:${"0".repeat(64)}` },
      { effect: "deny" as const },
      { decisionId: "decision:0000000000000000" },
      { decisionId: "mine" },
      { action: "job.execute" },
    ]) {
      await expect(world.db.insert(decisionRecord).values({ ...fields, ...change })).rejects.toThrow();
    }
  });

  it("spends no approval without a decision that lets the runner begin", async () => {
    const row = await waiting();
    await approveJob(as(rita), approvalOf(row));
    await expect(
      world.db.update(job).set({ consumedAt: world.now }).where(eq(job.id, row.id)),
    ).rejects.toThrow();
    expect(await world.job(row.id)).toMatchObject({ consumedAt: null });
  });
});
