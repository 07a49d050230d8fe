import { randomUUID } from "node:crypto";
import { asc, eq } from "drizzle-orm";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { auditEntry } from "#db/schema/audit.ts";
import { decisionRecord } from "#db/schema/decision.ts";
import { approval } from "#db/schema/job.ts";
import { standingApproval, standingUse } from "#db/schema/standing.ts";
import type { PersonActor } from "#server/domain/policy/decide.ts";
import type { RuleSet } from "#server/domain/rule/rule.ts";
import { DEFAULT_RULES } from "#server/domain/rule/rule.ts";
import type { StandingContent } from "#server/domain/standing/cover.ts";
import {
  destroying,
  FIRST_STAGE,
  type JobRow,
  type JobWorld,
  openJobWorld,
  type PlanChange,
} from "#server/testing/jobs.ts";
import { answerTo, freezeNow } from "#server/testing/proposals.ts";
import { openRegister } from "#server/testing/register-acts.ts";
import { refusalOf, tally } from "#server/testing/refusal.ts";
import { standingContent } from "#server/testing/standings.ts";
import { setGate } from "../gate/set.ts";
import { readJob } from "../job/get.ts";
import { disablePerson } from "../person/disable.ts";
import { setRoles } from "../person/set-roles.ts";
import { approveProposal, rejectProposal } from "../proposal/decide.ts";
import { proposeRules } from "../rules/change.ts";
import { ruleItem } from "../ruling/rule.ts";
import { proposeStanding } from "./grant.ts";
import { readStandings } from "./read.ts";
import { takeStanding } from "./use.ts";
import { proposeStandingWithdrawal } from "./withdraw.ts";

const DAY = 24 * 60 * 60 * 1000;

let world: JobWorld;
let olga: PersonActor;
let rita: PersonActor;
let ralf: PersonActor;
let mara: PersonActor;
let ada: PersonActor;

beforeEach(async () => {
  world = await openJobWorld();
  olga = await world.person("Olga", "operator", "reviewer");
  rita = await world.person("Rita", "reviewer");
  ralf = await world.person("Ralf", "operator", "reviewer");
  mara = await world.person("Mara", "manager");
  ada = await world.person("Ada", "admin", "manager");
});
afterEach(() => world.close());

const as = (actor: PersonActor) => world.ctx(actor);

/** What covers the sample's plan, with every parameter free. */
const content = (change: Partial<StandingContent> = {}) => standingContent(world, change);

/** Made by these two. */
async function granted(
  change: Partial<StandingContent> = {},
  by: { asks: PersonActor; agrees: PersonActor } = { asks: mara, agrees: rita },
): Promise<string> {
  const { proposalId } = await proposeStanding(as(by.asks), { content: content(change), reason: "Weekly" });
  await approveProposal(as(by.agrees), await answerTo(world, proposalId));
  const [row] = await world.db
    .select()
    .from(standingApproval)
    .where(eq(standingApproval.proposalId, proposalId));
  if (!row) throw new Error("Nothing was made.");
  return row.id;
}

async function waiting(by: PersonActor = olga, change?: PlanChange): Promise<JobRow> {
  const row = await world.request(by, change ? { change } : {});
  await world.recheck(by, row.id, change);
  return row;
}

const take = (by: PersonActor, row: JobRow, standingId: string) =>
  takeStanding(as(by), { jobId: row.id, digest: row.digest, standingId });

async function changeRules(change: (set: RuleSet) => RuleSet): Promise<void> {
  const reason = "Test";
  const { proposalId } = await proposeRules(as(mara), {
    content: { base: 1, set: change(DEFAULT_RULES) },
    reason,
  });
  await approveProposal(as(ada), await answerTo(world, proposalId));
}

const demanding =
  (demands: Partial<RuleSet["rules"][number]["demands"]>) =>
  (set: RuleSet): RuleSet => ({
    ...set,
    rules: set.rules.map((rule) =>
      rule.name === "Changes" ? { ...rule, demands: { ...rule.demands, ...demands } } : rule,
    ),
  });

describe("a standing approval", () => {
  it("lets a change run without a fresh approval, cited by decision, audit and page", async () => {
    const standingId = await granted();
    const row = await waiting();
    expect((await readJob(as(olga), { jobId: row.id })).standingOffers).toMatchObject([
      { id: standingId, left: 2 },
    ]);
    expect(await take(olga, row, standingId)).toEqual({ state: "queued" });
    expect(await world.db.select().from(approval).where(eq(approval.jobId, row.id))).toEqual([]);
    const page = await readJob(as(olga), { jobId: row.id });
    expect(page.standing).toMatchObject({
      id: standingId,
      use: 1,
      madeBy: { name: "Mara" },
      agreedBy: { name: "Rita" },
    });
    const [, decided] = await world.db
      .select()
      .from(decisionRecord)
      .where(eq(decisionRecord.jobId, row.id))
      .orderBy(asc(decisionRecord.seq));
    expect(decided).toMatchObject({ action: "job.use_standing", effect: "allow" });
    const entries = await world.db.select().from(auditEntry).where(eq(auditEntry.objectId, row.id));
    expect(entries.find(({ action }) => action === "job.use_standing")).toMatchObject({
      outcome: "done",
      details: {
        digest: row.digest,
        standing: standingId,
        use: 1,
        approvedBy: [rita.personId],
        decision: decided?.decisionId,
      },
    });
    const { standings } = await readStandings(as(mara), {});
    expect(standings).toMatchObject([{ state: "in_force", used: 1, madeBy: "Mara", agreedBy: "Rita" }]);
  });

  it("is made and ended by two people, and never by one", async () => {
    const { proposalId } = await proposeStanding(as(olga), { content: content(), reason: "Weekly" });
    const answer = await answerTo(world, proposalId);
    expect(await refusalOf(approveProposal(as(olga), answer))).toMatchObject({ reason: "self_approval" });
    expect(await refusalOf(approveProposal(as(mara), answer))).toMatchObject({ reason: "role_missing" });
    expect(await world.db.select().from(standingApproval)).toEqual([]);
    await rejectProposal(as(rita), answer);
    expect(await world.db.select().from(standingApproval)).toEqual([]);

    const standingId = await granted();
    const ending = await proposeStandingWithdrawal(as(rita), { content: { standingId }, reason: "Enough" });
    const end = await answerTo(world, ending.proposalId);
    expect(await refusalOf(approveProposal(as(rita), end))).toMatchObject({ reason: "self_approval" });
    const row = await waiting();
    await approveProposal(as(olga), end);
    expect(await refusalOf(take(olga, row, standingId))).toMatchObject({ reason: "withdrawn" });
    expect(
      await refusalOf(proposeStandingWithdrawal(as(rita), { content: { standingId }, reason: "Again" })),
    ).toMatchObject({ reason: "withdrawn" });
  });

  it("is changed by another that takes its place", async () => {
    const first = await granted();
    const second = await granted({ replaces: first, maxUses: 1 });
    const row = await waiting();
    expect(await refusalOf(take(olga, row, first))).toMatchObject({ reason: "withdrawn" });
    expect(await take(olga, row, second)).toEqual({ state: "queued" });
    expect(await refusalOf(granted({ replaces: first }))).toMatchObject({ reason: "withdrawn" });
  });

  it.each<[string, Partial<StandingContent>]>([
    ["31 days", { until: "2026-04-05T09:00:00.001Z" }],
    ["no time", { until: "2026-03-04T09:00:00.000Z" }],
    ["a time that runs backwards", { until: "2026-03-01T00:00:00.000Z" }],
    ["no use", { maxUses: 0 }],
    ["uses without end", { maxUses: 101 }],
    ["no operation", { operations: [] }],
    ["a parameter twice", { parameters: [1, 2].map(() => ({ operation: "a", name: "b", allowed: null })) }],
  ])("is not asked for with %s", async (_name, change) => {
    await expect(
      proposeStanding(as(mara), { content: content(change), reason: "Weekly" }),
    ).rejects.toMatchObject({ name: "ZodError" });
  });

  it.each<[string, Partial<StandingContent>, string]>([
    ["what destroys", { operations: ["container_infra.cluster.delete"] }, "destroys"],
    ["what nobody knows", { operations: ["identity.domain.obliterate"] }, "destroys"],
    ["a cloud that is not there", { cloudId: randomUUID() }, "unknown_name"],
    ["a tenant that is not there", { tenants: [randomUUID()] }, "unknown_name"],
  ])("is not asked for over %s", async (_name, change, reason) => {
    expect(
      await refusalOf(proposeStanding(as(mara), { content: content(change), reason: "Weekly" })),
    ).toEqual({ code: "invalid", reason });
  });
});

describe("a use of it", () => {
  it("is the requester's own, on what the page shows, compared just now", async () => {
    const standingId = await granted();
    const row = await waiting();
    expect(await refusalOf(take(ralf, row, standingId))).toMatchObject({ reason: "not_the_requester" });
    expect(await refusalOf(take(rita, row, standingId))).toMatchObject({ reason: "role_missing" });
    expect(
      await refusalOf(take(olga, { ...row, digest: `sha256:${"0".repeat(64)}` }, standingId)),
    ).toMatchObject({ reason: "stale" });
    expect(await refusalOf(take(olga, row, randomUUID()))).toMatchObject({ reason: "not_found" });
    const unlooked = await world.request(olga);
    expect(await refusalOf(take(olga, unlooked, standingId))).toMatchObject({ reason: "not_rechecked" });
    await take(olga, row, standingId);
    expect(await refusalOf(take(olga, row, standingId))).toMatchObject({ reason: "not_waiting" });
    expect(await world.db.select().from(standingUse)).toHaveLength(1);
  });

  it.each<[string, () => Partial<StandingContent>]>([
    ["another stage", () => ({ stageKey: "1" })],
    ["another text of the stage", () => ({ stageHash: "sha256:other" })],
    ["fewer operations", () => ({ operations: content().operations.slice(1) })],
    ["a parameter that it does not name", () => ({ parameters: content().parameters.slice(1) })],
    [
      "a parameter that the plan has not",
      () => ({
        parameters: [
          ...content().parameters,
          { operation: content().operations[0] ?? "", name: "also", allowed: null },
        ],
      }),
    ],
    [
      "another value",
      () => ({
        parameters: content().parameters.map((bound) =>
          bound.name === "name" ? { ...bound, allowed: ["other"] } : bound,
        ),
      }),
    ],
  ])("is refused for %s", async (_name, change) => {
    const standingId = await granted(change());
    const row = await waiting();
    expect(await refusalOf(take(olga, row, standingId))).toEqual({ code: "conflict", reason: "not_covered" });
    expect((await readJob(as(olga), { jobId: row.id })).standingOffers).toEqual([]);
    expect(await world.job(row.id)).toMatchObject({ state: "awaiting_approval" });
  });

  it("holds for its tenants alone", async () => {
    const mine = await world.tenant(olga);
    const standingId = await granted({ tenants: [mine] });
    const other = await waiting();
    expect(await refusalOf(take(olga, other, standingId))).toMatchObject({ reason: "not_covered" });
    const row = await world.request(olga, { tenantId: mine });
    await world.recheck(olga, row.id);
    expect(await take(olga, row, standingId)).toEqual({ state: "queued" });
  });

  it("is refused for a plan that destroys in whatever part, by the database as well", async () => {
    const standingId = await granted();
    const hidden: PlanChange = (made) => ({
      ...made,
      steps: made.steps.map((step, index) =>
        index === 1
          ? { ...step, calls: step.calls.map((call) => ({ ...call, effect: "destroy" as const })) }
          : step,
      ),
    });
    for (const change of [destroying, hidden]) {
      const row = await waiting(olga, change);
      expect(await refusalOf(take(olga, row, standingId))).toMatchObject({ reason: "not_covered" });
      await expect(
        world.db.insert(standingUse).values({
          jobId: row.id,
          digest: row.digest,
          requestedBy: olga.personId,
          standingId,
          use: 1,
          sessionId: olga.sessionId,
          at: world.now,
        }),
      ).rejects.toThrow();
    }
  });

  it("waits for its time, and ends with it", async () => {
    const standingId = await granted({
      from: new Date(world.now.getTime() + 60_000).toISOString(),
      until: new Date(world.now.getTime() + 120_000).toISOString(),
    });
    const row = await waiting();
    expect(await refusalOf(take(olga, row, standingId))).toMatchObject({ reason: "not_in_force" });
    world.advance(60_000);
    const second = await waiting();
    expect(await take(olga, second, standingId)).toEqual({ state: "queued" });
    world.advance(60_000);
    const third = await waiting();
    expect(await refusalOf(take(olga, third, standingId))).toMatchObject({ reason: "not_in_force" });
  });

  it("is refused while an item without a ruling holds the stage back, and used once it is ruled", async () => {
    const standingId = await granted();
    const row = await waiting();
    const register = await openRegister(world, olga.personId);
    const held = await register.file({ kind: "R" });
    const nothing = { cloudName: null, tenantSlug: null, operation: null };
    const { slug: runbookSlug } = world.published.runbook;
    const cover = { ...nothing, runbookSlug, stageKey: FIRST_STAGE };
    await setGate(as(mara), { itemId: held.id, cover, reason: "Not before the ruling" });
    expect(await refusalOf(take(olga, row, standingId))).toEqual({
      code: "forbidden",
      reason: "ruling_pending",
    });
    expect(await world.job(row.id)).toMatchObject({ state: "awaiting_approval" });
    expect(await world.db.select().from(standingUse).where(eq(standingUse.jobId, row.id))).toEqual([]);
    const ruling = { point: "", ruling: "adopt", reason: "Fine", amendment: null, trigger: null } as const;
    await ruleItem(as(mara), { itemId: held.id, seen: 2, ...ruling });
    expect(await take(olga, row, standingId)).toEqual({ state: "queued" });
  });

  it("is refused while changes are frozen, outside of a window and where a signature is wanted", async () => {
    const standingId = await granted();
    const row = await waiting();
    await freezeNow(world, rita);
    expect(await refusalOf(take(olga, row, standingId))).toMatchObject({ reason: "frozen" });
  });

  it.each([
    ["outside of a window", { window: { days: [7], from: "08:00", to: "09:00" } }, "outside_window"],
    ["where a signature is wanted", { signature: "operational" as const }, "signature_needed"],
    ["where more people are wanted than made it", { approvers: 3 }, "quorum"],
    ["where another role is wanted", { roles: ["auditor" as const] }, "quorum"],
  ])("is refused %s", async (_name, demands, reason) => {
    const standingId = await granted();
    await changeRules(demanding(demands));
    const row = await waiting();
    expect(await refusalOf(take(olga, row, standingId))).toMatchObject({ reason });
    expect(await world.db.select().from(standingUse)).toEqual([]);
  });

  it("is not its requester's own work: another person of the two has to be able to approve", async () => {
    // Olga agreed, and Mara who asked for it could not approve anything.
    const own = await granted({}, { asks: mara, agrees: olga });
    const row = await waiting(olga);
    expect(await refusalOf(take(olga, row, own))).toMatchObject({ reason: "quorum" });
    // To somebody else it is Olga's approval.
    const others = await waiting(ralf);
    expect(await take(ralf, others, own)).toEqual({ state: "queued" });
    // Olga asked for it, and Rita who agreed stands behind it.
    const shared = await granted({}, { asks: olga, agrees: rita });
    expect(await take(olga, row, shared)).toEqual({ state: "queued" });
  });

  it.each<[string, () => Promise<unknown>]>([
    ["can no longer sign in", () => disablePerson(as(ada), { personId: rita.personId })],
    ["is no reviewer any more", () => setRoles(as(ada), { personId: rita.personId, roles: ["auditor"] })],
  ])("is refused once the one who agreed %s", async (_name, happens) => {
    const standingId = await granted();
    const row = await waiting();
    await happens();
    expect(await refusalOf(take(olga, row, standingId))).toMatchObject({ reason: "quorum" });
  });

  it("is taken as often as was agreed under a race, and not once more", async () => {
    const standingId = await granted({ maxUses: 3 });
    const rows = [];
    for (let count = 0; count < 8; count += 1) rows.push(await waiting());
    const { done, refused } = tally(await Promise.allSettled(rows.map((row) => take(olga, row, standingId))));
    expect(done).toBe(3);
    expect(new Set(refused)).toEqual(new Set(["used_up"]));
    const uses = await world.db.select().from(standingUse);
    expect(uses.map(({ use }) => use).toSorted((a, b) => a - b)).toEqual([1, 2, 3]);
    const states = await Promise.all(rows.map(async ({ id }) => (await world.job(id)).state));
    expect(states.filter((state) => state === "queued")).toHaveLength(3);
  });
});

describe("the database", () => {
  it("takes no standing approval that two people did not make, and changes none", async () => {
    const standingId = await granted();
    const mine = eq(standingApproval.id, standingId);
    const [row] = await world.db.select().from(standingApproval).where(mine);
    if (!row) throw new Error("There is none.");
    const { number: _number, ...fields } = row;
    const made = { ...fields, id: randomUUID() };
    for (const change of [
      {},
      { proposalId: randomUUID() },
      { agreedBy: mara.personId },
      { agreedBy: olga.personId },
      { content: { ...content(), maxUses: 100 } },
    ]) {
      await expect(world.db.insert(standingApproval).values({ ...made, ...change })).rejects.toThrow();
    }
    for (const change of [{ maxUses: 100 }, { validUntil: new Date() }, { content: {} }]) {
      await expect(world.db.update(standingApproval).set(change).where(mine)).rejects.toThrow();
    }
    await expect(world.db.delete(standingApproval).where(mine)).rejects.toThrow();
  });

  it("takes no use beyond the last, of another digest, requester or time", async () => {
    const standingId = await granted({ maxUses: 1 });
    const row = await waiting();
    const use = {
      jobId: row.id,
      digest: row.digest,
      requestedBy: olga.personId,
      standingId,
      use: 1,
      sessionId: olga.sessionId,
      at: world.now,
    };
    for (const change of [
      { use: 0 },
      { use: 2 },
      { digest: `sha256:${"0".repeat(64)}` },
      { requestedBy: ralf.personId },
      { at: new Date(world.now.getTime() - 1) },
      { at: new Date(world.now.getTime() + 8 * DAY) },
    ]) {
      await expect(world.db.insert(standingUse).values({ ...use, ...change })).rejects.toThrow();
    }
    await world.db.insert(standingUse).values(use);
    const second = await waiting();
    await expect(
      world.db.insert(standingUse).values({ ...use, jobId: second.id, digest: second.digest }),
    ).rejects.toThrow();
    await expect(world.db.delete(standingUse)).rejects.toThrow();
  });
});
