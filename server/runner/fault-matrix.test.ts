import { and, eq, isNotNull } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { journalEntry } from "#db/schema/job.ts";
import { stagePlanSchema } from "#server/domain/plan/schema.ts";
import type { SeenRequest } from "#server/sandbox/kernel/listener.ts";
import {
  type Fault,
  FAULTS,
  FaultyRunner,
  type FullDisk,
  openFullDisk,
  shortWait,
} from "#server/testing/faulty-runner.ts";
import { type Bench, openBench } from "#server/testing/runner-bench.ts";
import { prepareStage, type StageAgain } from "#server/testing/stage-again.ts";
import { type Boundary, BOUNDARIES } from "./boundaries.ts";
import { claimJob } from "./claim.ts";
import { runJob } from "./executor.ts";
import { callOutcomeSchema } from "./progress.ts";
import { recoverJobs } from "./recovery.ts";

/** A database, a cloud and a tenant of their own: cells in different ones do not see each other. */
interface Ground {
  bench: Bench;
  disk: FullDisk;
  tenantId: string;
  /** What the cloud was asked since the cell began. */
  seen: SeenRequest[];
}

/** Cells wait more than they work: for a line to be mended, for a run to be given up. */
const GROUNDS = 3;
const grounds: Ground[] = [];

beforeAll(async () => {
  for (let index = 0; index < GROUNDS; index += 1) grounds.push(await openGround());
});
afterAll(async () => {
  for (const { bench, disk } of grounds) {
    await disk.close();
    await bench.close();
  }
});

async function openGround(): Promise<Ground> {
  const seen: SeenRequest[] = [];
  const bench = await openBench({ seen: (request) => void seen.push(request) });
  const disk = await openFullDisk(bench);
  const tenantId = await bench.addTenant("matrix", "10.20.1.0/24");
  const ground = { bench, disk, tenantId, seen };
  await pass(ground, "0");
  return ground;
}

const ENDS = ["succeeded", "failed", "outcome_unknown"];
const met = { cells: 0, ends: new Set<string>(), points: new Set<Boundary>() };

/** What the cloud was asked to change, and took: one entry per effect. */
function effects({ seen }: Ground): string[] {
  return seen
    .filter(
      ({ method, path, status }) =>
        method !== "GET" && method !== "HEAD" && status < 300 && !path.endsWith("/auth/tokens"),
    )
    .map(({ service, method, path, body }) => `${service} ${method} ${path} ${JSON.stringify(body)}`);
}

type Cell = readonly [Boundary, Fault];

/** The runner is hit, whoever comes next goes on, and what is left is looked at. */
async function runCell(ground: Ground, stage: StageAgain, [point, fault]: Cell): Promise<void> {
  const { bench, disk } = ground;
  const name = `stage ${stage.stageKey}, ${point}, ${fault}`;
  ground.seen.length = 0;
  const jobId = await stage.queue();
  const isOfRecovery = point.endsWith("recovered");
  if (/ probed?$/.test(point)) {
    const match = { service: "identity", method: "POST", pathPrefix: "/v3/domains" } as const;
    bench.cloud.faults.add({ match, times: 1, effect: "cut_after" });
  }
  if (isOfRecovery) {
    const first = await FaultyRunner.start(bench, { fault: "kill", point: "after send", disk });
    await first.work("claim");
    await first.bury(bench, jobId);
  }
  const runner = await FaultyRunner.start(bench, { fault, point, disk });
  await runner.work(isOfRecovery ? "recover" : "claim");
  expect(runner.isHit, `${name}: the boundary was not met`).toBe(true);
  if (fault === "commit lost") expect(runner.hasLostCommit(), name).toBe(true);
  await runner.bury(bench, jobId);
  bench.cloud.faults.clear();
  await disk.empty();
  await goOn(bench, jobId);
  await checkEnd(ground, jobId, name);
  await stage.forget(jobId);
  met.cells += 1;
  met.points.add(point);
}

/** A runner that nothing befalls. It looks again while the database still holds the locks of the one that is gone. */
async function goOn(bench: Bench, jobId: string): Promise<void> {
  const parts = await bench.otherParts({ wait: shortWait });
  for (let look = 0; look < 100; look += 1) {
    const [left] = await recoverJobs(parts, 1);
    const claim = left ? null : await claimJob(parts);
    const held = left ?? (claim?.kind === "claimed" ? claim.held : null);
    if (held !== null) await runJob(parts, held, new AbortController());
    const { state } = await bench.getJob(jobId);
    if (state !== "queued" && state !== "running") return;
    await shortWait(50);
  }
}

async function checkEnd(ground: Ground, jobId: string, name: string): Promise<void> {
  const { bench } = ground;
  const done = await bench.getJob(jobId);
  expect(ENDS, `${name}: ${done.state}`).toContain(done.state);
  met.ends.add(done.state);
  const counted = effects(ground);
  expect(new Set(counted).size, `${name}: an effect happened twice`).toBe(counted.length);
  const plan = stagePlanSchema.parse(done.plan);
  const outcomes = await bench.database.db
    .select({ callId: journalEntry.callId, body: journalEntry.body })
    .from(journalEntry)
    .where(
      and(eq(journalEntry.jobId, jobId), eq(journalEntry.kind, "outcome"), isNotNull(journalEntry.callId)),
    );
  const applied = outcomes.filter(({ body }) => callOutcomeSchema.parse(body).result === "applied").length;
  // An effect that nobody recorded is one that the state owns up to.
  if (done.state === "outcome_unknown") expect(counted.length, name).toBeGreaterThanOrEqual(applied);
  else expect(counted.length, `${name}: ${done.state} ${done.outcomeSays ?? ""}`).toBe(applied);
  if (done.state !== "succeeded") return;
  const calls = plan.steps.filter(({ disposition }) => disposition === "apply").flatMap((step) => step.calls);
  expect(applied, `${name}: succeeded without an effect`).toBe(calls.length);
  expect(done.consumedAt, name).not.toBeNull();
}

/** The cells of one stage, each in the world as it was before. */
async function runStageCells(ground: Ground, stageKey: string, cells: readonly Cell[]): Promise<void> {
  const { bench, tenantId } = ground;
  const stage = await prepareStage(bench, tenantId, stageKey);
  const before = structuredClone(bench.cloud.world);
  try {
    for (const cell of cells) {
      await runCell(ground, stage, cell);
      Object.assign(bench.cloud.world, structuredClone(before));
    }
  } finally {
    await stage.close();
  }
}

async function pass({ bench, tenantId }: Ground, ...stageKeys: string[]): Promise<void> {
  for (const stageKey of stageKeys) {
    const done = await bench.runStage(tenantId, stageKey);
    expect(done.state, done.outcomeSays ?? "").toBe("succeeded");
  }
}

const each = (points: readonly Boundary[], faults: readonly Fault[]) =>
  points.flatMap((point) => faults.map((fault) => [point, fault] as const));

/** Met by a run of stage 1, one of a probe, or one of recovery; the others stand around waits and tasks of later ones. */
const OF_A_RUN = BOUNDARIES.filter(
  (point) => !/ (read_back|halted|task)$/.test(point) || point === "in read_back",
);

/** Those with a COMMIT after them. */
const BEFORE_COMMITS = OF_A_RUN.filter(
  (point) => point.startsWith("before ") && !/claimed|send|probe$/.test(point),
);

/** Stages before the one whose cells are run, and those cells. */
const LATER: readonly (readonly [string[], string, Cell[]])[] = [
  [
    [],
    "2",
    [
      ...each(["after intent"], ["kill", "disk full"]),
      ...each(["after send", "before step_finished"], ["kill", "database gone"]),
    ],
  ],
  [
    ["2", "2.5"],
    "3",
    [...each(["after send"], ["kill"]), ...each(["before outcome"], ["disk full", "database gone"])],
  ],
  [["3"], "4", each(["after send", "in gate"], ["kill"])],
  [
    ["4", "5"],
    "6-7",
    [...each(["after send", "in read_back"], ["kill"]), ...each(["in read_back"], ["database gone"])],
  ],
];

describe("a fault at a boundary", () => {
  it("of the first change of a tenant: every boundary, every fault", { timeout: 300_000 }, async () => {
    const cells = each(OF_A_RUN, FAULTS);
    await Promise.all(
      grounds.map(async (ground, index) => {
        const share = cells.filter((_, at) => at % GROUNDS === index);
        await runStageCells(ground, "1", share);
      }),
    );
    expect(met.cells).toBe(OF_A_RUN.length * FAULTS.length);
    expect([...met.points].sort()).toEqual([...OF_A_RUN].sort());
    expect([...met.ends].sort()).toEqual([...ENDS].sort());
  });

  it(
    "that loses the answer of a COMMIT: what was written is found, and nothing happens again",
    { timeout: 120_000 },
    async () => {
      const before = met.cells;
      const cells = each(BEFORE_COMMITS, ["commit lost"]);
      await Promise.all(
        grounds.map((ground, index) =>
          runStageCells(
            ground,
            "1",
            cells.filter((_, at) => at % GROUNDS === index),
          ),
        ),
      );
      expect(met.cells - before).toBe(cells.length);
    },
  );

  it("of later stages: secrets, answers that hold one, waiting", { timeout: 300_000 }, async () => {
    const [ground] = grounds;
    if (!ground) throw new Error("there is a ground");
    const before = met.cells;
    await pass(ground, "1");
    for (const [stages, stageKey, cells] of LATER) {
      await pass(ground, ...stages);
      await runStageCells(ground, stageKey, cells);
    }
    expect(met.cells - before).toBe(LATER.flatMap(([, , cells]) => cells).length);
  });
});
