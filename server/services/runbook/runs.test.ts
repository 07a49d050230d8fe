import { afterAll, beforeAll, expect, it } from "vitest";
import { outputLine } from "#db/schema/job.ts";
import type { PersonActor } from "#server/domain/policy/decide.ts";
import { type JobRow, type JobWorld, openJobWorld } from "#server/testing/jobs.ts";
import { refusalOf } from "#server/testing/refusal.ts";
import { readOutput, readOutputText, searchOutput } from "../job/output.ts";
import { listRuns } from "./runs.ts";

const slug = "tenant-onboarding";

let world: JobWorld;
let operator: PersonActor;
let manager: PersonActor;
let failed: JobRow;
let passed: JobRow;

beforeAll(async () => {
  world = await openJobWorld();
  operator = await world.person("Olga", "operator");
  manager = await world.person("Mara", "manager");
  const tenantId = await world.tenant(operator);
  failed = await world.pastJob({ tenantId, requestedBy: operator, stageKey: "0" }, "failed");
  passed = await world.pastJob({ tenantId, requestedBy: operator, stageKey: "1" }, "succeeded");
  await world.request(operator);
  const at = world.now;
  await world.db.insert(outputLine).values([
    { jobId: passed.id, seq: 1, stepId: null, stream: "stdout", text: "a private line", at },
    { jobId: passed.id, seq: 2, stepId: null, stream: "stdout", text: "another", at },
  ]);
});
afterAll(() => world.close());

const runsOf = async (by: PersonActor, stageKey: string | null) =>
  (await listRuns(world.ctx(by), { slug, stageKey, before: null })).runs;

it("lists every run that was started, newest first, for everybody, with who, where, what and how it ended", async () => {
  const runs = await runsOf(manager, null);
  expect(runs.map(({ id }) => id)).toEqual([passed.id, failed.id]);
  expect(runs[1]).toMatchObject({
    number: failed.number,
    state: "failed",
    stageKey: "0",
    version: 1,
    requestedBy: "Olga",
    tenant: { slug: "client-1" },
    cloud: "embedded",
  });
  expect(JSON.stringify(runs)).not.toContain("private line");
  expect((await runsOf(manager, "0")).map(({ id }) => id)).toEqual([failed.id]);
  expect(await runsOf(manager, "nowhere")).toEqual([]);
});

it("goes on from a page to the next", async () => {
  const page = await listRuns(world.ctx(manager), { slug, stageKey: null, before: passed.number });
  expect(page.runs.map(({ id }) => id)).toEqual([failed.id]);
  expect(page.nextBefore).toBeNull();
});

it("what a run printed is private to those who may read it", async () => {
  const jobId = passed.id;
  expect((await readOutput(world.ctx(operator), { jobId, after: 0 })).lines).toHaveLength(2);
  expect(await readOutputText(world.ctx(operator), { jobId, after: 0 })).toEqual({
    text: "a private line\nanother\n",
    last: 2,
  });
  expect(await readOutputText(world.ctx(operator), { jobId, after: 2 })).toEqual({ text: "", last: null });
  const withheld = await readOutput(world.ctx(manager), { jobId, after: 0 });
  expect(withheld).toMatchObject({ lines: [], lastSeq: 0 });
  expect(withheld.withheld).toMatch(/operator|reviewer|auditor/);
  expect(await refusalOf(readOutputText(world.ctx(manager), { jobId, after: 0 }))).toMatchObject({
    code: "forbidden",
  });
  expect(await refusalOf(searchOutput(world.ctx(manager), { jobId, text: "a" }))).toMatchObject({
    code: "forbidden",
  });
});

it.each<[string, number[]]>([
  ["NEEDLE", [901]],
  ["needle", [901]],
  ["50%", [902]],
  ["%", [902]],
  ["a_b", [903]],
  ["c\\d", [904]],
  ["\u00c9tage", [905]],
  ["\u00e9TAGE", [905]],
  ["nowhere", []],
])("%s is found in the output, in whatever case and as it is written", async (text, seqs) => {
  const { id: jobId } = passed;
  const lines = ["a Needle", "50% done", "a_b axb", "c\\d", "\u00e9tage"];
  await world.db
    .insert(outputLine)
    .values(
      lines.map((line, at) => ({
        jobId,
        seq: 901 + at,
        stepId: null,
        stream: "stdout" as const,
        text: line,
        at: world.now,
      })),
    )
    .onConflictDoNothing();
  expect(await searchOutput(world.ctx(operator), { jobId, text })).toEqual({ seqs });
});
