import { randomUUID } from "node:crypto";
import { desc, eq } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import * as z from "zod";
import { auditEntry } from "#db/schema/audit.ts";
import { journalEntry } from "#db/schema/job.ts";
import { operation } from "#db/schema/signing.ts";
import { approvalRuleSet } from "#db/schema/rule.ts";
import { proposal } from "#db/schema/proposal.ts";
import { standingApproval } from "#db/schema/standing.ts";
import { jobRecordSchema } from "#server/domain/evidence/bundle.ts";
import { jobProblem } from "#server/domain/evidence/verify-job.ts";
import type { PersonActor } from "#server/domain/policy/decide.ts";
import { DEFAULT_RULES, type RuleSet } from "#server/domain/rule/rule.ts";
import { breakTheGlass } from "#server/services/break-glass/break.ts";
import { collectJob, collectTenant } from "#server/services/evidence/collect.ts";
import { signJob } from "#server/services/job/sign.ts";
import { approveProposal } from "#server/services/proposal/decide.ts";
import { findRules } from "#server/services/rules/current.ts";
import { proposeStanding } from "#server/services/standing/grant.ts";
import { readStandingPatterns } from "#server/services/standing/read.ts";
import { takeStanding } from "#server/services/standing/use.ts";
import { proposeStandingWithdrawal } from "#server/services/standing/withdraw.ts";
import { addPerson, signInAs } from "#server/testing/people.ts";
import { refusalOf } from "#server/testing/refusal.ts";
import { type Bench, countChanges, openBench } from "#server/testing/runner-bench.ts";
import { enrol, openSigningKeys, type SigningKeys } from "#server/testing/signing-keys.ts";
import { claimJob } from "./claim.ts";
import { runJob } from "./executor.ts";

const LIMITS = { jobs: 10, lines: 1000 };

let bench: Bench;
let keys: SigningKeys;
let rita: PersonActor;
let mara: PersonActor;
let third = 30;

beforeAll(async () => {
  keys = await openSigningKeys();
  bench = await openBench();
}, 60_000);
afterAll(async () => {
  await bench.close();
  await keys.close();
});
beforeEach(async () => {
  const someone = async (name: string, role: "reviewer" | "manager") => {
    const at = bench.parts.now();
    const who = await addPerson(db(), { name, roles: [role], at });
    return (await signInAs({ db: db(), clock: bench.parts.now }, who)).actor;
  };
  rita = await someone("Rita", "reviewer");
  mara = await someone("Mara", "manager");
});

const db = () => bench.database.db;
const as = (actor: PersonActor) => ({ db: db(), actor, clock: bench.parts.now });

async function agree(proposalId: string): Promise<void> {
  const [row] = await db().select().from(proposal).where(eq(proposal.id, proposalId));
  await approveProposal(as(rita), { proposalId, digest: row?.digest ?? "", reason: "Checked" });
}

/** A tenant whose first change waits for its decision. */
async function waiting(slug: string): Promise<{ tenantId: string; jobId: string }> {
  third += 1;
  const tenantId = await bench.addTenant(slug, `10.20.${third}.0/24`);
  await bench.runStage(tenantId, "0");
  return { tenantId, jobId: await bench.ask(await bench.preview(tenantId, "1")) };
}

/** After the shape of a change that was run, with every parameter free. */
async function granted(): Promise<string> {
  const [pattern] = await readStandingPatterns(as(mara), {});
  if (!pattern) throw new Error("Nothing has run that it could be made after.");
  const { stageKey, stageHash, cloudId, operations, parameters } = pattern;
  const now = bench.parts.now().getTime();
  const { proposalId } = await proposeStanding(as(mara), {
    content: {
      name: "New tenants",
      stageKey,
      stageHash,
      cloudId,
      tenants: [],
      operations,
      parameters: parameters.map(({ operation: of, name }) => ({ operation: of, name, allowed: null })),
      maxUses: 5,
      from: new Date(now - 1000).toISOString(),
      until: new Date(now + 3_600_000).toISOString(),
      replaces: null,
    },
    reason: "Every week",
  });
  await agree(proposalId);
  const [row] = await db().select().from(standingApproval).where(eq(standingApproval.proposalId, proposalId));
  return row?.id ?? "";
}

/** Rules in force without the way there. */
async function putRules(set: RuleSet): Promise<void> {
  const base = (await findRules(db()))?.version ?? 0;
  const [row] = await db().select().from(proposal).limit(1);
  if (!row) throw new Error("There is no proposal to copy.");
  const { number: _number, ...fields } = row;
  const proposalId = randomUUID();
  await db()
    .insert(proposal)
    .values({ ...fields, id: proposalId, kind: "rules.change", content: set });
  await db()
    .insert(approvalRuleSet)
    .values({ version: base + 1, content: set, proposalId, at: new Date() });
}

async function jobEvents(jobId: string) {
  const rows = await db().select().from(auditEntry).where(eq(auditEntry.objectId, jobId));
  return rows.map(({ hash: _hash, at, details, ...row }) => ({
    ...row,
    at: at.toISOString(),
    details: z.record(z.string(), z.json()).parse(details),
  }));
}

async function take(jobId: string, standingId: string): Promise<void> {
  const { digest } = await bench.getJob(jobId);
  await takeStanding(as(bench.operator), { jobId, digest, standingId });
}

describe("a change under a standing approval", () => {
  beforeAll(async () => {
    const tenantId = await bench.addTenant("pattern", "10.20.30.0/24");
    await bench.runStage(tenantId, "0");
    await bench.runStage(tenantId, "1");
  }, 60_000);

  it("runs, and its record names what counted and verifies", async () => {
    const standingId = await granted();
    const { tenantId, jobId } = await waiting("acme");
    await take(jobId, standingId);
    await runJob(bench.parts, await bench.claim(), new AbortController());
    expect(await bench.getJob(jobId)).toMatchObject({ state: "succeeded" });
    const [consumed] = (await db().select().from(journalEntry).where(eq(journalEntry.jobId, jobId))).filter(
      ({ kind }) => kind === "consumed",
    );
    expect(consumed?.body).toMatchObject({ approvedBy: [rita.personId] });

    const tenant = await collectTenant(db(), tenantId);
    const record = jobRecordSchema.parse(await collectJob(db(), jobId, { tenant, limits: LIMITS }));
    const events = await jobEvents(jobId);
    expect(record.approvals).toEqual([]);
    expect(jobProblem(record, { tenant, events })).toBeNull();
    const { standing } = record;
    if (standing === null) throw new Error("The record names no standing approval.");
    const broken = (change: Partial<typeof standing> | null) =>
      jobProblem(
        { ...record, standing: change === null ? null : { ...standing, ...change } },
        { tenant, events },
      );
    expect(broken(null)).toContain("without an approval");
    const broke: [Partial<typeof standing>, string][] = [
      [{ agreedBy: standing.madeBy }, "one person alone"],
      [{ use: 6 }, "used up"],
      [{ use: 2 }, "something else"],
      [{ at: "2020-01-01T00:00:00.000Z" }, "did not hold"],
      [{ id: randomUUID() }, "something else"],
      [{ content: { ...standing.content, stageHash: "sha256:other" } }, "does not cover"],
      [{ content: { ...standing.content, tenants: [randomUUID()] } }, "does not cover"],
      [{ madeBy: record.requester, agreedBy: { id: randomUUID(), name: "X" } }, "nobody but the requester"],
    ];
    for (const [change, says] of broke) {
      expect(broken(change)).toContain(says);
    }
    const unused = events.filter(({ action }) => action !== "job.use_standing");
    expect(jobProblem(record, { tenant, events: unused })).toMatch(/no audit entry/);
  }, 60_000);

  it("that was withdrawn after its use does not start, and sends nothing", async () => {
    const standingId = await granted();
    const { jobId } = await waiting("globex");
    await take(jobId, standingId);
    const { proposalId } = await proposeStandingWithdrawal(as(mara), {
      content: { standingId },
      reason: "Stop",
    });
    await agree(proposalId);
    const changes = countChanges(bench.cloud);
    expect(await claimJob(bench.parts)).toEqual({ kind: "refused" });
    expect(await bench.getJob(jobId)).toMatchObject({
      state: "refused",
      consumedAt: null,
      outcomeSays: expect.stringContaining("was withdrawn"),
    });
    expect(changes()).toBe(0);
  }, 60_000);

  it("whose time is over by then does not start", async () => {
    const standingId = await granted();
    const { jobId } = await waiting("initech");
    await take(jobId, standingId);
    const late = { ...bench.parts, now: () => new Date(Date.now() + 3_600_000) };
    expect(await claimJob(late)).toEqual({ kind: "refused" });
    expect(await bench.getJob(jobId)).toMatchObject({
      consumedAt: null,
      outcomeSays: expect.stringContaining("does not hold at this time"),
    });
  }, 60_000);
});

describe("a change that an emergency let go", () => {
  it("runs with a signature and without an approval, and its record verifies and says so", async () => {
    const { tenantId, jobId } = await waiting("vandelay");
    const { operator, parts } = bench;
    await putRules({ ...DEFAULT_RULES, breakGlass: [operator.personId] });
    const row = await bench.getJob(jobId);
    const { digest, nonce } = row;
    await breakTheGlass(as(operator), { jobId, digest, nonce, reason: "Nobody answers" });
    expect(await claimJob(parts)).toBeNull();
    const key = await keys.make();
    await enrol(db(), { line: key.publicLine, personId: rita.personId, at: parts.now() });
    const [bytes] = await db().select().from(operation).where(eq(operation.jobId, jobId));
    const armored = await key.sign(bytes?.message ?? "");
    await signJob(as(rita), { jobId, armored, operation: null });
    await runJob(parts, await bench.claim(), new AbortController());
    expect(await bench.getJob(jobId)).toMatchObject({ state: "succeeded" });

    const tenant = await collectTenant(db(), tenantId);
    const record = jobRecordSchema.parse(await collectJob(db(), jobId, { tenant, limits: LIMITS }));
    const events = await jobEvents(jobId);
    expect(jobProblem(record, { tenant, events })).toBeNull();
    const { emergency } = record;
    if (emergency === null) throw new Error("The record names no emergency.");
    const review = { person: emergency.person, note: "x", at: emergency.at };
    const broke: [Partial<typeof record>, string][] = [
      [{ emergency: null }, "without an approval"],
      [{ signatures: [] }, "without a signature"],
      [{ emergency: { ...emergency, reason: "other" } }, "something else"],
      [{ emergency: { ...emergency, digest: `sha256:${"0".repeat(64)}` } }, "another digest"],
      [{ emergency: { ...emergency, requestedBy: randomUUID() } }, "another requester"],
      [{ emergency: { ...emergency, person: { id: randomUUID(), name: "X" } } }, "no audit entry"],
      [{ emergency: { ...emergency, reviews: [review] } }, "one of the people"],
      [
        { emergency: { ...emergency, reviews: [{ ...review, person: { id: randomUUID(), name: "X" } }] } },
        "has no audit entry",
      ],
    ];
    for (const [change, says] of broke) {
      expect(jobProblem({ ...record, ...change }, { tenant, events })).toContain(says);
    }
  }, 60_000);

  it("does not start once the rules no longer name who let it go", async () => {
    const { jobId } = await waiting("kramerica");
    const { operator, parts } = bench;
    await putRules({ ...DEFAULT_RULES, breakGlass: [operator.personId] });
    const { digest, nonce } = await bench.getJob(jobId);
    await breakTheGlass(as(operator), { jobId, digest, nonce, reason: "Nobody answers" });
    const key = await keys.make();
    await enrol(db(), { line: key.publicLine, personId: rita.personId, at: parts.now() });
    const [bytes] = await db().select().from(operation).where(eq(operation.jobId, jobId));
    await signJob(as(rita), { jobId, armored: await key.sign(bytes?.message ?? ""), operation: null });
    await putRules(DEFAULT_RULES);
    const changes = countChanges(bench.cloud);
    expect(await claimJob(parts)).toEqual({ kind: "refused" });
    expect(await bench.getJob(jobId)).toMatchObject({
      consumedAt: null,
      outcomeSays: expect.stringContaining("no longer named"),
    });
    expect(changes()).toBe(0);
  }, 60_000);
});

describe("a plain change that the rules want signed", () => {
  const signed: RuleSet = {
    ...DEFAULT_RULES,
    rules: DEFAULT_RULES.rules.map((rule) =>
      rule.name === "Changes" ? { ...rule, demands: { ...rule.demands, signature: "operational" } } : rule,
    ),
  };

  it("waits for a signature after its approval, and runs with it alone", async () => {
    const { jobId: unsigned } = await waiting("umbrella");
    await putRules(signed);

    third += 1;
    const tenantId = await bench.addTenant("hooli", `10.20.${third}.0/24`);
    await bench.runStage(tenantId, "0");
    const jobId = await bench.queue(await bench.preview(tenantId, "1"));
    expect(await bench.getJob(jobId)).toMatchObject({ state: "awaiting_signature", effect: "mutate" });
    expect(await claimJob(bench.parts)).toBeNull();
    const { reviewer, operator, parts } = bench;
    const key = await keys.make();
    await enrol(db(), { line: key.publicLine, personId: reviewer.personId, at: parts.now() });
    const [row] = await db()
      .select()
      .from(operation)
      .where(eq(operation.jobId, jobId))
      .orderBy(desc(operation.attempt));
    expect(JSON.parse(row?.message ?? "{}")).toMatchObject({ op: "change" });
    const own = await keys.make();
    await enrol(db(), { line: own.publicLine, personId: operator.personId, at: parts.now() });
    const ownArmored = await own.sign(row?.message ?? "");
    expect(
      await refusalOf(signJob(as(reviewer), { jobId, armored: ownArmored, operation: null })),
    ).toMatchObject({ reason: "self_signing" });
    const [fresh] = await db()
      .select()
      .from(operation)
      .where(eq(operation.jobId, jobId))
      .orderBy(desc(operation.attempt));
    await signJob(as(reviewer), { jobId, armored: await key.sign(fresh?.message ?? ""), operation: null });
    await runJob(parts, await bench.claim(), new AbortController());
    expect(await bench.getJob(jobId)).toMatchObject({ state: "succeeded" });
    expect(await bench.getJob(unsigned)).toMatchObject({ state: "awaiting_approval" });
  }, 90_000);
});
