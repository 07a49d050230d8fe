import { randomUUID } from "node:crypto";
import { inArray, sql } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { job, journalEntry, lease } from "#db/schema/job.ts";
import { tenant } from "#db/schema/tenant.ts";
import { type Bench, openBench } from "#server/testing/runner-bench.ts";
import { ParkedJobs } from "./parked.ts";
import { JOURNAL_VERSION } from "./progress.ts";

const RUNS = 1_000;
/** One in so many was in the middle of a call. */
const OPEN_EVERY = 10;

let bench: Bench;
let jobIds: string[] = [];

beforeAll(async () => {
  bench = await openBench();
  const tenantId = await bench.addTenant("many", "10.20.0.0/24");
  const green = await bench.runStage(tenantId, "0");
  jobIds = await leaveRuns(green);
});
afterAll(() => bench.close());

const db = () => bench.database.db;

/** As a runner leaves them that dies with a thousand runs under way: running, claimed, each in a lane of its own. */
async function leaveRuns({ number: _number, ...model }: typeof job.$inferSelect): Promise<string[]> {
  const ids = Array.from({ length: RUNS }, () => randomUUID());
  const [one] = await db().select().from(tenant);
  if (!one) throw new Error("the bench has a tenant");
  for (let from = 0; from < RUNS; from += 100) {
    const page = ids.slice(from, from + 100);
    await db()
      .insert(tenant)
      .values(page.map((id) => ({ ...one, id, slug: `many-${id.slice(0, 8)}` })));
    await db()
      .insert(job)
      .values(
        page.map((id) => ({
          ...model,
          id,
          tenantId: id,
          lane: `tenant:${id}`,
          nonce: id,
          idempotencyKey: randomUUID(),
          state: "running" as const,
          finishedAt: null,
        })),
      );
    await db()
      .insert(journalEntry)
      .values(page.flatMap((jobId, index) => entriesOf(jobId, (from + index) % OPEN_EVERY === 0)));
  }
  return ids;
}

function entriesOf(jobId: string, isOpen: boolean) {
  const at = new Date();
  const entry = { jobId, fencing: 0, stepId: null, callId: null, at };
  const claimed = { ...entry, seq: 1, kind: "claimed" as const, body: { version: JOURNAL_VERSION } };
  const intent = {
    ...entry,
    seq: 2,
    kind: "intent" as const,
    stepId: "domain",
    callId: "domain.create",
    body: {},
  };
  return isOpen ? [claimed, intent] : [claimed];
}

describe("a start after a runner died with a thousand runs", () => {
  // Ten seconds is the figure, on a machine that does nothing else; here it is printed.
  it("takes over every one, once, and finds those with a call in the air", { timeout: 180_000 }, async () => {
    const parked = new ParkedJobs(await bench.otherParts());
    const rival = new ParkedJobs(await bench.otherParts());
    const startedAt = performance.now();
    const taken = await parked.takeOver();
    const unsettled = await parked.takeUnsettled();
    const ms = performance.now() - startedAt;
    process.stdout.write(`${taken} runs taken over in ${ms.toFixed(0)} ms, ${unsettled.length} to settle\n`);
    expect(taken).toBe(RUNS);
    expect(unsettled).toHaveLength(RUNS / OPEN_EVERY);
    // Another runner finds nothing, and one that takes over again finds nothing either.
    expect(await rival.takeOver()).toBe(0);
    expect(await parked.takeOver()).toBe(0);
    const [held] = await db()
      .select({ leases: sql<number>`count(*)::int` })
      .from(lease)
      .where(inArray(lease.jobId, jobIds));
    expect(held?.leases).toBe(RUNS);
  });

  it(
    "hands every lane back that it did not come to, and each was recovered once",
    { timeout: 180_000 },
    async () => {
      const [recovered] = await db()
        .select({ count: sql<number>`count(*)::int` })
        .from(journalEntry)
        .where(sql`kind = 'recovered'`);
      expect(recovered?.count).toBe(RUNS);
      const parked = new ParkedJobs(await bench.otherParts());
      await db()
        .update(lease)
        .set({ expiresAt: new Date(0) });
      expect(await parked.takeOver()).toBe(RUNS);
      const first = parked.take();
      expect(first).not.toBeNull();
      await parked.release();
      expect(await db().select().from(lease)).toHaveLength(1);
      expect(parked.take()).toBeNull();
    },
  );
});
