import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { journalEntry } from "#db/schema/job.ts";
import { type Bench, openBench } from "#server/testing/runner-bench.ts";
import { runJob } from "./executor.ts";
import { recoverJobs } from "./recovery.ts";

let bench: Bench;
let subnets = 0;

beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.close());

/** A claimed change, which an earlier life of it announced a call of, or not; and what it ended as without its cloud. */
async function endedWithoutCloud(slug: string, isOpen: boolean) {
  subnets += 1;
  const tenantId = await bench.addTenant(slug, `10.20.${subnets}.0/24`);
  await bench.runStage(tenantId, "0");
  const jobId = await bench.queue(await bench.preview(tenantId, "1"));
  const held = await bench.claim();
  if (isOpen) {
    await bench.database.db.insert(journalEntry).values({
      jobId,
      seq: 100,
      fencing: held.fencing,
      kind: "intent",
      stepId: "domain",
      callId: "domain.create",
      body: { method: "POST" },
      at: new Date(),
    });
  }
  await runJob({ ...bench.parts, clouds: new Map() }, held, new AbortController());
  return bench.getJob(jobId);
}

describe("a run that cannot even begin", () => {
  it("has failed where nothing of it was under way", async () => {
    const { state, outcomeSays } = await endedWithoutCloud("nothing-sent", false);
    expect(outcomeSays).toContain("has no cloud");
    expect(state).toBe("failed");
  });

  it("is of unknown outcome where a call was, and keeps the lane closed", async () => {
    const { state, outcomeSays, outcomeAdvice, tenantId } = await endedWithoutCloud("something-sent", true);
    expect(outcomeSays).toContain("has no cloud");
    expect(outcomeSays).toContain("It is not known whether that call took effect.");
    expect(outcomeAdvice).toContain("Two people");
    expect(state).toBe("outcome_unknown");
    await expect(bench.preview(tenantId, "1")).rejects.toThrow(/unknown/);
    expect(await recoverJobs(bench.parts, 1)).toEqual([]);
  });
});
