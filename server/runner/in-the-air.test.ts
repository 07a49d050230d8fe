import { eq } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { journalEntry } from "#db/schema/job.ts";
import { type Bench, openBench } from "#server/testing/runner-bench.ts";
import { runJob } from "./executor.ts";
import { JOURNAL_VERSION } from "./progress.ts";
import { recoverJobs } from "./recovery.ts";

let bench: Bench;
let subnets = 0;

beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.close());

/** A call that an earlier life has announced, and of whose outcome nothing is on record. */
const openCall = (jobId: string, fencing: number) => ({
  jobId,
  seq: 101,
  fencing,
  kind: "intent" as const,
  stepId: "domain",
  callId: "domain.create",
  body: { method: "POST" },
  at: new Date(),
});

/** Queues and claims the stage that makes the domain. */
async function claimedChange(slug: string) {
  subnets += 1;
  const tenantId = await bench.addTenant(slug, `10.20.${subnets}.0/24`);
  await bench.runStage(tenantId, "0");
  const jobId = await bench.queue(await bench.preview(tenantId, "1"));
  return { jobId, held: await bench.claim() };
}

/** A claimed change, which an earlier life of it announced a call of, or not; and what it ended as without its cloud. */
async function endedWithoutCloud(slug: string, isOpen: boolean) {
  const { jobId, held } = await claimedChange(slug);
  if (isOpen) await bench.database.db.insert(journalEntry).values(openCall(jobId, held.fencing));
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

describe("a run whose journal a newer runner has written", () => {
  it.each([
    { what: "between two calls", isOpen: false, state: "failed", advice: "Start the newer version again" },
    { what: "in the middle of one", isOpen: true, state: "outcome_unknown", advice: "Two people" },
  ])("$what is not gone on with: $state, and nothing is sent", async ({ isOpen, state, advice }) => {
    const { jobId, held } = await claimedChange(`newer-${state.replace("_", "-")}`);
    const entry = { jobId, fencing: held.fencing, stepId: null, callId: null, at: new Date() };
    const newer = { ...entry, seq: 100, kind: "recovered" as const, body: { version: JOURNAL_VERSION + 1 } };
    await bench.database.db.insert(journalEntry).values(newer);
    if (isOpen) await bench.database.db.insert(journalEntry).values(openCall(jobId, held.fencing));
    await runJob(bench.parts, held, new AbortController());
    const ended = await bench.getJob(jobId);
    expect(ended.outcomeSays).toContain(
      `(version ${JOURNAL_VERSION + 1}) this one (version ${JOURNAL_VERSION})`,
    );
    expect(ended.outcomeAdvice).toContain(advice);
    expect(ended.state).toBe(state);
    const kinds = await bench.database.db
      .select({ kind: journalEntry.kind })
      .from(journalEntry)
      .where(eq(journalEntry.jobId, jobId));
    expect(kinds.filter(({ kind }) => kind === "intent")).toHaveLength(isOpen ? 1 : 0);
  });
});
