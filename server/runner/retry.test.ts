import { and, asc, eq, inArray } from "drizzle-orm";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { job, journalEntry, lease } from "#db/schema/job.ts";
import { contentDigest } from "#server/domain/plan/digest.ts";
import { type Bench, openBench } from "#server/testing/runner-bench.ts";
import { fenced, GATE, writeStage } from "#server/testing/shell-runbook.ts";
import { keepLocalHost } from "./check/local-host.ts";
import { RunStopped } from "./endings.ts";
import { runJob } from "./executor.ts";
import { noBoundary, type RunnerParts } from "./parts.ts";
import { recoverJobs } from "./recovery.ts";

let bench: Bench;
let tenantId = "";
let tenants = 0;
beforeAll(async () => {
  bench = await openBench();
  await keepLocalHost(bench.parts, true);
});
beforeEach(async () => {
  tenants += 1;
  tenantId = await bench.addTenant(`again-${tenants}`, `10.20.${tenants}.0/24`);
});
afterEach(async () => {
  bench.cloud.faults.clear();
  await db().delete(lease);
  await db()
    .update(job)
    .set({ state: "cancelled" })
    .where(inArray(job.state, ["queued", "running"]));
});
afterAll(() => bench.close());

const db = () => bench.database.db;
const stage = (retry: string) =>
  fenced(
    "block",
    `id: b\nas: operator-admin\nsteps:\n  - id: domain\n    op: identity.domain.ensure\n    with: { name: "{{ tenant.slug }}", description: "x" }\n    ${retry}`,
  ) + GATE;

const POST = { service: "identity", method: "POST", pathPrefix: "/v3/domains" } as const;

const refuse = (times: number) => bench.cloud.faults.add({ match: POST, times, effect: "http429" });

async function run(retry: string, boundary: RunnerParts["boundary"] = noBoundary) {
  await writeStage(db(), tenantId, stage(retry));
  const jobId = await bench.queue(await bench.preview(tenantId, "0"));
  const parts = await bench.otherParts({ boundary });
  await runJob(parts, await bench.claim(parts), new AbortController());
  return bench.getJob(jobId);
}
const entriesOf = async (jobId: string) =>
  (
    await db()
      .select()
      .from(journalEntry)
      .where(and(eq(journalEntry.jobId, jobId), eq(journalEntry.callId, "domain.create")))
      .orderBy(asc(journalEntry.seq))
  ).map(({ kind }) => kind);

describe("a plan that lists tries", () => {
  it("says so in words and in what is approved", async () => {
    await writeStage(db(), tenantId, stage("retry: 2"));
    const listed = (await bench.preview(tenantId, "0")).content;
    expect(listed?.steps[0]).toMatchObject({ retry: 2 });
    expect(listed?.steps[0]?.words.says).toContain("Tried up to 3 times");
    if (!listed) throw new Error("There is no plan.");
    const [step] = listed.steps;
    if (!step) throw new Error("There is no step.");
    const { retry: _retry, ...never } = step;
    const digests = [listed, { ...listed, steps: [never] }, { ...listed, steps: [{ ...step, retry: 3 }] }];
    expect(new Set(digests.map(contentDigest)).size).toBe(3);
  });

  it("goes on after refusals without another approval, and the journal has each try", async () => {
    refuse(2);
    const done = await run("retry: 2");
    expect(done.state, done.outcomeSays ?? "").toBe("succeeded");
    expect(await entriesOf(done.id)).toEqual(["intent", "outcome", "intent", "outcome", "intent", "outcome"]);
  });

  it("ends after the last of them", async () => {
    refuse(5);
    const done = await run("retry: 1");
    expect(done).toMatchObject({ state: "failed" });
    expect(await entriesOf(done.id)).toEqual(["intent", "outcome", "intent", "outcome"]);
  });

  it.each(["cut_before", "cut_after"] as const)(
    "never repeats an answer that was lost: %s",
    async (effect) => {
      bench.cloud.faults.add({ match: POST, times: 1, effect });
      const done = await run("retry: 5");
      expect(done.state).toBe(effect === "cut_after" ? "succeeded" : "failed");
      expect((await entriesOf(done.id)).filter((kind) => kind === "intent")).toHaveLength(1);
    },
  );

  it("is not sent again after a life that was killed while a try was in the air", async () => {
    const stop = new AbortController();
    const reached = Promise.withResolvers<void>();
    let tries = 0;
    const boundary = (point: string): Promise<void> => {
      tries += point === "before send" ? 1 : 0;
      if (tries < 2) return Promise.resolve();
      reached.resolve();
      return new Promise(() => undefined);
    };
    refuse(9);
    await writeStage(db(), tenantId, stage("retry: 3"));
    const jobId = await bench.queue(await bench.preview(tenantId, "0"));
    const parts = await bench.otherParts({ boundary });
    void runJob(parts, await bench.claim(parts), stop);
    await reached.promise;
    stop.abort(new RunStopped("lease_lost"));
    await db()
      .update(lease)
      .set({ expiresAt: new Date(0) })
      .where(eq(lease.jobId, jobId));
    for (const held of await recoverJobs(bench.parts, 1)) {
      await runJob(bench.parts, held, new AbortController());
    }
    expect((await entriesOf(jobId)).filter((kind) => kind === "intent")).toHaveLength(2);
    expect(["failed", "outcome_unknown"]).toContain((await bench.getJob(jobId)).state);
    await db().update(job).set({ resolvedAt: new Date() }).where(eq(job.id, jobId));
  });
});

it("what the cloud says is there already is not asked for again: the world has moved", async () => {
  const id = "e".repeat(32);
  const { domains } = bench.cloud.world.identity;
  const done = await run("retry: 3", (point) => {
    if (point === "before send")
      domains[id] = { id, name: `again-${tenants}`, description: "", enabled: true };
    return Promise.resolve();
  });
  expect(done).toMatchObject({ state: "failed" });
  expect(await entriesOf(done.id)).toEqual(["intent", "outcome"]);
  Reflect.deleteProperty(domains, id);
});

it("a plan approved without a listed try never tries again", async () => {
  refuse(1);
  const done = await run("");
  expect(done).toMatchObject({ state: "failed" });
  expect(await entriesOf(done.id)).toEqual(["intent", "outcome"]);
});

it("a block that ended with another exit code is not run again, whatever is listed: it has run", async () => {
  const block = `id: b\non: local\nas: runner\nkind: run\nsteps:\n  - id: s\n    effect: mutate\n    retry: 3\n    run: echo once; exit 3\n`;
  await writeStage(db(), tenantId, fenced("block", block) + GATE);
  const done = await bench.runStage(tenantId, "0");
  expect(done.state).toBe("failed");
  const entries = await db().select().from(journalEntry).where(eq(journalEntry.jobId, done.id));
  expect(entries.filter(({ kind }) => kind === "intent")).toHaveLength(1);
});
