import { inArray } from "drizzle-orm";
import { afterAll, beforeAll, expect, inject, it } from "vitest";
import { journalEntry } from "#db/schema/job.ts";
import { stagePlanSchema } from "#server/domain/plan/schema.ts";
import type { SeenRequest } from "#server/sandbox/kernel/listener.ts";
import { shortWait } from "#server/testing/faulty-runner.ts";
import {
  checkHistory,
  type HistoryEffect,
  type HistoryEntry,
  type HistoryJob,
} from "#server/testing/history.ts";
import { RandomRunner } from "#server/testing/random-runner.ts";
import { type Bench, openBench } from "#server/testing/runner-bench.ts";
import { prepareStage, type StageAgain } from "#server/testing/stage-again.ts";
import { callOutcomeSchema } from "./progress.ts";

const { runs: RUNS, seed: SEED } = inject("kills");
const LANES = 4;
const RUNNERS = 3;

interface Lane {
  slug: string;
  stage: StageAgain;
  jobId: string | null;
}

let bench: Bench;
const lanes: Lane[] = [];
const effects: HistoryEffect[] = [];
const queued: { jobId: string; lane: Lane }[] = [];

beforeAll(async () => {
  bench = await openBench({ seen: note });
  for (let index = 0; index < LANES; index += 1) {
    const slug = `lane-${index}`;
    const tenantId = await bench.addTenant(slug, `10.20.${index + 1}.0/24`);
    const green = await bench.runStage(tenantId, "0");
    expect(green.state, green.outcomeSays ?? "").toBe("succeeded");
    lanes.push({ slug, stage: await prepareStage(bench, tenantId, "1"), jobId: null });
  }
});
afterAll(async () => {
  for (const { stage } of lanes) await stage.close();
  await bench.close();
});

/** Whose effect a request had: by the name it gives, or by the domain it is made in. */
function note({ method, path, body, status }: SeenRequest): void {
  if (method === "GET" || method === "HEAD" || status >= 300 || path.endsWith("/auth/tokens")) return;
  const text = `${path} ${JSON.stringify(body)}`;
  const lane = lanes.find(
    ({ slug }) => text.includes(`"${slug}`) || domainsOf(slug).some((id) => text.includes(id)),
  );
  if (lane?.jobId) effects.push({ jobId: lane.jobId, what: `${method} ${text}`, at: Date.now() });
}

function domainsOf(slug: string): string[] {
  const { domains } = bench.cloud.world.identity;
  return Object.values(domains).flatMap(({ id, name }) => (name === slug ? [id] : []));
}

function clearWorld({ slug }: Lane): void {
  const { identity } = bench.cloud.world;
  for (const id of domainsOf(slug)) {
    for (const user of Object.values(identity.users))
      if (user.domainId === id) delete identity.users[user.id];
    identity.grants = identity.grants.filter(({ target }) => !("id" in target) || target.id !== id);
    delete identity.domains[id];
  }
}

/** Sees to it that every lane has a job until all are queued; resolves when all have ended. */
async function feed(): Promise<void> {
  for (;;) {
    for (const lane of lanes) {
      if (lane.jobId !== null) {
        const { state } = await bench.getJob(lane.jobId);
        if (state === "queued" || state === "running") continue;
        await lane.stage.forget(lane.jobId);
        clearWorld(lane);
        lane.jobId = null;
      }
      if (queued.length >= RUNS) continue;
      lane.jobId = await lane.stage.queue();
      queued.push({ jobId: lane.jobId, lane });
    }
    if (queued.length >= RUNS && lanes.every(({ jobId }) => jobId === null)) return;
    await shortWait(20);
  }
}

async function history() {
  const jobs: HistoryJob[] = [];
  const entries: HistoryEntry[] = [];
  for (const { jobId, lane } of queued) {
    const { state, plan } = await bench.getJob(jobId);
    const steps = stagePlanSchema.parse(plan).steps.filter(({ disposition }) => disposition === "apply");
    jobs.push({ jobId, state, calls: steps.flatMap(({ calls }) => calls.map(({ id }) => id)) });
    const rows = await bench.database.db
      .select()
      .from(journalEntry)
      .where(inArray(journalEntry.jobId, [jobId]));
    entries.push(
      ...rows.map((row) => ({
        ...row,
        lane: lane.slug,
        at: row.at.getTime(),
        result: row.kind === "outcome" ? callOutcomeSchema.parse(row.body).result : null,
      })),
    );
  }
  return { jobs, entries, effects };
}

it(`keeps its word over ${RUNS} runs with kills and pauses at random`, { timeout: 3_600_000 }, async () => {
  const runners = Array.from({ length: RUNNERS }, (_, index) => new RandomRunner(bench, SEED + index));
  const working = runners.map((runner) => runner.work());
  await feed();
  for (const runner of runners) runner.stop();
  await Promise.all(working);
  const seen = await history();
  expect(checkHistory(seen)).toEqual([]);
  const ends = Object.fromEntries(
    ["succeeded", "failed", "outcome_unknown"].map((state) => [
      state,
      seen.jobs.filter((one) => one.state === state).length,
    ]),
  );
  const kills = runners.reduce((sum, { killCount }) => sum + killCount, 0);
  const pauses = runners.reduce((sum, { pauseCount }) => sum + pauseCount, 0);
  process.stdout.write(
    `seed ${SEED}: ${RUNS} runs, ${kills} kills, ${pauses} pauses: ${JSON.stringify(ends)}\n`,
  );
  expect(seen.jobs).toHaveLength(RUNS);
  expect(kills + pauses).toBeGreaterThan(RUNS / 2);
  expect(ends["succeeded"]).toBeGreaterThan(0);
});
