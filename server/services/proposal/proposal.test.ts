import { randomUUID } from "node:crypto";
import { and, eq, isNull } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { connect, type Connection } from "#db/client.ts";
import { auditEntry } from "#db/schema/audit.ts";
import { changeFreeze, proposal } from "#db/schema/proposal.ts";
import type { PersonActor } from "#server/domain/policy/decide.ts";
import { PROPOSAL_TTL_MS } from "#server/domain/proposal/limits.ts";
import { type JobWorld, openJobWorld } from "#server/testing/jobs.ts";
import { answerTo as answerOf, unfreeze } from "#server/testing/proposals.ts";
import { refusalOf, tally } from "#server/testing/refusal.ts";
import { proposeLift } from "../freeze/propose-lift.ts";
import { setFreeze } from "../freeze/set.ts";
import { readInbox } from "../inbox/list.ts";
import { disablePerson } from "../person/disable.ts";
import { setRoles } from "../person/set-roles.ts";
import { approveProposal, rejectProposal, withdrawProposal } from "./decide.ts";
import { expireProposals } from "./expire.ts";
import { readProposal } from "./read.ts";

let world: JobWorld;
let wide: Connection;
let mara: PersonActor;
let ada: PersonActor;
let rita: PersonActor;
let olga: PersonActor;
let freezeId: string;

beforeAll(async () => {
  world = await openJobWorld();
  wide = connect(world.database.appUrl, { max: 16 });
});
afterAll(async () => {
  await wide.close();
  await world.close();
});

beforeEach(async () => {
  mara = await world.person("Mara", "manager");
  ada = await world.person("Ada", "admin");
  rita = await world.person("Rita", "reviewer");
  olga = await world.person("Olga", "operator");
  await unfreeze(world, mara, ada);
  ({ freezeId } = await setFreeze(as(olga), { reason: "Something is odd" }));
});

const openFreezes = async () =>
  (
    await world.db.select({ id: changeFreeze.id }).from(changeFreeze).where(isNull(changeFreeze.liftedAt))
  ).map(({ id }) => id);
const as = (actor: PersonActor) => world.ctx(actor, wide.db);

async function answerTo(proposalId: string, change: object = {}) {
  return { ...(await answerOf(world, proposalId)), ...change };
}

async function ask(actor = mara) {
  const { proposalId } = await proposeLift(as(actor), {
    content: { freezeId },
    reason: "It was a false alarm",
  });
  return proposalId;
}

const stateOf = async (proposalId: string) =>
  (await world.db.select().from(proposal).where(eq(proposal.id, proposalId)))[0]?.state;
const isFrozen = async () => (await openFreezes()).length > 0;
const auditOf = (proposalId: string) =>
  world.db
    .select({ action: auditEntry.action, outcome: auditEntry.outcome, details: auditEntry.details })
    .from(auditEntry)
    .where(and(eq(auditEntry.objectKind, "proposal"), eq(auditEntry.objectId, proposalId)))
    .orderBy(auditEntry.seq);

describe("a change of the console itself", () => {
  it("is applied by a second person, in the transaction that says so", async () => {
    const proposalId = await ask();
    expect(await isFrozen()).toBe(true);
    await approveProposal(as(ada), await answerTo(proposalId));
    expect(await stateOf(proposalId)).toBe("applied");
    expect(await isFrozen()).toBe(false);
    const entries = await auditOf(proposalId);
    expect(entries.map(({ action, outcome }) => [action, outcome])).toEqual([
      ["freeze.propose_lift", "done"],
      ["proposal.decide", "done"],
    ]);
    expect(entries[1]?.details).toMatchObject({
      kind: "freeze.lift",
      decision: "approve",
      applied: { freezeId },
    });
  });

  it.each([
    ["rejects", rejectProposal, "rejected"],
    ["approves", approveProposal, "applied"],
  ] as const)("a second person %s once", async (_what, verb, state) => {
    const proposalId = await ask();
    const answer = await answerTo(proposalId);
    await verb(as(ada), answer);
    expect(await stateOf(proposalId)).toBe(state);
    for (const again of [approveProposal, rejectProposal]) {
      expect(await refusalOf(again(as(rita), answer))).toMatchObject({ reason: "not_waiting" });
    }
    expect(await refusalOf(withdrawProposal(as(mara), { proposalId, reason: "x" }))).toMatchObject({
      reason: "not_waiting",
    });
  });

  it("is never decided by whoever asked, whatever the roles", async () => {
    const all = await world.person("All", "admin", "manager", "reviewer", "operator");
    const proposalId = await ask(all);
    for (const verb of [approveProposal, rejectProposal]) {
      expect(await refusalOf(verb(as(all), await answerTo(proposalId)))).toMatchObject({
        reason: "self_approval",
      });
    }
    expect(await stateOf(proposalId)).toBe("awaiting");
    expect((await auditOf(proposalId)).filter(({ outcome }) => outcome === "denied")).toHaveLength(2);
  });

  it("is withdrawn by whoever asked and by nobody else", async () => {
    const proposalId = await ask();
    expect(await refusalOf(withdrawProposal(as(ada), { proposalId, reason: "x" }))).toMatchObject({
      reason: "not_the_requester",
    });
    await withdrawProposal(as(mara), { proposalId, reason: "No longer needed" });
    expect(await stateOf(proposalId)).toBe("withdrawn");
    expect(await isFrozen()).toBe(true);
  });

  it.each<[string, () => Promise<PersonActor>]>([
    ["operator", () => world.person("Op", "operator")],
    ["auditor", () => world.person("Au", "auditor")],
    ["nobody", () => world.person("No")],
  ])("is not decided by an %s", async (_role, person) => {
    const proposalId = await ask();
    expect(await refusalOf(approveProposal(as(await person()), await answerTo(proposalId)))).toMatchObject({
      reason: "role_missing",
    });
  });

  it.each<[string, string, object]>([["another digest", "stale", { digest: `sha256:${"0".repeat(64)}` }]])(
    "refuses %s",
    async (_what, reason, change) => {
      const proposalId = await ask();
      expect(await refusalOf(approveProposal(as(ada), await answerTo(proposalId, change)))).toMatchObject({
        reason,
      });
      expect(await refusalOf(rejectProposal(as(ada), await answerTo(proposalId, change)))).toMatchObject({
        reason,
      });
      expect(await stateOf(proposalId)).toBe("awaiting");
    },
  );

  it("refuses what has drifted: the same freeze, lifted by another proposal meanwhile", async () => {
    const [first, second] = [await ask(), await ask(rita)];
    await approveProposal(as(ada), await answerTo(first));
    expect(await refusalOf(approveProposal(as(ada), await answerTo(second)))).toMatchObject({
      reason: "drift",
    });
    const shown = await readProposal(as(ada), { proposalId: second });
    expect(shown.drift).toBe("This freeze is lifted already.");
    // What can no longer be applied can still be refused.
    await rejectProposal(as(ada), await answerTo(second));
    expect(await stateOf(second)).toBe("rejected");
  });

  it("is not approved for a requester who is disabled or has lost the right to ask", async () => {
    const boss = await world.person("Boss", "admin");
    const [disabled, stripped] = [await world.person("D", "manager"), await world.person("S", "manager")];
    const asked = [await ask(disabled), await ask(stripped)];
    await disablePerson(as(boss), { personId: disabled.personId });
    await setRoles(as(boss), { personId: stripped.personId, roles: ["auditor"] });
    for (const proposalId of asked) {
      expect(await refusalOf(approveProposal(as(ada), await answerTo(proposalId)))).toMatchObject({
        reason: "requester_gone",
      });
    }
    expect(await isFrozen()).toBe(true);
  });

  it("ends by time, and time only denies", async () => {
    const proposalId = await ask();
    const late = new Date(world.now.getTime() + PROPOSAL_TTL_MS);
    const lateCtx = { ...as(await world.person("Late", "admin")), clock: () => late };
    expect(await refusalOf(approveProposal(lateCtx, await answerTo(proposalId)))).toMatchObject({
      reason: expect.stringMatching(/expired|signed_out/),
    });
    const by = { actor: { kind: "system", name: "runner" } as const, at: new Date(late.getTime() - 1) };
    expect(await expireProposals(world.db, by)).toBe(0);
    expect(await expireProposals(world.db, { ...by, at: late })).toBeGreaterThan(0);
    expect(await stateOf(proposalId)).toBe("expired");
    expect(await isFrozen()).toBe(true);
  });

  it("of 12 approvals and refusals at the same moment one counts", async () => {
    for (let round = 0; round < 4; round += 1) {
      const proposalId = await ask();
      const answer = await answerTo(proposalId);
      const people = await Promise.all(
        Array.from({ length: 6 }, (_, n) => world.person(`R${n}`, "reviewer")),
      );
      const { done, refused } = tally(
        await Promise.allSettled(
          people.flatMap((one) => [approveProposal(as(one), answer), rejectProposal(as(one), answer)]),
        ),
      );
      expect({ done, refused: new Set(refused) }).toEqual({ done: 1, refused: new Set(["not_waiting"]) });
      if (!(await isFrozen())) ({ freezeId } = await setFreeze(as(olga), { reason: "Again" }));
    }
  });

  it("stands in the inbox of those who may decide it, and with the reason in that of others", async () => {
    const proposalId = await ask();
    const rowFor = async (actor: PersonActor) =>
      (await readInbox(as(actor), {})).proposals.find(({ id }) => id === proposalId)?.may;
    expect(await rowFor(ada)).toMatchObject({ allowed: true });
    expect(await rowFor(mara)).toMatchObject({ allowed: false, says: expect.stringContaining("yourself") });
    expect(await rowFor(olga)).toMatchObject({ allowed: false });
    const { candidates } = await readProposal(as(mara), { proposalId });
    expect(candidates.map(({ id }) => id)).toEqual(expect.arrayContaining([ada.personId, rita.personId]));
    expect(candidates.map(({ id }) => id)).not.toContain(mara.personId);
  });
});

describe("the database", () => {
  it("refuses a decision by whoever asked, and a decided state without a person", async () => {
    const proposalId = await ask();
    const set = (change: Partial<typeof proposal.$inferInsert>) =>
      world.db.update(proposal).set(change).where(eq(proposal.id, proposalId));
    const at = world.now;
    await expect(set({ state: "applied", decidedBy: mara.personId, decidedAt: at })).rejects.toThrow();
    await expect(set({ state: "applied" })).rejects.toThrow();
    await expect(set({ decidedBy: ada.personId, decidedAt: at })).rejects.toThrow();
  });

  it("keeps content, digest and requester as they were inserted", async () => {
    const proposalId = await ask();
    for (const change of [
      { content: {} },
      { digest: "sha256:x" },
      { requestedBy: ada.personId },
      { expiresAt: world.now },
      { rendering: { title: "", says: "", before: [], after: [] } },
    ]) {
      await expect(
        world.db.update(proposal).set(change).where(eq(proposal.id, proposalId)),
      ).rejects.toThrow();
    }
    await expect(world.db.delete(proposal).where(eq(proposal.id, proposalId))).rejects.toThrow();
  });

  it("holds one freeze at a time, and lifts none without a proposal", async () => {
    await expect(
      world.db
        .insert(changeFreeze)
        .values({ id: randomUUID(), setBy: ada.personId, reason: "x", at: world.now }),
    ).rejects.toThrow();
    await expect(
      world.db.update(changeFreeze).set({ liftedAt: world.now }).where(eq(changeFreeze.id, freezeId)),
    ).rejects.toThrow();
    expect(await refusalOf(setFreeze(as(rita), { reason: "Twice" }))).toMatchObject({ reason: "frozen" });
  });
});
