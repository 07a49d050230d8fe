import { asc, eq } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { handRecord } from "#db/schema/hand.ts";
import { evidence, job, journalEntry, outputLine } from "#db/schema/job.ts";
import { plan } from "#db/schema/plan.ts";
import { runbookVersion } from "#db/schema/runbook.ts";
import { type Given, PASTE_MAX_BYTES } from "#server/domain/hand/schema.ts";
import { validationTable } from "#server/domain/marker/table.ts";
import type { PersonActor } from "#server/domain/policy/decide.ts";
import { attestByHand } from "#server/services/hand/attest.ts";
import { cancelJob } from "#server/services/job/cancel.ts";
import { chooseAfterFailure } from "#server/services/job/choose.ts";
import { readJob } from "#server/services/job/get.ts";
import { readOutputText } from "#server/services/job/output.ts";
import { tenantMarkers } from "#server/services/marker/of-tenant.ts";
import { previewStage } from "#server/services/plan/preview.ts";
import { readRunbook } from "#server/services/runbook/published.ts";
import { listRuns } from "#server/services/runbook/runs.ts";
import { getTenant } from "#server/services/tenant/rows.ts";
import { refusalOf } from "#server/testing/refusal.ts";
import { type Bench, openBench } from "#server/testing/runner-bench.ts";
import { fenced, GATE, writeStage } from "#server/testing/shell-runbook.ts";
import { keepLocalHost } from "../check/local-host.ts";
import { runJob } from "../executor.ts";
import { claimPlan, runPlan } from "../plan-tasks.ts";
import { recoverJobs } from "../recovery.ts";
import { sealSecret } from "../vault.ts";

let bench: Bench;
let tenantId = "";
let tenants = 0;

beforeAll(async () => {
  bench = await openBench();
  await keepLocalHost(bench.parts, true);
});
beforeEach(async () => {
  tenants += 1;
  tenantId = await bench.addTenant(`acme-${tenants}`, `10.20.${tenants}.0/24`);
});
afterAll(() => bench.close());

const db = () => bench.database.db;
const ctx = (actor: PersonActor = bench.operator) => ({ db: db(), actor, clock: bench.parts.now });

const TAKES = `    take: { release: { matches: "^release (.*)$" }, bad: { found: error } }
    expect: [release is "6.10", bad is false]
    save: { kernel_release: release }
`;
const step = (id: string, script: string, more = "") =>
  `  - id: ${id}\n    effect: mutate\n    run: ${script}\n${more}`;
const block = (steps: string, by = "by: hand\n") =>
  fenced("block", `id: b\non: local\nas: runner\n${by}kind: run\nsteps:\n${steps}`) + GATE;
const ONE = step("s", "touch /countersign-was-here", TAKES);

/** A preview as the stage's page asks for it. */
async function preview(byHand: string[] = []): Promise<typeof plan.$inferSelect> {
  const { planId } = await previewStage(ctx(), { tenantId, stageKey: "0", byHand });
  const task = await claimPlan(bench.parts);
  if (task?.id !== planId) throw new Error("Another plan was asked for.");
  await runPlan(bench.parts, task);
  const [row] = await db().select().from(plan).where(eq(plan.id, planId));
  if (row === undefined) throw new Error("The plan is gone.");
  return row;
}

async function begin(body: string, byHand: string[] = []): Promise<string> {
  await writeStage(db(), tenantId, body);
  const jobId = await bench.queue(await preview(byHand));
  await runJob(bench.parts, await bench.claim(), new AbortController());
  return jobId;
}
async function goOn(jobId: string): Promise<typeof job.$inferSelect> {
  for (const held of await recoverJobs(bench.parts, 10)) {
    await runJob(bench.parts, held, new AbortController());
  }
  return bench.getJob(jobId);
}
const given = (output: string, exit = 0, more: Partial<Given> = {}): Given => ({
  note: "I ran it",
  texts: {},
  files: {},
  pasted: { output, exit },
  ...more,
});
async function paste(jobId: string, what: Given, more: { stepId?: string; actor?: PersonActor } = {}) {
  const { digest } = await bench.getJob(jobId);
  const { stepId = "s", actor } = more;
  return attestByHand(ctx(actor), { jobId, stepId, digest, result: "done", given: what });
}
const linesOf = async (jobId: string) =>
  (await db().select().from(outputLine).where(eq(outputLine.jobId, jobId)).orderBy(asc(outputLine.seq))).map(
    ({ stream, text }) => `${stream}: ${text}`,
  );

describe("a block that is pasted", () => {
  it.each([
    ["its author", () => begin(block(ONE))],
    ["whoever asks", () => begin(block(ONE, ""), ["b"])],
  ])("by the choice of %s is approved, waits, and is judged as if it had run", async (_who, ask) => {
    const jobId = await ask();
    const waiting = await bench.getJob(jobId);
    expect(waiting).toMatchObject({ state: "awaiting_person", effect: "mutate" });
    const page = await readJob(ctx(), { jobId });
    expect(page.plan.steps[0]?.words.says).toContain("A person runs it and pastes what it printed");
    expect(page.hand.waiting).toMatchObject({ stepId: "s", isFor: "an operator", paste: { host: "local" } });
    expect(page.hand.waiting?.paste?.script).toContain("\ntouch /countersign-was-here\n");
    await paste(jobId, given("release 6.10\n[VALIDATED 2026-01-01]\ncountersign begins x\n"));
    const done = await goOn(jobId);
    expect(done.state, done.outcomeSays ?? "").toBe("succeeded");
    const [kept] = await db().select().from(evidence).where(eq(evidence.jobId, jobId));
    expect(kept?.values).toMatchObject({
      exit: 0,
      lines: 3,
      release: "6.10",
      bad: false,
      ended: "pasted",
      pasted_by: "Olga Operator",
    });
    const lines = await linesOf(jobId);
    expect(lines).toContain("pasted: release 6.10");
    expect(lines.some((line) => line.startsWith("stdout"))).toBe(false);
    // A runner would have failed at that text: nothing but the paste was read.
    const { text } = await readOutputText(ctx(), { jobId, after: 0 });
    expect(text).toContain("\npasted: [VALIDATED 2026-01-01]\n");
    const entries = await db().select().from(journalEntry).where(eq(journalEntry.jobId, jobId));
    expect(entries.find(({ kind }) => kind === "attested")?.body).toMatchObject({ pasted: true, exit: 0 });
  });

  it("proves less than a run: the marker, the table and the run log name who pasted", async () => {
    const jobId = await begin(block(ONE));
    await paste(jobId, given("release 6.10"));
    const { number, runbookVersionId } = await goOn(jobId);
    const version = (await db().select().from(runbookVersion)).find(({ id }) => id === runbookVersionId);
    if (version === undefined) throw new Error("The version is gone.");
    const runbook = readRunbook(version);
    const markers = await tenantMarkers(
      db(),
      await db().transaction((tx) => getTenant(tx, tenantId)),
      runbook,
    );
    expect(markers.get("0")).toMatchObject({
      kind: "procedure_pending",
      grade: "none",
      isByHand: true,
      handRun: { number, pastedBy: ["Olga Operator"] },
    });
    expect(validationTable(runbook, markers, "embedded")).toContain(
      `[PROCEDURE-PENDING] (pasted by Olga Operator ${new Date().toISOString().slice(0, 10)}, job ${number}, not reproduced)`,
    );
    const log = await listRuns(ctx(), { slug: runbook.slug, stageKey: null, before: null });
    expect(log.runs[0]).toMatchObject({ number, pastedBy: ["Olga Operator"] });
  });

  it.each([
    ["a failed exit code", given("release 6.10", 1), "exit is 0: expected 0, observed 1"],
    ["another value", given("release 6.11"), 'release is "6.10"'],
    ["nothing", given(""), "release"],
    ["an error in it", given("release 6.10\nan error"), "bad is false"],
    ["what a terminal obeys around the value", given("\u001b[2Jrelease 6.10\u001b[1A\r"), "release is"],
  ])("with %s fails like a run that printed it", async (_what, what, says) => {
    const jobId = await begin(block(ONE));
    await paste(jobId, what);
    const done = await goOn(jobId);
    expect(done.state).toBe("failed");
    expect(done.outcomeSays).toContain(says);
    expect((await linesOf(jobId)).join("\n")).not.toContain("\u001b");
  });

  it.each([
    ["a private key", given("-----BEGIN OPENSSH PRIVATE KEY-----"), "credential"],
    ["a token", given(`gAAAA${"b".repeat(80)}`), "token"],
    ["nothing pasted", { note: "I ran it", texts: {}, files: {} }, "missing"],
    ["a file that nobody asked for", given("x", 0, { texts: { more: "y" } }), "not_asked"],
  ])("with %s is refused, and the job goes on waiting", async (_what, what, reason) => {
    const jobId = await begin(block(ONE));
    expect(await refusalOf(paste(jobId, what))).toMatchObject({ reason });
    expect(await db().select().from(handRecord).where(eq(handRecord.jobId, jobId))).toEqual([]);
    expect(await bench.getJob(jobId)).toMatchObject({ state: "awaiting_person" });
    await paste(jobId, given("release 6.10"));
    expect(await goOn(jobId)).toMatchObject({ state: "succeeded" });
  });

  it.each([
    ["a NUL byte", given("a\0b"), "NUL byte"],
    ["half a character", given("a\ud800"), "half a character"],
    ["too much", given("x".repeat(PASTE_MAX_BYTES + 1)), "256 KiB"],
    ["an exit code of 256", given("x", 256), "exit code is at most 255"],
    ["an exit code of 1.5", given("x", 1.5), "exit code is a whole number"],
    ["an exit code of -1", given("x", -1), "exit code is at least 0"],
  ])("with %s is no input at all, and says which field", (_what, what, says) => {
    const parsed = attestByHand.input.safeParse({
      jobId: crypto.randomUUID(),
      stepId: "s",
      digest: `sha256:${"0".repeat(64)}`,
      result: "done",
      given: what,
    });
    expect(parsed.error?.issues[0]).toMatchObject({
      path: ["given", "pasted", says.includes("exit") ? "exit" : "output"],
      message: expect.stringContaining(says),
    });
  });

  it("is masked before anybody reads it, and is as private as what a run prints", async () => {
    const value = "a-very-secret-word-8";
    await db().transaction((tx) =>
      sealSecret(tx, bench.parts.sealer, {
        tenantId,
        name: "svc_password",
        value,
        jobId: tenantId,
        at: new Date(),
      }),
    );
    const jobId = await begin(block(ONE));
    await paste(jobId, given(`release 6.10\nit is ${value}`));
    expect(await goOn(jobId)).toMatchObject({ state: "succeeded" });
    const [row] = await db().select().from(handRecord).where(eq(handRecord.jobId, jobId));
    expect(JSON.stringify([row, await linesOf(jobId)])).not.toContain(value);
    expect(row?.kept?.pasted?.output).toMatch(/it is \[secret [0-9a-f]{4}\]$/);
    const manager = await bench.addPerson(`Mo Manager${tenants}`, ["manager"]);
    const page = await readJob(ctx(manager), { jobId });
    expect(JSON.stringify(page.hand)).not.toContain("release");
    expect(page.hand.said).toMatchObject([{ kept: { pasted: { exit: 0 } } }]);
  });

  it("can be pasted by nobody else, for no other request, twice, or before it is approved", async () => {
    await writeStage(db(), tenantId, block(ONE));
    const asked = await bench.ask(await preview());
    expect((await readJob(ctx(), { jobId: asked })).hand.waiting).toBeNull();
    expect(await refusalOf(paste(asked, given("release 6.10")))).toMatchObject({ reason: "not_waiting" });
    await db().update(job).set({ state: "withdrawn" }).where(eq(job.id, asked));
    const jobId = await begin(block(ONE));
    const { reviewer: actor } = bench;
    expect(await refusalOf(paste(jobId, given("release 6.10"), { actor }))).toMatchObject({
      reason: "not_the_assignee",
    });
    expect(await refusalOf(paste(jobId, given("release 6.10"), { stepId: "t" }))).toMatchObject({
      reason: "stale",
    });
    await paste(jobId, given("release 6.10"));
    expect(await refusalOf(paste(jobId, given("release 6.10")))).toMatchObject({ reason: "not_waiting" });
    expect(await goOn(jobId)).toMatchObject({ state: "succeeded" });
  });

  it("that nobody pasted may have been run: two people settle it", async () => {
    const jobId = await begin(block(ONE));
    await cancelJob(ctx(), { jobId });
    expect(await goOn(jobId)).toMatchObject({ state: "outcome_unknown" });
    await db().update(job).set({ resolvedAt: new Date() }).where(eq(job.id, jobId));
  });
});

describe("the choice to paste", () => {
  it("is in what people approve, and only a block on a host can be chosen", async () => {
    await writeStage(db(), tenantId, block(ONE, ""));
    const run = await preview();
    const pasted = await preview(["b"]);
    expect(pasted.contentDigest).not.toBe(run.contentDigest);
    expect(pasted.effect).toBe(run.effect);
    for (const id of ["gate-0", "nothing"]) {
      expect(await refusalOf(previewStage(ctx(), { tenantId, stageKey: "0", byHand: [id] }))).toMatchObject({
        reason: "no_such_block",
      });
    }
  });

  it("counts a CHECK that nobody attested as what nobody knows, as a run of it does", async () => {
    await writeStage(
      db(),
      tenantId,
      block(step("s", "uptime").replace("    effect: mutate\n", "")).replace("kind: run", "kind: check"),
    );
    expect(await preview()).toMatchObject({ effect: "destroy" });
  });

  it("stays a paste when a later job takes it over", async () => {
    const steps = step("s", "uptime") + step("t", "exit 3");
    const failed = await begin(block(steps, ""), ["b"]);
    await paste(failed, given("up"));
    await goOn(failed);
    await paste(failed, given("", 3), { stepId: "t" });
    expect(await goOn(failed)).toMatchObject({ state: "failed" });
    await chooseAfterFailure(ctx(), { jobId: failed, choice: "skip", reason: "Because" });
    const again = await preview();
    expect(again.content?.steps[0]).toMatchObject({
      disposition: "already_so",
      parameters: { byHand: true },
    });
    expect(again.content?.steps[0]?.words.says).toContain("run by a person and pasted");
    const jobId = await bench.queue(again);
    await runJob(bench.parts, await bench.claim(), new AbortController());
    const done = await bench.getJob(jobId);
    expect(done.outcomeSays).toContain("the stage is not proven");
    const rows = await db().select().from(handRecord).where(eq(handRecord.jobId, jobId));
    expect(rows).toMatchObject([{ stepId: "s", kept: { pasted: { output: "up" } } }]);
    const kept = await db().select().from(evidence).where(eq(evidence.jobId, jobId));
    expect(kept[0]?.values).toMatchObject({ pasted_by: "Olga Operator" });
  });
});
