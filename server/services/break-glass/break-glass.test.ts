import { desc, eq } from "drizzle-orm";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { connect } from "#db/client.ts";
import { auditEntry } from "#db/schema/audit.ts";
import { breakGlass, breakGlassReview } from "#db/schema/break-glass.ts";
import { decisionRecord } from "#db/schema/decision.ts";
import { job } from "#db/schema/job.ts";
import { session } from "#db/schema/person.ts";
import { operation } from "#db/schema/signing.ts";
import { decodeBoardCell } from "#server/domain/board/schema.ts";
import { REVIEW_WITHIN_MS } from "#server/domain/break-glass/limits.ts";
import type { PersonActor } from "#server/domain/policy/decide.ts";
import { DEFAULT_RULES, type RuleSet } from "#server/domain/rule/rule.ts";
import {
  destroying,
  type JobRow,
  type JobWorld,
  openJobWorld,
  type PlanChange,
} from "#server/testing/jobs.ts";
import { signInAs } from "#server/testing/people.ts";
import { answerTo, freezeNow } from "#server/testing/proposals.ts";
import { refusalOf, tally } from "#server/testing/refusal.ts";
import { enrol, openSigningKeys, type SigningKey, type SigningKeys } from "#server/testing/signing-keys.ts";
import { readInbox } from "../inbox/list.ts";
import { readSession } from "../inbox/session.ts";
import { approveJob } from "../job/approve.ts";
import { readJob } from "../job/get.ts";
import { listJobs } from "../job/list.ts";
import { rejectJob } from "../job/reject.ts";
import { signJob } from "../job/sign.ts";
import { approveProposal } from "../proposal/decide.ts";
import { proposeRules } from "../rules/change.ts";
import { readBoard } from "../tenant/board.ts";
import { findRules } from "../rules/current.ts";
import { breakTheGlass } from "./break.ts";
import { reviewBreakGlass } from "./review.ts";

const DAY = 24 * 60 * 60 * 1000;

let world: JobWorld;
let keys: SigningKeys;
let key: SigningKey;
let own: SigningKey;
/** Asks, and is named for emergencies. */
let olga: PersonActor;
/** Holds a key and is not named. */
let rita: PersonActor;
let mara: PersonActor;
let ada: PersonActor;
let aude: PersonActor;

beforeEach(async () => {
  keys = await openSigningKeys();
  world = await openJobWorld();
  olga = await world.person("Olga", "operator");
  rita = await world.person("Rita", "reviewer");
  mara = await world.person("Mara", "manager", "operator");
  ada = await world.person("Ada", "admin", "reviewer");
  aude = await world.person("Aude", "auditor");
  key = await keys.make();
  own = await keys.make();
  await enrol(world.db, { line: key.publicLine, personId: rita.personId, at: world.now });
  await enrol(world.db, { line: own.publicLine, personId: olga.personId, at: world.now });
});
afterEach(async () => {
  await world.close();
  await keys.close();
});

const as = (actor: PersonActor) => world.ctx(actor);

async function name(people: readonly PersonActor[], change: Partial<RuleSet> = {}): Promise<void> {
  const base = (await findRules(world.db))?.version ?? 0;
  const set = { ...DEFAULT_RULES, ...change, breakGlass: people.map(({ personId }) => personId) };
  const { proposalId } = await proposeRules(as(mara), { content: { base, set }, reason: "Nights" });
  await approveProposal(as(ada), await answerTo(world, proposalId));
}

const waiting = (by: PersonActor = olga, change?: PlanChange): Promise<JobRow> =>
  world.request(by, change ? { change } : {});

const go = (by: PersonActor, row: JobRow, change: object = {}) =>
  breakTheGlass(as(by), {
    jobId: row.id,
    digest: row.digest,
    nonce: row.nonce,
    reason: "The cloud is down and nobody answers",
    ...change,
  });

async function sign(by: PersonActor, row: JobRow, with_: SigningKey) {
  const [newest] = await world.db
    .select()
    .from(operation)
    .where(eq(operation.jobId, row.id))
    .orderBy(desc(operation.attempt));
  const armored = await with_.sign(newest?.message ?? "");
  return signJob(as(by), { jobId: row.id, armored, operation: null });
}

const review = (by: PersonActor, row: JobRow) =>
  reviewBreakGlass(as(by), { jobId: row.id, note: "It was right" });

describe("breaking the glass", () => {
  it("lets one plan go without its approval, to a signature of somebody else, and tells everybody", async () => {
    await name([olga]);
    const row = await waiting();
    expect((await readJob(as(olga), { jobId: row.id })).may.breakGlass).toMatchObject({ allowed: true });
    expect(await go(olga, row)).toEqual({ state: "awaiting_signature" });
    // It is not alone: the requester's own key does not sign it.
    expect(await refusalOf(sign(rita, row, own))).toMatchObject({ reason: "self_signing" });
    expect(await sign(rita, row, key)).toMatchObject({ state: "queued" });
    const page = await readJob(as(aude), { jobId: row.id });
    expect(page.emergency).toMatchObject({ person: { name: "Olga" }, reviews: [] });
    expect(page.approvals).toEqual([]);
    for (const who of [olga, rita, mara, ada, aude]) {
      expect((await readSession(as(who), {})).emergencies).toMatchObject([
        { jobId: row.id, name: "Olga", reviews: 0, needed: 2, isOverdue: false },
      ]);
      expect((await readInbox(as(who), {})).emergencies).toHaveLength(1);
    }
    const { jobs } = await listJobs(as(aude), { filter: "all", tenantId: null, before: null });
    expect(jobs.map(({ isEmergency }) => isEmergency)).toEqual([true]);
    const board = await readBoard(as(aude), { cloudId: null });
    const cells = board.tenants.find(({ id }) => id === row.tenantId)?.cells.map(decodeBoardCell) ?? [];
    expect(cells.filter((cell) => cell?.isEmergency === true)).toMatchObject([{ jobId: row.id }]);
    const entries = await world.db.select().from(auditEntry).where(eq(auditEntry.objectId, row.id));
    expect(entries.find(({ action }) => action === "job.break_glass")).toMatchObject({
      outcome: "done",
      actor: { id: olga.personId },
      details: { digest: row.digest, reason: "The cloud is down and nobody answers" },
    });
    const decided = await world.db.select().from(decisionRecord).where(eq(decisionRecord.jobId, row.id));
    expect(decided.map(({ action }) => action)).toContain("job.break_glass");
  });

  it("goes around more approvers and windows, and around nothing else", async () => {
    await name([olga], {
      rules: DEFAULT_RULES.rules.map((rule) => ({
        ...rule,
        demands: {
          ...rule.demands,
          approvers: 3,
          window: { days: [7], from: "01:00", to: "01:01" },
        },
      })),
    });
    const row = await waiting();
    await go(olga, row);
    expect(await sign(rita, row, key)).toMatchObject({ state: "queued" });
  });

  it("of what destroys takes the tenant's name typed and the signature as ever", async () => {
    await name([olga]);
    const row = await waiting(olga, destroying);
    expect(await refusalOf(go(olga, row))).toEqual({ code: "invalid", reason: "target_not_typed" });
    expect(await go(olga, row, { typedTarget: "client" })).toEqual({ state: "awaiting_signature" });
    expect(await refusalOf(sign(rita, row, own))).toMatchObject({ reason: "self_signing" });
    expect(await sign(rita, row, key)).toMatchObject({ state: "queued" });
  });

  it("is for those whom the rules name, and for nobody at first", async () => {
    const row = await waiting();
    expect(await refusalOf(go(olga, row))).toEqual({ code: "forbidden", reason: "not_listed" });
    await name([olga]);
    expect(await refusalOf(go(mara, row))).toEqual({ code: "forbidden", reason: "not_listed" });
    expect(await refusalOf(go(aude, row))).toMatchObject({ reason: "role_missing" });
    expect((await readJob(as(mara), { jobId: row.id })).may.breakGlass.allowed).toBe(false);
    await name([]);
    expect(await refusalOf(go(olga, row))).toMatchObject({ reason: "not_listed" });
    expect(await world.job(row.id)).toMatchObject({ state: "awaiting_approval" });
  });

  it.each<[string, () => Promise<PersonActor>]>([
    ["asked for the rules that name them", () => Promise.resolve(mara)],
    ["agreed to the rules that name them", () => Promise.resolve(ada)],
  ])("is not for somebody who %s, for a day", async (_name, who) => {
    const one = await who();
    await name([one]);
    // Another change in between does not make the first one older.
    await name([one, olga]);
    const row = await waiting();
    expect(await refusalOf(go(one, row))).toEqual({ code: "forbidden", reason: "own_rule_change" });
    world.advance(DAY);
    const { actor } = await signInAs(world, { id: one.personId, name: one.name });
    const later = await signInAs(world, { id: olga.personId, name: olga.name });
    olga = later.actor;
    const next = await waiting();
    expect(await go(actor, next)).toEqual({ state: "awaiting_signature" });
  });

  it("takes a fresh proof of the person, the plan on the page, and a reason", async () => {
    await name([olga]);
    const row = await waiting();
    expect(await refusalOf(go(olga, row, { digest: `sha256:${"0".repeat(64)}` }))).toMatchObject({
      reason: "stale",
    });
    expect(await refusalOf(go(olga, row, { nonce: "n".repeat(20) }))).toMatchObject({ reason: "stale" });
    await expect(go(olga, row, { reason: "  " })).rejects.toMatchObject({ name: "ZodError" });
    await world.db
      .update(session)
      .set({ lastActiveAt: world.now })
      .where(eq(session.personId, olga.personId));
    world.advance(5 * 60 * 1000 + 1);
    expect(await refusalOf(go(olga, row))).toMatchObject({ reason: "step_up_required" });
    expect(await world.db.select().from(breakGlass)).toEqual([]);
  });

  it("is refused once the request is decided, or while changes are frozen", async () => {
    await name([olga]);
    const refused = await waiting();
    await rejectJob(as(rita), { jobId: refused.id, digest: refused.digest, reason: "No" });
    expect(await refusalOf(go(olga, refused))).toMatchObject({ reason: "not_waiting" });
    const row = await waiting();
    await go(olga, row);
    expect(await refusalOf(go(olga, row))).toMatchObject({ reason: "not_waiting" });
    expect(
      await refusalOf(
        approveJob(as(rita), {
          jobId: row.id,
          digest: row.digest,
          nonce: row.nonce,
          tickedCallIds: [],
          reason: "x",
        }),
      ),
    ).toMatchObject({ reason: "not_waiting" });
    const frozen = await waiting();
    await freezeNow(world, rita);
    expect(await refusalOf(go(olga, frozen))).toMatchObject({ reason: "frozen" });
    expect(await refusalOf(sign(rita, row, key))).toMatchObject({ reason: "frozen" });
  });

  it("is left after three that nobody looked at, also by many at once", async () => {
    await name([olga]);
    const rows = [];
    for (let count = 0; count < 6; count += 1) rows.push(await waiting());
    const { done, refused } = tally(await Promise.allSettled(rows.map((row) => go(olga, row))));
    expect(done).toBe(3);
    expect(new Set(refused)).toEqual(new Set(["unreviewed"]));
    const broken = await world.db.select().from(breakGlass);
    expect(broken).toHaveLength(3);
    const first = rows.find(({ id }) => id === broken[0]?.jobId);
    const left = rows.find(({ id }) => !broken.some(({ jobId }) => jobId === id));
    if (!first || !left) throw new Error("The test expected both.");
    await review(rita, first);
    expect(await refusalOf(go(olga, left))).toMatchObject({ reason: "unreviewed" });
    await review(aude, first);
    expect(await go(olga, left)).toEqual({ state: "awaiting_signature" });
  });
});

describe("looking at it afterwards", () => {
  it("takes two people, neither of them of the act, and each once", async () => {
    await name([mara]);
    world.advance(DAY);
    for (const one of [olga, rita, mara, ada, aude]) {
      const { actor } = await signInAs(world, { id: one.personId, name: one.name });
      Object.assign(one, actor);
    }
    const row = await waiting();
    await go(mara, row);
    expect(await refusalOf(review(mara, row))).toMatchObject({ reason: "involved" });
    expect(await refusalOf(review(olga, row))).toMatchObject({ reason: "role_missing" });
    expect(await review(rita, row)).toEqual({ given: 1, needed: 2 });
    expect(await refusalOf(review(rita, row))).toMatchObject({ reason: "same_person" });
    expect((await readSession(as(aude), {})).emergencies).toMatchObject([{ reviews: 1 }]);
    expect(await review(aude, row)).toEqual({ given: 2, needed: 2 });
    expect((await readSession(as(aude), {})).emergencies).toEqual([]);
    expect((await readInbox(as(ada), {})).emergencies).toEqual([]);
    // The mark on the job stays.
    expect((await readJob(as(aude), { jobId: row.id })).emergency?.reviews).toMatchObject([
      { person: { name: "Rita" }, note: "It was right" },
      { person: { name: "Aude" } },
    ]);
    const plain = await waiting();
    expect(await refusalOf(review(rita, plain))).toMatchObject({ reason: "not_found" });
  });

  it("waits for whoever may look at it, and for nobody else: the number at the head of every page", async () => {
    await name([olga]);
    const row = await waiting();
    await go(olga, row);
    await sign(rita, row, key);
    const waits = async (who: PersonActor) => (await readSession(as(who), {})).waitingCount;
    expect(await Promise.all([olga, mara, ada, aude].map(waits))).toEqual([0, 1, 1, 1]);
    await review(mara, row);
    expect(await Promise.all([olga, mara, ada, aude].map(waits))).toEqual([0, 0, 1, 1]);
    await review(aude, row);
    expect(await Promise.all([olga, mara, ada, aude].map(waits))).toEqual([0, 0, 0, 0]);
  });

  it("that nobody did in time is overdue, everywhere", async () => {
    await name([olga]);
    await go(olga, await waiting());
    world.advance(REVIEW_WITHIN_MS);
    const { actor } = await signInAs(world, { id: aude.personId, name: aude.name });
    expect((await readSession(as(actor), {})).emergencies).toMatchObject([{ isOverdue: true }]);
    expect((await readInbox(as(actor), {})).emergencies).toMatchObject([{ isOverdue: true }]);
  });
});

describe("the database", () => {
  it("takes no fourth, no review by the people of the act, and no start without a signature", async () => {
    await name([olga]);
    const row = await waiting();
    await go(olga, row);
    const note = {
      jobId: row.id,
      brokenBy: olga.personId,
      requestedBy: olga.personId,
      note: "x",
      at: world.now,
    };
    for (const change of [
      { personId: olga.personId },
      { personId: rita.personId, brokenBy: ada.personId },
      { personId: rita.personId, requestedBy: ada.personId },
    ]) {
      await expect(world.db.insert(breakGlassReview).values({ ...note, ...change })).rejects.toThrow();
    }
    await expect(world.db.delete(breakGlass)).rejects.toThrow();
    await expect(world.db.update(breakGlass).set({ reason: "other" })).rejects.toThrow();
    const [broken] = await world.db.select().from(breakGlass);
    if (!broken) throw new Error("There is none.");
    for (let count = 0; count < 2; count += 1) await go(olga, await waiting());
    const { id: jobId, digest } = await waiting();
    await expect(world.db.insert(breakGlass).values({ ...broken, jobId, digest })).rejects.toThrow();
    // With a decision on record as well, nothing is spent while nobody has signed.
    const owner = connect(world.database.ownerUrl, { max: 1 });
    try {
      await owner.sql`insert into decision_record (decision_id, job_id, digest, action, effect, reason, question, envelope, at)
        values ('decision:0000000000000000', ${row.id}, ${row.digest}, 'job.execute', 'allow', 'x',
          '{"action":"job.execute"}', '{"id":"decision:0000000000000000","effect":"allow"}', now())`;
    } finally {
      await owner.close();
    }
    await expect(
      world.db.update(job).set({ consumedAt: world.now }).where(eq(job.id, row.id)),
    ).rejects.toThrow();
    await sign(rita, row, key);
    await world.db.update(job).set({ consumedAt: world.now }).where(eq(job.id, row.id));
  });
});
