import { eq } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { outputLine } from "#db/schema/job.ts";
import { openBench, type Bench } from "#server/testing/runner-bench.ts";

const STAGES = ["0", "1", "2", "2.5", "3", "4", "5", "6-7"];

let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.close());

async function outputOf(jobId: string): Promise<string> {
  const lines = await bench.database.db
    .select()
    .from(outputLine)
    .where(eq(outputLine.jobId, jobId))
    .orderBy(outputLine.seq);
  return lines.map(({ stream, text }) => `${stream.padEnd(6)}${text}`).join("\n");
}

describe("a tenant's onboarding", () => {
  let tenantId = "";

  it("passes every stage", { timeout: 120_000 }, async () => {
    tenantId = await bench.addTenant("acme", "10.20.24.0/24");
    for (const stageKey of STAGES) {
      const done = await bench.runStage(tenantId, stageKey);
      const output = await outputOf(done.id);
      expect(done.state, `${done.outcomeSays}\n${output}`).toBe("succeeded");
    }
  });
});
