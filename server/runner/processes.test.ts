import { fork } from "node:child_process";
import { once } from "node:events";
import { and, eq, inArray } from "drizzle-orm";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import { approval, journalEntry, lease, outputLine } from "#db/schema/job.ts";
import { runner } from "#db/schema/runner.ts";
import { stagePlanSchema } from "#server/domain/plan/schema.ts";
import { plainEnv } from "#server/env.ts";
import type { SeenRequest } from "#server/sandbox/kernel/listener.ts";
import { checkHistory, type HistoryEffect } from "#server/testing/history.ts";
import { approvalOf } from "#server/testing/jobs.ts";
import { type Bench, openBench } from "#server/testing/runner-bench.ts";
import { launchRunner, type RunnerProcess } from "#server/testing/runner-process.ts";
import { callOutcomeSchema } from "./progress.ts";

/** Tenants with one approved change each. */
const LANES = 6;
const APPS = 3;
const REVIEWERS = 3;

let bench: Bench;
let seen: SeenRequest[] = [];
const running: RunnerProcess[] = [];

beforeAll(async () => {
  bench = await openBench({ seen: (request) => void seen.push(request) });
});
afterAll(() => bench.close());
afterEach(async () => {
  bench.cloud.faults.clear();
  for (const one of running.splice(0)) await one.end("SIGKILL");
});

const db = () => bench.database.db;

async function launchTwo(): Promise<RunnerProcess[]> {
  const two = await Promise.all([launchRunner(bench), launchRunner(bench)]);
  running.push(...two);
  for (const one of two) expect(await one.ready()).toEqual({ type: "ready" });
  return two;
}

const eventually = <T>(look: () => Promise<T>) => expect.poll(look, { timeout: 60_000, interval: 50 });
/** Its state, and behind it why it ended otherwise than well. */
const stateOf = async (jobId: string) => {
  const { state, outcomeSays } = await bench.getJob(jobId);
  return state === "succeeded" || outcomeSays === null ? state : `${state}: ${outcomeSays}`;
};

function changes(): { path: string; body: string }[] {
  return seen
    .filter(({ method, path, status }) => method !== "GET" && status < 300 && !path.endsWith("/auth/tokens"))
    .map(({ method, path, body }) => ({ path: `${method} ${path}`, body: JSON.stringify(body) }));
}

async function openStage1(slug: string, third: number): Promise<string> {
  const tenantId = await bench.addTenant(slug, `10.20.${third}.0/24`);
  expect(await bench.runStage(tenantId, "0")).toMatchObject({ state: "succeeded" });
  return tenantId;
}

/** The one of the runners that holds the job's lane. */
async function holderOf(jobId: string, runners: readonly RunnerProcess[]): Promise<RunnerProcess> {
  const [holder] = await db()
    .select({ pid: runner.pid })
    .from(lease)
    .innerJoin(runner, eq(runner.id, lease.runnerId))
    .where(eq(lease.jobId, jobId));
  const found = runners.find(({ pid }) => pid === holder?.pid);
  if (!found) throw new Error("one of them holds the lane");
  return found;
}

describe("two runner processes", () => {
  it(
    "of which one stands still past its lease: it sends and writes nothing more",
    { timeout: 180_000 },
    async () => {
      const tenantId = await openStage1("asleep", 1);
      const jobId = await bench.queue(await bench.preview(tenantId, "1"));
      seen = [];
      const users = { service: "identity", method: "POST", pathPrefix: "/v3/users" } as const;
      bench.cloud.faults.add({ match: users, times: 1, effect: "delay_ms", delayMs: 2_000 });
      const two = await launchTwo();
      const ofJob = eq(journalEntry.jobId, jobId);
      await eventually(() =>
        db().$count(journalEntry, and(ofJob, eq(journalEntry.callId, "manager.create"))),
      ).toBe(1);
      const asleep = await holderOf(jobId, two);
      // While it lives and its lease runs, the other one leaves the job alone.
      const recoveries = and(ofJob, eq(journalEntry.kind, "recovered"));
      expect(await db().$count(journalEntry, recoveries)).toBe(0);
      process.kill(asleep.pid, "SIGSTOP");
      await eventually(() => stateOf(jobId)).toBe("succeeded");
      expect(await db().$count(journalEntry, recoveries)).toBe(1);

      const written = async () => ({
        journal: await db().$count(journalEntry, ofJob),
        output: await db().$count(outputLine, eq(outputLine.jobId, jobId)),
        sent: changes(),
        job: await bench.getJob(jobId),
      });
      const before = await written();
      process.kill(asleep.pid, "SIGCONT");
      await eventually(() => Promise.resolve(asleep.said())).toMatch(
        /is given up here|The lease of job .* is lost/,
      );
      expect(await asleep.end("SIGTERM")).toBe(0);
      expect(await written()).toEqual(before);
      const rows = await db().select().from(journalEntry).where(ofJob).orderBy(journalEntry.seq);
      const fencings = rows.map(({ fencing }) => fencing);
      expect(fencings).toEqual(fencings.toSorted((a, b) => a - b));
      expect(new Set(fencings).size).toBe(2);
      expect(before.sent).toHaveLength(3);
      expect(new Set(before.sent.map(({ path, body }) => path + body)).size).toBe(3);
    },
  );

  it(
    "and three of the console, over the same approvals: each is given once and used once",
    { timeout: 180_000 },
    async () => {
      const lanes: { slug: string; jobId: string }[] = [];
      for (let index = 0; index < LANES; index += 1) {
        const slug = `shared-${index}`;
        const tenantId = await openStage1(slug, 10 + index);
        lanes.push({ slug, jobId: await bench.ask(await bench.preview(tenantId, "1")) });
      }
      const jobIds = lanes.map(({ jobId }) => jobId);
      const reviewers = await Promise.all(
        Array.from({ length: REVIEWERS }, (_, index) => bench.addPerson(`Rolf ${index}`, ["reviewer"])),
      );
      const apps = await Promise.all(Array.from({ length: APPS }, openApp));
      await launchTwo();
      seen = [];
      const approvals = await Promise.all(jobIds.map(async (jobId) => approvalOf(await bench.getJob(jobId))));
      const order = { databaseAppUrl: bench.database.appUrl, actors: reviewers, approvals };
      const results = (await Promise.all(apps.map((app) => app(order)))).flat();
      expect(results).toHaveLength(LANES * APPS * REVIEWERS);
      expect(results.filter((result) => result === "done")).toHaveLength(LANES);
      expect(new Set(results)).toEqual(new Set(["done", "not_waiting"]));
      for (const jobId of jobIds) await eventually(() => stateOf(jobId)).toBe("succeeded");

      const given = await db().select().from(approval).where(inArray(approval.jobId, jobIds));
      expect(given.map(({ jobId }) => jobId).sort()).toEqual(jobIds.toSorted());
      const rows = await db().select().from(journalEntry).where(inArray(journalEntry.jobId, jobIds));
      for (const { jobId, digest } of given) {
        const consumed = rows.filter((row) => row.jobId === jobId && row.kind === "consumed");
        expect(consumed.map(({ body }) => body)).toEqual([expect.objectContaining({ digest })]);
        expect(await bench.getJob(jobId)).toMatchObject({ digest });
      }
      const jobs = await Promise.all(
        jobIds.map(async (jobId) => {
          const { state, plan } = await bench.getJob(jobId);
          const calls = stagePlanSchema.parse(plan).steps.flatMap((step) => step.calls.map(({ id }) => id));
          return { jobId, state, calls };
        }),
      );
      const entries = rows.map((row) => ({
        ...row,
        lane: row.jobId,
        at: row.at.getTime(),
        result: row.kind === "outcome" ? callOutcomeSchema.parse(row.body).result : null,
      }));
      expect(checkHistory({ jobs, entries, effects: effectsOf(lanes) })).toEqual([]);
    },
  );
});

/** Whose effect a change was: by the name it gives, or by the domain it is made in. */
function effectsOf(lanes: readonly { slug: string; jobId: string }[]): HistoryEffect[] {
  const domains = Object.values(bench.cloud.world.identity.domains);
  return changes().map(({ path, body }, at) => {
    const text = `${path} ${body}`;
    const lane = lanes.find(({ slug }) =>
      domains.some(({ id, name }) => name === slug && (text.includes(`"${slug}`) || text.includes(id))),
    );
    return { jobId: lane?.jobId ?? "nobody", what: text, at };
  });
}

const resultsSchema = z.object({ results: z.array(z.string()) });

/** A process of the console that waits for its order. */
async function openApp(): Promise<(order: object) => Promise<string[]>> {
  const child = fork("server/testing/approving-app.ts", {
    env: plainEnv(),
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  const ended = once(child, "exit").then(() => Promise.reject(new Error("a process of the console ended")));
  ended.catch(() => undefined); // it ends after its answer
  await Promise.race([once(child, "message"), ended]);
  return async (order) => {
    const answered = once(child, "message");
    child.send(order);
    const [message] = await Promise.race([answered, ended]);
    return resultsSchema.parse(message).results;
  };
}
