import { desc, eq } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { auditEntry } from "#db/schema/audit.ts";
import { journalEntry } from "#db/schema/job.ts";
import { setGate } from "#server/services/gate/set.ts";
import { addDocument, addItem, openItem, type StoredItem } from "#server/testing/items.ts";
import { type Bench, countChanges, openBench } from "#server/testing/runner-bench.ts";
import { claimJob } from "./claim.ts";
import { runJob } from "./executor.ts";

let bench: Bench;
let row: StoredItem;

beforeAll(async () => {
  bench = await openBench();
  const { db } = bench.database;
  const by = { personId: bench.operator.personId, at: bench.parts.now() };
  const documentId = await addDocument(db, "docs/handoff.md", by);
  const content = openItem("R-3", "R", "Which network");
  row = await addItem(db, { documentId, code: "R-3", kind: "R", content, ...by });
}, 60_000);
afterAll(() => bench.close());

const gate = (tenantSlug: string) =>
  setGate(
    { db: bench.database.db, actor: bench.operator, clock: bench.parts.now },
    {
      itemId: row.id,
      cover: { cloudName: null, tenantSlug, runbookSlug: null, stageKey: null, operation: null },
      reason: "Not before the ruling",
    },
  );

describe("a job whose item is filed after it was approved", () => {
  it("is refused right before it starts, and nothing is sent", async () => {
    const tenantId = await bench.addTenant("acme", "10.20.41.0/24");
    expect(await bench.runStage(tenantId, "0")).toMatchObject({ state: "succeeded" });
    const changes = countChanges(bench.cloud);
    const jobId = await bench.queue(await bench.preview(tenantId, "1"));
    await gate("acme");
    expect(await claimJob(bench.parts)).toEqual({ kind: "refused" });
    expect(await bench.getJob(jobId)).toMatchObject({
      state: "refused",
      consumedAt: null,
      outcomeSays:
        "R-3 is not ruled on, and it covers this. A person who is a manager can rule. Nothing was sent.",
      outcomeAdvice: expect.stringContaining("Have it ruled on"),
    });
    expect(changes()).toBe(0);
    const { db } = bench.database;
    expect(await db.select().from(journalEntry).where(eq(journalEntry.jobId, jobId))).toEqual([]);
    const [entry] = await db
      .select()
      .from(auditEntry)
      .where(eq(auditEntry.objectId, jobId))
      .orderBy(desc(auditEntry.seq))
      .limit(1);
    expect(entry).toMatchObject({
      action: "job.started",
      outcome: "denied",
      details: { reason: "ruling_pending" },
    });
  });

  it("runs where the gate is about another tenant", async () => {
    const tenantId = await bench.addTenant("beta", "10.20.42.0/24");
    await gate("gamma");
    const jobId = await bench.queue(await bench.preview(tenantId, "0"));
    await runJob(bench.parts, await bench.claim(), new AbortController());
    expect(await bench.getJob(jobId)).toMatchObject({ state: "succeeded" });
  });
});
