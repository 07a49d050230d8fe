import { randomUUID } from "node:crypto";
import { and, eq } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { job, journalEntry, lease } from "#db/schema/job.ts";
import { secret } from "#db/schema/secret.ts";
import { tenantValue } from "#db/schema/tenant.ts";
import { type Bench, countChanges, openBench } from "#server/testing/runner-bench.ts";
import { RunStopped } from "./endings.ts";
import { runJob } from "./executor.ts";
import type { Lease } from "./lease.ts";
import type { RunnerParts } from "./parts.ts";
import { recoverJobs } from "./recovery.ts";
import { wait } from "./wait.ts";

let bench: Bench;
/** Names of the boundaries of one undisturbed run, in order. */
let boundaries: string[] = [];

beforeAll(async () => {
  bench = await openBench();
  boundaries = await boundariesOfOneRun();
});
afterAll(() => bench.close());

const db = () => bench.database.db;
const recoverJob = async (parts: RunnerParts) => (await recoverJobs(parts, 1))[0] ?? null;
const quick: RunnerParts["wait"] = (ms, signal) => wait(Math.min(ms, 100), signal);

let count = 0;
async function queueStage1(): Promise<{ slug: string; tenantId: string; jobId: string }> {
  count += 1;
  const slug = `crash-${count}`;
  const tenantId = await bench.addTenant(slug, `10.20.${count}.0/24`);
  await passStage0(tenantId);
  return { slug, tenantId, jobId: await bench.queue(await bench.preview(tenantId, "1")) };
}

let model: string | null = null;
/** The first tenant runs its stage 0; the others get a copy of that run and of what it saved. */
async function passStage0(tenantId: string): Promise<void> {
  if (model === null) {
    const green = await bench.runStage(tenantId, "0");
    expect(green.state, green.outcomeSays ?? "").toBe("succeeded");
    model = tenantId;
    return;
  }
  const [green] = await db()
    .select()
    .from(job)
    .where(and(eq(job.tenantId, model), eq(job.stageKey, "0")));
  const saved = await db().select().from(tenantValue).where(eq(tenantValue.tenantId, model));
  if (!green) throw new Error("the first tenant has run stage 0");
  const { number: _number, ...copied } = green;
  const id = randomUUID();
  await db()
    .insert(job)
    .values({ ...copied, id, tenantId, lane: `tenant:${tenantId}`, nonce: id, idempotencyKey: randomUUID() });
  for (const { id: _id, value, ...row } of saved) {
    if (value !== null)
      await db()
        .insert(tenantValue)
        .values({ ...row, value, tenantId });
  }
}

async function boundariesOfOneRun(): Promise<string[]> {
  await queueStage1();
  const seen: string[] = [];
  const parts = await bench.otherParts({ boundary: async (point) => void seen.push(point) });
  const held = await bench.claim(parts);
  seen.length = 0;
  await runJob(parts, held, new AbortController());
  return seen;
}

/**
 * Runs until the nth boundary and stops there for ever, as a killed process does: nothing after it happens, the lease
 * is not renewed and runs out.
 */
async function runUntil(nth: number, given: { held: Lease; wait?: RunnerParts["wait"] }): Promise<boolean> {
  const stop = new AbortController();
  let passed = 0;
  const reached = Promise.withResolvers<void>();
  const parts = await bench.otherParts({
    wait: given.wait ?? quick,
    boundary: (point) => {
      if (point.endsWith(" claimed") || point.endsWith(" consumed") || (passed += 1) !== nth)
        return Promise.resolve();
      reached.resolve();
      return new Promise(() => undefined);
    },
  });
  const ended = runJob(parts, given.held, stop).then(() => false);
  const isStopped = await Promise.race([reached.promise.then(() => true), ended]);
  if (!isStopped) return false;
  stop.abort(new RunStopped("lease_lost"));
  await db()
    .update(lease)
    .set({ expiresAt: new Date(0) })
    .where(eq(lease.jobId, given.held.jobId));
  return true;
}

async function takeOver(jobId: string): Promise<Lease> {
  const held = await recoverJob(await bench.otherParts());
  expect(held?.jobId).toBe(jobId);
  if (held === null) throw new Error("nothing to recover");
  return held;
}

/** What the cloud holds of stage 1: each thing at most once. */
function worldOf(slug: string) {
  const { domains, users, grants } = bench.cloud.world.identity;
  const domain = Object.values(domains).filter(({ name }) => name === slug);
  const manager = Object.values(users).filter(({ name }) => name === `${slug}-domain-admin`);
  const role = grants.filter(({ actor }) => manager.some(({ id }) => id === actor.id));
  return [domain.length, manager.length, role.length];
}

async function expectTidy(slug: string, jobId: string, at: string): Promise<string> {
  const done = await bench.getJob(jobId);
  const things = worldOf(slug);
  expect(
    things.every((n) => n <= 1),
    `${at}: ${things.join()}`,
  ).toBe(true);
  expect(["succeeded", "failed"], `${at}: ${done.state} ${done.outcomeSays ?? ""}`).toContain(done.state);
  if (done.state === "succeeded") expect(things, at).toEqual([1, 1, 1]);
  const sealed = await db().select().from(secret).where(eq(secret.jobId, jobId));
  expect(sealed.length, at).toBeLessThanOrEqual(1);
  const entries = await db().select().from(journalEntry).where(eq(journalEntry.jobId, jobId));
  const intents = entries.filter(({ kind }) => kind === "intent").map(({ callId }) => callId);
  expect(new Set(intents).size, at).toBe(intents.length);
  expect(entries.map(({ seq }) => seq).sort((a, b) => a - b)).toEqual(entries.map((_, index) => index + 1));
  return done.state;
}

describe("a runner killed at any boundary", () => {
  it("knows its boundaries", () => {
    expect(boundaries).toEqual(
      expect.arrayContaining(["before intent", "before send", "after send", "after outcome"]),
    );
    expect(boundaries.length).toBeGreaterThan(25);
  });

  it("may be killed again while it recovers", { timeout: 120_000 }, async () => {
    for (const [first, then] of [
      [boundaries.indexOf("after send") + 1, 1],
      [boundaries.indexOf("after send") + 1, 2],
      [boundaries.lastIndexOf("after send") + 1, 3],
      [boundaries.indexOf("after outcome") + 1, 4],
    ] as const) {
      const { slug, jobId } = await queueStage1();
      expect(await runUntil(first, { held: await bench.claim() })).toBe(true);
      expect(await runUntil(then, { held: await takeOver(jobId) })).toBe(true);
      await runJob(await bench.otherParts({ wait: quick }), await takeOver(jobId), new AbortController());
      expect(await expectTidy(slug, jobId, `${first}, ${then}`)).toBe("succeeded");
    }
  });

  it("is given up after too many takeovers, saying whether a call hangs in the air", async () => {
    const { jobId } = await queueStage1();
    expect(await runUntil(boundaries.indexOf("after send") + 1, { held: await bench.claim() })).toBe(true);
    let held: Lease = await takeOver(jobId);
    for (let time = 0; time < 5; time += 1) {
      await db()
        .update(lease)
        .set({ expiresAt: new Date(0) })
        .where(eq(lease.jobId, jobId));
      held = await takeOver(jobId);
    }
    await runJob(bench.parts, held, new AbortController());
    expect((await bench.getJob(jobId)).state).toBe("outcome_unknown");
  });
});

describe("the database goes away", () => {
  it("stops a run before its next call and lets it be finished later", async () => {
    const { slug, jobId } = await queueStage1();
    const held = await bench.claim();
    let isAway = false;
    const parts = await bench.otherParts({
      boundary: (point) => {
        if (point === "before intent" && worldOf(slug)[0] === 1) isAway = true;
        return isAway ? Promise.reject(connectionClosed()) : Promise.resolve();
      },
    });
    const changes = countChanges(bench.cloud);
    await runJob(parts, held, new AbortController());
    expect(changes()).toBe(1);
    expect((await bench.getJob(jobId)).state).toBe("running");
    bench.cloud.faults.clear();
    await db()
      .update(lease)
      .set({ expiresAt: new Date(0) })
      .where(eq(lease.jobId, jobId));
    await runJob(bench.parts, await takeOver(jobId), new AbortController());
    expect(await expectTidy(slug, jobId, "later")).toBe("succeeded");
  });

  it("for a moment, while an outcome is to be written: the outcome is written when it is back", async () => {
    const { slug, jobId } = await queueStage1();
    let failures = 0;
    const parts = await bench.otherParts({
      wait: quick,
      boundary: (point) => {
        if (point !== "before outcome" || failures >= 3) return Promise.resolve();
        failures += 1;
        return Promise.reject(connectionClosed());
      },
    });
    await runJob(parts, await bench.claim(), new AbortController());
    expect(failures).toBe(3);
    expect(await expectTidy(slug, jobId, "moment")).toBe("succeeded");
    expect((await db().select().from(job).where(eq(job.id, jobId)))[0]?.outcomeSays).toContain("Done");
  });
});

/** As postgres.js reports it. */
function connectionClosed(): Error {
  return Object.assign(new Error("write CONNECTION_CLOSED"), {
    code: "CONNECTION_CLOSED",
    errno: "CONNECTION_CLOSED",
  });
}
