import { randomUUID } from "node:crypto";
import { eq } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { connect, type Connection } from "#db/client.ts";
import { approval } from "#db/schema/job.ts";
import { approvalRuleSet } from "#db/schema/rule.ts";
import type { PersonActor } from "#server/domain/policy/decide.ts";
import { DEFAULT_RULES, type RuleSet } from "#server/domain/rule/rule.ts";
import { approvalOf, type JobWorld, openJobWorld } from "#server/testing/jobs.ts";
import { answerTo, freezeNow, unfreeze } from "#server/testing/proposals.ts";
import { refusalOf, tally } from "#server/testing/refusal.ts";
import { readInbox } from "../inbox/list.ts";
import { approveJob } from "../job/approve.ts";
import { readJob } from "../job/get.ts";
import { startJob } from "../job/start.ts";
import { disablePerson } from "../person/disable.ts";
import { setRoles } from "../person/set-roles.ts";
import { approveProposal } from "../proposal/decide.ts";
import { readProposal } from "../proposal/read.ts";
import { proposeRules } from "./change.ts";
import { findRules } from "./current.ts";
import { previewRules } from "./read.ts";

let world: JobWorld;
let owner: Connection;
let wide: Connection;
let mara: PersonActor;
let ada: PersonActor;
let rita: PersonActor;
let rolf: PersonActor;
let olga: PersonActor;

beforeAll(async () => {
  world = await openJobWorld();
  owner = connect(world.database.ownerUrl, { max: 1 });
  wide = connect(world.database.appUrl, { max: 16 });
});
afterAll(async () => {
  await Promise.all([owner.close(), wide.close()]);
  await world.close();
});
beforeEach(async () => {
  mara = await world.person("Mara", "manager");
  ada = await world.person("Ada", "admin");
  rita = await world.person("Rita", "reviewer");
  rolf = await world.person("Rolf", "reviewer");
  olga = await world.person("Olga", "operator");
  await owner.sql`delete from approval_rule_set where version > 1`;
});

const as = (actor: PersonActor) => world.ctx(actor, wide.db);

/** Default rules with other demands on changes. */
function withChanges(
  demands: Partial<RuleSet["rules"][number]["demands"]>,
  more: Partial<RuleSet> = {},
): RuleSet {
  return {
    ...DEFAULT_RULES,
    ...more,
    rules: DEFAULT_RULES.rules.map((rule) =>
      rule.name === "Changes" ? { ...rule, demands: { ...rule.demands, ...demands } } : rule,
    ),
  };
}

async function propose(set: RuleSet, by = mara) {
  const base = (await findRules(world.db))?.version ?? 0;
  return (await proposeRules(as(by), { content: { base, set }, reason: "Safer" })).proposalId;
}

async function change(set: RuleSet) {
  await approveProposal(as(ada), await answerTo(world, await propose(set)));
}

async function compared(by = olga, startsOnApproval = true) {
  const row = await world.request(by, { startsOnApproval });
  await world.recheck(rita, row.id);
  return row;
}

const stateOf = async (id: string) => (await world.job(id)).state;

describe("changing the rules", () => {
  it("starts with the default of the design", async () => {
    expect(await findRules(world.db)).toMatchObject({ version: 1, set: DEFAULT_RULES });
  });

  it("takes two people, and shows before, after and what would have become of past decisions", async () => {
    const row = await compared();
    await approveJob(as(rita), approvalOf(row));
    const proposalId = await propose(withChanges({ approvers: 2 }));
    const shown = await readProposal(as(ada), { proposalId });
    expect(shown.rendering.before).not.toEqual(shown.rendering.after);
    expect(shown.rendering.after.join("\n")).toContain("the approvals of 2 other people");
    expect(shown.considerations.join("\n")).toContain(`Job ${row.number} had 1 of 2 approvals`);
    expect(await refusalOf(approveProposal(as(mara), await answerTo(world, proposalId)))).toMatchObject({
      reason: "self_approval",
    });
    expect(await refusalOf(approveProposal(as(rita), await answerTo(world, proposalId)))).toMatchObject({
      reason: "role_missing",
    });
    await approveProposal(as(ada), await answerTo(world, proposalId));
    expect(await findRules(world.db)).toMatchObject({ version: 2, set: withChanges({ approvers: 2 }) });
  });

  it("tells two people of one name apart, so that nobody agrees to another than he means", async () => {
    const twin = await world.person("Rita", "operator");
    await change({ ...DEFAULT_RULES, breakGlass: [rita.personId] });
    const { rendering } = await readProposal(as(ada), {
      proposalId: await propose({ ...DEFAULT_RULES, breakGlass: [twin.personId] }),
    });
    expect(rendering.before.join("\n")).toContain(`Rita (${rita.email})`);
    expect(rendering.after.join("\n")).toContain(`Rita (${twin.email})`);
  });

  it("refuses the second of two changes of one version", async () => {
    const [first, second] = [
      await propose(withChanges({ approvers: 2 })),
      await propose(withChanges({ approvers: 3 })),
    ];
    const answers = await Promise.all([first, second].map((id) => answerTo(world, id)));
    const results = await Promise.allSettled(answers.map((answer) => approveProposal(as(ada), answer)));
    const { done, refused } = tally(results);
    expect(done).toBe(1);
    expect(["drift", "collision", "rules_changed"]).toContain(refused[0]);
    expect((await findRules(world.db))?.version).toBe(2);
  });

  it.each<[string, () => RuleSet, string]>([
    ["the same rules again", () => DEFAULT_RULES, "same_rules"],
    ["a person nobody knows", () => withChanges({ never: [randomUUID()] }), "unknown_name"],
  ])("refuses %s", async (_what, set, reason) => {
    expect(await refusalOf(propose(set()))).toMatchObject({ reason });
  });

  it("refuses rules made on an older version", async () => {
    await change(withChanges({ approvers: 2 }));
    const content = { base: 1, set: withChanges({ approvers: 3 }) };
    expect(await refusalOf(proposeRules(as(mara), { content, reason: "x" }))).toMatchObject({
      reason: "rules_changed",
    });
    expect(await refusalOf(previewRules(as(mara), content))).toMatchObject({ reason: "rules_changed" });
  });
});

describe("a quorum", () => {
  it("of two counts two different people; until then the job waits", async () => {
    await change(withChanges({ approvers: 2 }));
    const row = await compared();
    expect(await approveJob(as(rita), approvalOf(row))).toEqual({ state: "awaiting_approval" });
    expect(await readJob(as(rolf), { jobId: row.id })).toMatchObject({
      quorum: { given: 1, needed: 2 },
      may: { approve: { allowed: true } },
    });
    expect(await approveJob(as(rolf), approvalOf(row))).toEqual({ state: "queued" });
  });

  it("counts a person once, however many roles or sessions", async () => {
    await change(withChanges({ approvers: 2 }));
    const many = await world.person("Many", "reviewer", "manager", "admin");
    const row = await compared();
    await approveJob(as(many), approvalOf(row));
    expect(await refusalOf(approveJob(as(many), approvalOf(row)))).toMatchObject({ reason: "same_person" });
    expect(await stateOf(row.id)).toBe("awaiting_approval");
  });

  it("forgets an approver who is disabled or lost the role before the second came", async () => {
    await change(withChanges({ approvers: 2 }));
    const [gone, stripped] = [await world.person("Gone", "reviewer"), await world.person("Less", "reviewer")];
    const row = await compared();
    await approveJob(as(gone), approvalOf(row));
    await approveJob(as(stripped), approvalOf(await other(row.id)));
    expect(await stateOf(row.id)).toBe("queued");
    const second = await compared();
    await approveJob(as(await world.person("G2", "reviewer")), approvalOf(second));
    const admin = await world.person("Boss", "admin");
    for (const { personId } of await world.db.select().from(approval).where(eq(approval.jobId, second.id))) {
      await disablePerson(as(admin), { personId });
    }
    expect(await approveJob(as(rita), approvalOf(second))).toEqual({ state: "awaiting_approval" });
    await setRoles(as(admin), { personId: rita.personId, roles: ["auditor"] });
    expect(await approveJob(as(rolf), approvalOf(second))).toEqual({ state: "awaiting_approval" });
    const last = await world.person("Last", "reviewer");
    expect(await approveJob(as(last), approvalOf(second))).toEqual({ state: "queued" });
  });

  it("of three, by eight people at the same moment, counts three", async () => {
    await change(withChanges({ approvers: 3 }));
    const people = await Promise.all(Array.from({ length: 8 }, (_, n) => world.person(`R${n}`, "reviewer")));
    for (let round = 0; round < 4; round += 1) {
      const row = await compared();
      const results = await Promise.allSettled(
        [...people, ...people].map((one) => approveJob(as(one), approvalOf(row))),
      );
      expect(tally(results).done).toBe(3);
      expect(await stateOf(row.id)).toBe("queued");
    }
  });
});

describe("rules while a request waits", () => {
  it("that got stricter count", async () => {
    const row = await compared();
    await change(withChanges({ approvers: 2 }));
    expect(await approveJob(as(rita), approvalOf(row))).toEqual({ state: "awaiting_approval" });
  });

  it("that got milder do not: the request keeps the stricter of both", async () => {
    await change(withChanges({ approvers: 2 }));
    const row = await compared();
    await change(DEFAULT_RULES);
    expect(await approveJob(as(rita), approvalOf(row))).toEqual({ state: "awaiting_approval" });
    expect(await approveJob(as(rolf), approvalOf(row))).toEqual({ state: "queued" });
  });

  it("shut somebody out", async () => {
    const row = await compared();
    await change(withChanges({ never: [rita.personId] }));
    expect(await refusalOf(approveJob(as(rita), approvalOf(row)))).toMatchObject({
      reason: "excluded_by_rule",
    });
    const { candidates } = await readJob(as(olga), { jobId: row.id });
    expect(candidates.map(({ id }) => id)).not.toContain(rita.personId);
    const inbox = await readInbox(as(rita), {});
    expect(inbox.waitingForOthers.find(({ id }) => id === row.id)?.may.says).toContain("shut you out");
  });

  it("want another role beside the right", async () => {
    const row = await compared();
    await change(withChanges({ roles: ["manager"] }));
    const both = await world.person("Both", "reviewer", "manager");
    expect(await refusalOf(approveJob(as(rita), approvalOf(row)))).toMatchObject({ reason: "role_missing" });
    expect(await approveJob(as(both), approvalOf(row))).toEqual({ state: "queued" });
  });
});

describe("without rules", () => {
  it.each<[string, () => PromiseLike<unknown>]>([
    ["none", () => owner.sql`delete from approval_rule_set`],
    ["empty ones", () => owner.sql`update approval_rule_set set content = '{}'`],
    ["ones that cannot be read", () => owner.sql`update approval_rule_set set content = '[1]'`],
    [
      "none about changes",
      () =>
        owner.sql`update approval_rule_set set content = jsonb_set(content, '{rules}', jsonb_path_query_array(content, '$.rules[*] ? (@.name == "Reads")'))`,
    ],
  ])("%s, nothing is asked for and nothing approved", async (_what, spoil) => {
    const row = await compared();
    await spoil();
    try {
      expect(await refusalOf(world.request(olga))).toMatchObject({ reason: "no_rule" });
      expect(await refusalOf(approveJob(as(rita), approvalOf(row)))).toMatchObject({ reason: "no_rule" });
      expect((await readJob(as(rita), { jobId: row.id })).may.approve.allowed).toBe(false);
    } finally {
      await owner.sql`delete from approval_rule_set`;
      await owner.db.insert(approvalRuleSet).values({ version: 1, content: DEFAULT_RULES, at: world.now });
    }
  });
});

describe("windows and the freeze", () => {
  const monday = { days: [1], from: "00:00", to: "23:59" };

  it("a job that would start at once is approved only inside the window; an armed one waits for it", async () => {
    // The clock of these stories stands on a Wednesday.
    await change(withChanges({ window: monday }));
    const [atOnce, armed] = [await compared(), await compared(olga, false)];
    expect(await refusalOf(approveJob(as(rita), approvalOf(atOnce)))).toMatchObject({
      reason: "outside_window",
    });
    expect(await approveJob(as(rita), approvalOf(armed))).toEqual({ state: "approved" });
    expect(await refusalOf(startJob(as(olga), { jobId: armed.id }))).toMatchObject({
      reason: "outside_window",
    });
    expect(await stateOf(armed.id)).toBe("approved");
  });

  it("while changes are frozen nothing is approved to start and nothing armed starts", async () => {
    const [atOnce, armed] = [await compared(), await compared(olga, false)];
    await approveJob(as(rita), approvalOf(armed));
    await freezeNow(world, olga);
    expect(await refusalOf(approveJob(as(rita), approvalOf(atOnce)))).toMatchObject({ reason: "frozen" });
    expect(await refusalOf(startJob(as(olga), { jobId: armed.id }))).toMatchObject({ reason: "frozen" });
    await unfreeze(world, mara, ada);
    expect(await startJob(as(olga), { jobId: armed.id })).toEqual({ state: "queued" });
    expect(await approveJob(as(rita), approvalOf(atOnce))).toEqual({ state: "queued" });
  });
});

describe("the author of what runs", () => {
  it("does not approve it, by the verb or by the database", async () => {
    const row = await compared();
    await owner.sql`update runbook_version set authored_by = ${rita.personId}`;
    try {
      expect(await refusalOf(approveJob(as(rita), approvalOf(row)))).toMatchObject({ reason: "author" });
      const direct = world.db.insert(approval).values({
        id: randomUUID(),
        jobId: row.id,
        digest: row.digest,
        requestedBy: row.requestedBy,
        personId: rita.personId,
        sessionId: rita.sessionId,
        decision: "approve",
        tickedCallIds: [],
        reason: "x",
        at: world.now,
      });
      await expect(direct).rejects.toThrow();
      const { candidates } = await readJob(as(olga), { jobId: row.id });
      expect(candidates.map(({ id }) => id)).not.toContain(rita.personId);
      expect(await approveJob(as(rolf), approvalOf(row))).toEqual({ state: "queued" });
    } finally {
      await owner.sql`update runbook_version set authored_by = null`;
    }
  });
});

describe("the database", () => {
  it("takes no rules without a proposal, out of order, or in place of others", async () => {
    const add = (row: Partial<typeof approvalRuleSet.$inferInsert>) =>
      world.db.insert(approvalRuleSet).values({ version: 2, content: DEFAULT_RULES, at: world.now, ...row });
    await expect(add({})).rejects.toThrow();
    const proposalId = await propose(withChanges({ approvers: 2 }));
    await expect(add({ version: 3, proposalId })).rejects.toThrow();
    await expect(world.db.update(approvalRuleSet).set({ content: {} })).rejects.toThrow();
    await expect(world.db.delete(approvalRuleSet)).rejects.toThrow();
  });
});

/** The same request, compared anew. */
async function other(jobId: string) {
  await world.recheck(rita, jobId);
  return world.job(jobId);
}
