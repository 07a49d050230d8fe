import { randomUUID } from "node:crypto";
import { asc, eq } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { connect } from "#db/client.ts";
import { auditEntry } from "#db/schema/audit.ts";
import { handFile, handRecord } from "#db/schema/hand.ts";
import { evidence, job, journalEntry, lease, outputLine } from "#db/schema/job.ts";
import { HAND_WAIT_MS } from "#server/domain/hand/schema.ts";
import type { PersonActor } from "#server/domain/policy/decide.ts";
import { setFreeze } from "#server/services/freeze/set.ts";
import { attestByHand } from "#server/services/hand/attest.ts";
import { cancelJob } from "#server/services/job/cancel.ts";
import { readJob } from "#server/services/job/get.ts";
import { refusalOf } from "#server/testing/refusal.ts";
import { type Bench, openBench } from "#server/testing/runner-bench.ts";
import { fenced, GATE, writeStage } from "#server/testing/shell-runbook.ts";
import { claimJob } from "../claim.ts";
import { runJob } from "../executor.ts";
import { expireRequests } from "../expire.ts";
import type { RunnerParts } from "../parts.ts";
import { recoverJobs } from "../recovery.ts";
import { sealSecret } from "../vault.ts";
import { keepLocalHost } from "../check/local-host.ts";

let bench: Bench;
let second: PersonActor;
let tenantId = "";
let tenants = 0;

beforeAll(async () => {
  bench = await openBench();
  second = await bench.addPerson("Otto Other", ["operator"]);
  await keepLocalHost(bench.parts, true);
});
beforeEach(async () => {
  tenants += 1;
  tenantId = await bench.addTenant(`acme-${tenants}`, `10.20.${tenants}.0/24`);
});
afterAll(() => bench.close());

const db = () => bench.database.db;
const ctx = (actor: PersonActor = bench.operator) => ({ db: db(), actor, clock: bench.parts.now });

const block = (kind: string, steps: string) =>
  fenced("block", `id: b\nby: hand\nkind: ${kind}\nsteps:\n${steps}`) + GATE;
const LOOK = `  - id: look
    title: Look at {{ tenant.slug }}
    do: |
      Look at the rack of {{ tenant.slug }}.
    assignee: operator
    evidence:
      seen: { text: What the display says }
      picture: { file: A picture of it }
    save: { rack_seen: seen }
`;
const TWO = `  - id: first
    do: Put in your share.
    assignee: operator
  - id: second
    do: Put in your share as well.
    assignee: operator
    differs: [first]
`;
const CHANGE = `  - id: pull
    do: Pull the plug.
    assignee: operator
    effect: mutate
    revert: Put it back.
`;
const THEN_SHELL = fenced(
  "block",
  "id: after\non: local\nas: runner\nkind: run\nsteps:\n  - id: after\n    effect: mutate\n    run: echo went on",
);

/** Runs a stage up to where it waits, or to its end. */
async function begin(body: string, parts: RunnerParts = bench.parts): Promise<string> {
  await writeStage(db(), tenantId, body);
  const jobId = await bench.queue(await bench.preview(tenantId, "0"));
  await runJob(parts, await bench.claim(parts), new AbortController());
  return jobId;
}

async function goOn(parts: RunnerParts = bench.parts): Promise<void> {
  for (const held of await recoverJobs(parts, 10)) await runJob(parts, held, new AbortController());
}

const PNG = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0xff, 0x00, 0xfe]).toString("base64");

type Given = Parameters<typeof attestByHand>[1]["given"];
const said = (more: Partial<Given> = {}): Given => ({ note: "I looked", texts: {}, files: {}, ...more });
const SEEN = said({
  texts: { seen: "All green" },
  files: { picture: { fileName: "rack.png", base64: PNG } },
});

async function attest(
  jobId: string,
  stepId: string,
  more: { actor?: PersonActor; given?: Given; result?: "done" | "not_done"; digest?: string } = {},
) {
  const { digest } = await bench.getJob(jobId);
  const { actor, ...given } = more;
  return attestByHand(ctx(actor), { jobId, stepId, digest, result: "done", given: said(), ...given });
}

const journalOf = async (jobId: string) =>
  db().select().from(journalEntry).where(eq(journalEntry.jobId, jobId)).orderBy(asc(journalEntry.seq));
const kindsOf = async (jobId: string) => (await journalOf(jobId)).map(({ kind }) => kind);
const linesOf = async (jobId: string) =>
  (await db().select().from(outputLine).where(eq(outputLine.jobId, jobId)))
    .map(({ stream, text }) => `${stream}: ${text}`)
    .join("\n");
const deniedOf = async (jobId: string) =>
  (await db().select().from(auditEntry).where(eq(auditEntry.objectId, jobId))).filter(
    ({ action, outcome }) => action === "job.attest_step" && outcome === "denied",
  );

describe("a step that a person does", () => {
  it("halts the run, is attested with what is asked for, and the run goes on from there", async () => {
    const jobId = await begin(block("check", LOOK));
    expect(await bench.getJob(jobId)).toMatchObject({ state: "awaiting_person", effect: "read" });
    // Waiting holds nothing: no lease, and nobody goes on with it.
    expect(await db().select().from(lease).where(eq(lease.jobId, jobId))).toEqual([]);
    expect(await recoverJobs(bench.parts, 10)).toEqual([]);
    const page = await readJob(ctx(), { jobId });
    expect(page.hand.waiting).toMatchObject({
      stepId: "look",
      instructions: `Look at the rack of acme-${tenants}.\n`,
      isFor: "an operator",
      may: { allowed: true },
    });
    expect(await attest(jobId, "look", { given: SEEN })).toEqual({ result: "done" });
    await goOn();
    const done = await bench.getJob(jobId);
    expect(done.state, done.outcomeSays ?? "").toBe("succeeded");
    const [kept] = await db().select().from(evidence).where(eq(evidence.jobId, jobId));
    expect(kept?.values).toMatchObject({ done: true, attested_by: "Olga Operator", seen: "All green" });
    expect(kept?.values["picture"]).toMatch(/^sha256:/);
    const [file] = await db().select().from(handFile).where(eq(handFile.jobId, jobId));
    expect(Buffer.from(file?.content ?? []).toString("base64")).toBe(PNG);
    expect(await kindsOf(jobId)).toEqual(expect.arrayContaining(["halted", "attested", "step_finished"]));
    const heard = (await journalOf(jobId)).find(({ kind }) => kind === "attested");
    expect(heard?.body).toMatchObject({ by: { name: "Olga Operator" }, result: "done" });
    expect((await readJob(ctx(), { jobId })).hand).toMatchObject({
      waiting: null,
      said: [{ by: "Olga Operator", stepId: "look", kept: { note: "I looked" } }],
    });
  });

  it("keeps the lane closed while it waits", async () => {
    const jobId = await begin(block("check", LOOK));
    const { number: _number, ...row } = await bench.getJob(jobId);
    const id = randomUUID();
    const queued = { id, nonce: id, idempotencyKey: id, state: "queued" as const, queuedAt: new Date() };
    await db()
      .insert(job)
      .values({ ...row, ...queued, consumedAt: null, startedAt: null });
    expect(await claimJob(bench.parts)).toBeNull();
    await db().update(job).set({ state: "cancelled" }).where(eq(job.id, id));
  });

  it.each([
    ["somebody of another role", "not_the_assignee", () => ({ actor: bench.reviewer, given: SEEN })],
    ["a step the job is not at", "stale", () => ({ stepId: "other", given: SEEN })],
    ["another request", "stale", () => ({ digest: `sha256:${"0".repeat(64)}`, given: SEEN })],
    ["nothing of what is asked for", "missing", () => ({})],
    [
      "what nobody asked for",
      "not_asked",
      () => ({ given: said({ ...SEEN, texts: { seen: "x", more: "y" } }) }),
    ],
    [
      "a text in the place of a file",
      "not_asked",
      () => ({ given: said({ texts: { seen: "x", picture: "y" } }) }),
    ],
    [
      "a private key",
      "credential",
      () => ({ given: said({ ...SEEN, texts: { seen: "-----BEGIN OPENSSH PRIVATE KEY-----" } }) }),
    ],
    [
      "a private key in a file",
      "credential",
      () => ({
        given: said({
          ...SEEN,
          files: {
            picture: {
              fileName: "k",
              base64: Buffer.from("-----BEGIN EC PRIVATE KEY-----").toString("base64"),
            },
          },
        }),
      }),
    ],
    ["a token", "token", () => ({ given: { ...SEEN, note: `it is gAAAA${"b".repeat(80)}` } })],
  ])("refuses %s, and keeps nothing of it", async (_what, reason, change) => {
    const jobId = await begin(block("check", LOOK));
    const {
      stepId = "look",
      ...more
    }: { stepId?: string; actor?: PersonActor; digest?: string; given?: Given } = change();
    expect(await refusalOf(attest(jobId, stepId, more))).toMatchObject({ reason });
    expect(await db().select().from(handRecord).where(eq(handRecord.jobId, jobId))).toEqual([]);
    expect(await bench.getJob(jobId)).toMatchObject({ state: "awaiting_person" });
    expect((await deniedOf(jobId)).map(({ details }) => details)).toEqual([
      expect.objectContaining({ reason }),
    ]);
  });

  it("is attested once, whoever is quicker", async () => {
    const jobId = await begin(block("check", TWO));
    const both = await Promise.allSettled([
      attest(jobId, "first"),
      attest(jobId, "first", { actor: second }),
    ]);
    expect(both.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    expect(await refusalOf(attest(jobId, "first"))).toMatchObject({ reason: "not_waiting" });
    expect(await db().select().from(handRecord).where(eq(handRecord.jobId, jobId))).toHaveLength(1);
  });

  it("is refused to whom it has to differ from, by the database as well", async () => {
    const jobId = await begin(block("check", TWO));
    await attest(jobId, "first");
    await goOn();
    expect(await bench.getJob(jobId)).toMatchObject({ state: "awaiting_person" });
    expect(await refusalOf(attest(jobId, "second"))).toMatchObject({ reason: "must_differ" });
    const { personId } = bench.operator;
    const row = { jobId, stepId: "second", result: "done" as const, personId, at: new Date(), given: said() };
    await expect(
      db()
        .insert(handRecord)
        .values({ ...row, differsFrom: [personId] }),
    ).rejects.toThrow();
    await attest(jobId, "second", { actor: second });
    await goOn();
    expect(await bench.getJob(jobId)).toMatchObject({ state: "succeeded" });
    // Once masked it stays as it is.
    await expect(db().update(handRecord).set({ given: said(), kept: null })).rejects.toThrow();
  });

  it("masks sealed values in what is handed in, and keeps no file that holds one between other bytes", async () => {
    const value = "a-very-secret-word-7";
    await db().transaction((tx) =>
      sealSecret(tx, bench.parts.sealer, {
        tenantId,
        name: "svc_password",
        value,
        jobId: tenantId,
        at: new Date(),
      }),
    );
    const jobId = await begin(block("check", LOOK));
    const base64 = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(value)]).toString("base64");
    const files = { picture: { fileName: "a.bin", base64 } };
    await attest(jobId, "look", {
      given: { note: `It is ${value}`, texts: { seen: `x ${value} y` }, files },
    });
    await goOn();
    const [row] = await db().select().from(handRecord).where(eq(handRecord.jobId, jobId));
    expect(row).toMatchObject({ given: null, kept: { files: { picture: { digest: null } } } });
    expect(JSON.stringify([row, await linesOf(jobId), await journalOf(jobId)])).not.toContain(value);
    expect(row?.kept?.texts["seen"]).toMatch(/^x \[secret [0-9a-f]{4}\] y$/);
    expect(await db().select().from(handFile).where(eq(handFile.jobId, jobId))).toEqual([]);
    const done = await bench.getJob(jobId);
    expect(done).toMatchObject({ state: "failed" });
    expect(done.outcomeSays).toContain("held a sealed value");
  });

  it("that was not done ends the run, with the reason", async () => {
    const jobId = await begin(block("check", LOOK));
    await attest(jobId, "look", { result: "not_done", given: said({ note: "The door is locked" }) });
    await goOn();
    const done = await bench.getJob(jobId);
    expect(done).toMatchObject({ state: "failed" });
    expect(done.outcomeSays).toContain("was not done: The door is locked");
  });

  it("is attested by whoever approved the job, and by nobody who asked for it", async () => {
    const jobId = await begin(block("run", CHANGE.replace("assignee: operator", "assignee: approver")));
    expect(await refusalOf(attest(jobId, "pull"))).toMatchObject({ reason: "not_the_assignee" });
    await attest(jobId, "pull", { actor: bench.reviewer });
    await goOn();
    expect(await bench.getJob(jobId)).toMatchObject({ state: "succeeded" });
  });
});

describe("a change by hand", () => {
  it("is approved like any other, with an intent before and an outcome after", async () => {
    await writeStage(db(), tenantId, block("run", CHANGE));
    const preview = await bench.preview(tenantId, "0");
    expect(preview).toMatchObject({ effect: "mutate" });
    expect(preview.content?.steps[0]?.calls).toMatchObject([{ id: "pull.hand", method: "RUN" }]);
    await writeStage(db(), tenantId, block("run", CHANGE.replace("    effect: mutate\n", "")));
    expect(await bench.preview(tenantId, "0")).toMatchObject({ effect: "destroy" });
    const jobId = await begin(block("run", CHANGE));
    await attest(jobId, "pull");
    await goOn();
    expect(await bench.getJob(jobId)).toMatchObject({ state: "succeeded" });
    expect(
      (await journalOf(jobId)).filter(({ callId }) => callId === "pull.hand").map(({ kind }) => kind),
    ).toEqual(["intent", "outcome"]);
  });

  it("gives its instructions to nobody before it is approved", async () => {
    await writeStage(db(), tenantId, block("run", CHANGE));
    const jobId = await bench.ask(await bench.preview(tenantId, "0"));
    expect((await readJob(ctx(), { jobId })).hand.waiting).toBeNull();
    expect(await refusalOf(attest(jobId, "pull"))).toMatchObject({ reason: "not_waiting" });
  });

  it.each(["cancelled", "late"])("that is %s may have been done: two people settle it", async (how) => {
    const jobId = await begin(block("run", CHANGE));
    if (how === "cancelled") await cancelJob(ctx(), { jobId });
    else {
      await aDayLater(jobId);
      await expireRequests(bench.parts);
    }
    await goOn();
    const done = await bench.getJob(jobId);
    expect(done.state, done.outcomeSays ?? "").toBe("outcome_unknown");
    expect(await refusalOf(attest(jobId, "pull"))).toMatchObject({ reason: "not_waiting" });
    await db().update(job).set({ resolvedAt: new Date() }).where(eq(job.id, jobId));
  });

  it("a look that is cancelled has changed nothing", async () => {
    const jobId = await begin(block("check", LOOK));
    await cancelJob(ctx(), { jobId });
    await goOn();
    expect(await bench.getJob(jobId)).toMatchObject({ state: "cancelled" });
  });
});

describe("what follows a step by hand", () => {
  const STAGE = () => fenced("block", `id: b\nby: hand\nkind: check\nsteps:\n${TWO}`) + THEN_SHELL + GATE;

  it.each(["before halted", "after halted", "before outcome", "before read_back", "after step_finished"])(
    "runs once when the runner is killed %s",
    async (at) => {
      await writeStage(db(), tenantId, STAGE());
      const jobId = await bench.queue(await bench.preview(tenantId, "0"));
      let isKilled = false;
      const dying = await bench.otherParts({
        boundary: (point) => {
          if (point !== at || isKilled) return Promise.resolve();
          isKilled = true;
          return Promise.reject(new Error("killed"));
        },
      });
      await runJob(dying, await bench.claim(dying), new AbortController());
      for (const [stepId, actor] of [
        ["first", bench.operator],
        ["second", second],
      ] as const) {
        await leaveAlone();
        await goOn();
        if ((await bench.getJob(jobId)).state !== "awaiting_person") continue;
        await attest(jobId, stepId, { actor });
        await leaveAlone();
        await goOn(isKilled ? bench.parts : dying);
      }
      await leaveAlone();
      await goOn();
      const done = await bench.getJob(jobId);
      if (done.state !== "succeeded") expect(done.outcomeSays).toContain("error of its own");
      expect((await linesOf(jobId)).split("stdout: went on").length - 1).toBeLessThanOrEqual(1);
      expect((await kindsOf(jobId)).filter((kind) => kind === "attested").length).toBeLessThanOrEqual(2);
    },
  );

  // The last one: only two people lift a freeze.
  it("does not start once changes are frozen", async () => {
    const jobId = await begin(STAGE());
    await attest(jobId, "first");
    await goOn();
    await attest(jobId, "second", { actor: second });
    await setFreeze(ctx(), { reason: "Stop" });
    await goOn();
    const done = await bench.getJob(jobId);
    expect(done.state).toBe("failed");
    expect(done.outcomeSays).toContain("frozen by Olga Operator");
    expect(await linesOf(jobId)).not.toContain("stdout: went on");
  });
});

/** The same job, had it begun to wait a day ago. */
async function aDayLater(jobId: string): Promise<void> {
  const owner = connect(bench.database.ownerUrl, { max: 1 });
  const at = new Date(Date.now() - HAND_WAIT_MS - 1000);
  await owner.db.update(journalEntry).set({ at }).where(eq(journalEntry.jobId, jobId));
  await owner.db.update(job).set({ stateChangedAt: at }).where(eq(job.id, jobId));
  await owner.close();
}

/** As the time does that a killed runner's lease has. */
async function leaveAlone(): Promise<void> {
  await db()
    .update(lease)
    .set({ expiresAt: new Date(0) });
}
