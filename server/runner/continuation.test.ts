import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { and, asc, eq } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { auditEntry } from "#db/schema/audit.ts";
import { jobChoice } from "#db/schema/job-choice.ts";
import { evidence, outputLine } from "#db/schema/job.ts";
import type { Choice } from "#server/domain/job/states.ts";
import type { PersonActor } from "#server/domain/policy/decide.ts";
import { chooseAfterFailure } from "#server/services/job/choose.ts";
import { refusalOf } from "#server/testing/refusal.ts";
import { type Bench, openBench } from "#server/testing/runner-bench.ts";
import { fenced, GATE, writeStage } from "#server/testing/shell-runbook.ts";
import { keepLocalHost } from "./check/local-host.ts";

let bench: Bench;
let tenantId = "";
let tenants = 0;
/** A file that the blocks write to, and the switch that the second one looks at. */
let folder = "";

beforeAll(async () => {
  bench = await openBench();
  await keepLocalHost(bench.parts, true);
});
beforeEach(async () => {
  tenants += 1;
  tenantId = await bench.addTenant(`acme-${tenants}`, `10.20.${tenants}.0/24`);
  folder = mkdtempSync(join(tmpdir(), "countersign-test-"));
  await writeStage(bench.database.db, tenantId, stage());
});
afterAll(() => bench.close());

const db = () => bench.database.db;
const ctx = (actor: PersonActor = bench.operator) => ({ db: db(), actor, clock: bench.parts.now });
const step = (id: string, text: string) => `  - id: ${id}\n    effect: mutate\n    run: |\n      ${text}\n`;

/** Three blocks: the second one fails until its switch is there. */
function stage(): string {
  const steps = [
    step("first", `echo first >>${folder}/log`),
    step("second", `test -e ${folder}/switch && echo second >>${folder}/log`),
    step("third", `echo third >>${folder}/log`),
  ];
  return fenced("block", `id: b\non: local\nas: runner\nkind: run\nsteps:\n${steps.join("")}`) + GATE;
}

const choose = (jobId: string, choice: Choice, actor?: PersonActor) =>
  chooseAfterFailure(ctx(actor), { jobId, choice, reason: "Because" });

async function ran(jobId: string): Promise<string[]> {
  const rows = await db()
    .select()
    .from(outputLine)
    .where(and(eq(outputLine.jobId, jobId), eq(outputLine.stream, "stdout")))
    .orderBy(asc(outputLine.seq));
  return rows.map(({ text }) => text);
}
const logged = () => {
  return readFileSync(join(folder, "log"), "utf8").trim().split("\n");
};

describe("after a step has failed", () => {
  it("trying again goes on from it: what came to its end is not run twice, and it is approved anew", async () => {
    const failed = await bench.runStage(tenantId, "0");
    expect(failed).toMatchObject({ state: "failed" });
    expect(await choose(failed.id, "retry")).toEqual({ stepId: "second", choice: "retry" });
    writeFileSync(join(folder, "switch"), "");
    const preview = await bench.preview(tenantId, "0");
    expect(preview.content?.steps.map(({ disposition }) => disposition)).toEqual([
      "already_so",
      "apply",
      "apply",
    ]);
    expect(preview.effect).toBe("mutate");
    const done = await bench.runStage(tenantId, "0");
    expect(done.state, done.outcomeSays ?? "").toBe("succeeded");
    expect(done.id).not.toBe(failed.id);
    expect(logged()).toEqual(["first", "second", "third"]);
    const kept = await db().select().from(evidence).where(eq(evidence.jobId, done.id));
    expect(kept.find(({ stepId }) => stepId === "first")?.values).toMatchObject({ exit: 0 });
    // A stage that passed begins anew.
    expect((await bench.preview(tenantId, "0")).content?.steps[0]?.disposition).toBe("apply");
    expect(await ran(done.id)).toEqual([]);
    rmSync(folder, { recursive: true });
  });

  it("going on without it runs the rest, and proves nothing", async () => {
    const failed = await bench.runStage(tenantId, "0");
    await choose(failed.id, "skip");
    const preview = await bench.preview(tenantId, "0");
    expect(preview.content?.steps.map(({ disposition }) => disposition)).toEqual([
      "already_so",
      "skipped",
      "apply",
    ]);
    expect(preview.content?.steps[1]?.words.says).toContain("Because");
    const done = await bench.runStage(tenantId, "0");
    expect(done.state).toBe("failed");
    expect(done.outcomeSays).toContain("step second was skipped: the stage is not proven");
    expect(logged()).toEqual(["first", "third"]);
    // Nobody chose about that one: the next run is a whole one.
    expect((await bench.preview(tenantId, "0")).content?.steps.map(({ disposition }) => disposition)).toEqual(
      ["apply", "apply", "apply"],
    );
  });

  it("stopping is on record, and a later preview begins anew", async () => {
    const failed = await bench.runStage(tenantId, "0");
    await choose(failed.id, "stop");
    expect((await bench.preview(tenantId, "0")).content?.steps[0]?.disposition).toBe("apply");
    const [entry] = await db()
      .select()
      .from(auditEntry)
      .where(and(eq(auditEntry.action, "job.choose"), eq(auditEntry.objectId, failed.id)));
    expect(entry).toMatchObject({
      outcome: "done",
      details: { choice: "stop", stepId: "second", reason: "Because" },
    });
  });

  it("an edited text is run whole, whatever came to its end before", async () => {
    const failed = await bench.runStage(tenantId, "0");
    await choose(failed.id, "retry");
    await writeStage(db(), tenantId, stage().replace("echo first", "echo  first"));
    expect((await bench.preview(tenantId, "0")).content?.steps[0]?.disposition).toBe("apply");
  });

  it("one of two people who choose at once is told that the other has", async () => {
    const failed = await bench.runStage(tenantId, "0");
    const second = await bench.addPerson("Otto Operator", ["operator"]);
    const asked = [choose(failed.id, "retry"), choose(failed.id, "skip", second), choose(failed.id, "stop")];
    const settled = await Promise.allSettled(asked);
    expect(settled.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    expect(await db().select().from(jobChoice).where(eq(jobChoice.jobId, failed.id))).toHaveLength(1);
    expect(await refusalOf(choose(failed.id, "skip"))).toMatchObject({ code: "conflict", reason: "chosen" });
  });

  it("nothing is chosen about a job that did not fail, by whoever may not, or once a later one has run", async () => {
    const failed = await bench.runStage(tenantId, "0");
    expect(await refusalOf(choose(failed.id, "retry", bench.reviewer))).toMatchObject({ code: "forbidden" });
    writeFileSync(join(folder, "switch"), "");
    const done = await bench.runStage(tenantId, "0");
    expect(await refusalOf(choose(done.id, "retry"))).toMatchObject({ reason: "no_failed_step" });
    expect(await refusalOf(choose(failed.id, "skip"))).toMatchObject({ reason: "not_newest" });
  });
});
