import { randomUUID } from "node:crypto";
import { asc, desc, eq } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { auditEntry } from "#db/schema/audit.ts";
import { item, itemEvent, ruling } from "#db/schema/register.ts";
import { tenant } from "#db/schema/tenant.ts";
import type { PersonActor } from "#server/domain/policy/decide.ts";
import { stateOf } from "#server/domain/register/decision/view.ts";
import type { RulingContent } from "#server/domain/register/lifecycle/move-schema.ts";
import type { RulingDemand } from "#server/domain/rule/states.ts";
import { getItem, type StoredItem } from "#server/testing/items.ts";
import { FIRST_STAGE, type JobWorld, openJobWorld } from "#server/testing/jobs.ts";
import { answerTo } from "#server/testing/proposals.ts";
import { refusalOf, tally } from "#server/testing/refusal.ts";
import { openRegister, proposal } from "#server/testing/register-acts.ts";
import { setGate } from "../gate/set.ts";
import { proposeUngate } from "../gate/ungate.ts";
import { withdrawGate } from "../gate/withdraw.ts";
import { readItemActs } from "../item-move/read.ts";
import { previewStage } from "../plan/preview.ts";
import { approveProposal } from "../proposal/decide.ts";
import { proposeRules } from "../rules/change.ts";
import { findRules } from "../rules/current.ts";
import { proposeRuling } from "./propose.ts";
import { ruleItem } from "./rule.ts";

let world: JobWorld;
let olga: PersonActor;
let mara: PersonActor;
let max: PersonActor;
let register: Awaited<ReturnType<typeof openRegister>>;

beforeAll(async () => {
  world = await openJobWorld();
  olga = await world.person("Olga", "operator");
  mara = await world.person("Mara", "manager");
  register = await openRegister(world, olga.personId);
});
afterAll(() => world.close());
beforeEach(async () => {
  max = await world.person("Max", "manager");
});

const as = (actor: PersonActor) => world.ctx(actor);
const now = (row: StoredItem) => getItem(world.db, row.id);

const words = (row: StoredItem, of: Partial<RulingContent>): RulingContent => ({
  itemId: row.id,
  point: "",
  ruling: "adopt",
  reason: "It has worked so far",
  amendment: null,
  trigger: null,
  ...of,
});

async function rule(row: StoredItem, of: Partial<RulingContent> = {}, by = mara) {
  return ruleItem(as(by), { ...words(row, of), seen: (await now(row)).revision });
}

/** The rules with this demand, as the two people whom a change of them takes. */
async function demand(secondPerson: RulingDemand): Promise<void> {
  const inForce = await findRules(world.db);
  if (inForce === null || inForce.set.rulings?.secondPerson === secondPerson) return;
  const content = { base: inForce.version, set: { ...inForce.set, rulings: { secondPerson } } };
  const { proposalId } = await proposeRules(as(mara), { content, reason: "As agreed" });
  await approveProposal(as(max), await answerTo(world, proposalId));
}

async function gatedTenant(row: StoredItem) {
  const tenantId = await world.tenant(olga);
  const [found] = await world.db.select().from(tenant).where(eq(tenant.id, tenantId));
  const { gateId } = await setGate(as(olga), {
    itemId: row.id,
    cover: {
      cloudName: null,
      tenantSlug: found?.slug ?? "",
      runbookSlug: null,
      stageKey: null,
      operation: null,
    },
    reason: "Not before the ruling",
  });
  return { gateId, preview: () => previewStage(as(olga), { tenantId, stageKey: FIRST_STAGE }) };
}

describe("a ruling", () => {
  it("is named, reasoned and dated, and frees at once what waited for it alone", async () => {
    const row = await register.file({ kind: "R" });
    const [alone, more, done] = [
      await register.file({ kind: "V" }),
      await register.file({ kind: "H" }),
      await register.file({ kind: "H", state: "done" }),
    ];
    const other = await register.file({ kind: "R" });
    for (const one of [alone, more, done]) await register.tie(one, row);
    await register.tie(more, other);
    await register.tie(await register.file({ kind: "H" }), row, { state: "proposed" });
    const gated = await gatedTenant(row);
    expect(await refusalOf(gated.preview())).toMatchObject({ reason: "ruling_pending" });

    const answer = await rule(row);
    expect(answer).toMatchObject({
      state: "adopted",
      unblocked: [{ itemId: alone.id, code: alone.code, title: alone.title }],
      released: [expect.stringContaining("the tenant client-")],
      fired: [],
    });
    await gated.preview();
    const [given] = await world.db.select().from(ruling).where(eq(ruling.itemId, row.id));
    expect(given).toMatchObject({
      ruling: "adopt",
      reason: "It has worked so far",
      personId: mara.personId,
      at: world.now,
      proposalId: null,
    });
    const events = await world.db
      .select()
      .from(itemEvent)
      .where(eq(itemEvent.itemId, alone.id))
      .orderBy(asc(itemEvent.revision));
    expect(events.at(-1)).toMatchObject({
      act: "unblocked",
      personId: null,
      reason: `${row.code} is adopted. Nothing holds this back any more.`,
    });
    expect((await now(more)).revision).toBe(1);
    expect((await rule(other)).unblocked.map(({ code }) => code)).toEqual([more.code]);
    const [entry] = await world.db
      .select()
      .from(auditEntry)
      .where(eq(auditEntry.objectId, row.id))
      .orderBy(desc(auditEntry.seq))
      .limit(1);
    expect(entry).toMatchObject({
      action: "item.rule",
      outcome: "done",
      details: { code: row.code, ruling: "adopt", from: "open", to: "adopted", unblocked: [alone.code] },
    });
  });

  it.each<[string, Partial<RulingContent>, string]>([
    ["amended without saying what holds", { ruling: "amend" }, "no_reason"],
    ["put off without a trigger", { ruling: "defer" }, "no_trigger"],
    ["a point that it has not", { point: "a" }, "unknown_point"],
  ])("is not %s", async (_what, of, reason) => {
    const row = await register.file({ kind: "R" });
    expect(await refusalOf(rule(row, of))).toEqual({ code: "conflict", reason });
    expect(await world.db.select().from(ruling).where(eq(ruling.itemId, row.id))).toEqual([]);
    expect((await now(row)).state).toBe("open");
  });

  it("that rejects settles the item, and what it covers stays denied until somebody lets go", async () => {
    const row = await register.file({ kind: "R" });
    const waiting = await register.file({ kind: "H" });
    await register.tie(waiting, row);
    const gated = await gatedTenant(row);
    const answer = await rule(row, { ruling: "reject" });
    expect(answer).toMatchObject({ state: "rejected", released: [] });
    expect(answer.unblocked.map(({ code }) => code)).toEqual([waiting.code]);
    expect(await refusalOf(gated.preview())).toMatchObject({ reason: "ruling_pending" });
    expect(await refusalOf(rule(row))).toMatchObject({ reason: "not_from_here" });
    await withdrawGate(as(mara), { gateId: gated.gateId, reason: "The other way is built" });
    await gated.preview();
  });

  it("that puts off holds all, and may be given anew", async () => {
    const row = await register.file({ kind: "R" });
    const waiting = await register.file({ kind: "H" });
    await register.tie(waiting, row);
    const gated = await gatedTenant(row);
    const trigger = { kind: "date", at: "2026-09-30" } as const;
    const answer = await rule(row, { ruling: "defer", trigger });
    expect(answer).toMatchObject({ state: "deferred", unblocked: [], released: [] });
    expect(await refusalOf(gated.preview())).toMatchObject({ reason: "ruling_pending" });
    await rule(row, { ruling: "amend", amendment: "Two networks" });
    await gated.preview();
    const shown = await readItemActs(as(olga), { itemId: row.id });
    expect(shown.rulings.map((one) => [one.ruling, one.amendment, one.comesBack])).toEqual([
      ["amend", "Two networks", null],
      ["defer", null, "on 2026-09-30"],
    ]);
  });

  it("is a manager's, of another than the one it names, on what the page showed", async () => {
    const row = await register.file({ kind: "R" });
    for (const roles of [["operator"], ["reviewer"], ["admin"], ["auditor"]] as const) {
      const person = await world.person("P", ...roles);
      expect(await refusalOf(rule(row, {}, person))).toEqual({ code: "forbidden", reason: "role_missing" });
    }
    await world.db.update(item).set({ mustDifferFrom: mara.personId }).where(eq(item.id, row.id));
    expect(await refusalOf(rule(row))).toEqual({ code: "forbidden", reason: "same_person" });
    expect((await readItemActs(as(mara), { itemId: row.id })).may.rule.allowed).toBe(false);
    expect(await refusalOf(ruleItem(as(max), { ...words(row, {}), seen: 7 }))).toMatchObject({
      reason: "stale_item",
    });
    await rule(row, {}, max);
  });

  it("of many at once is one", async () => {
    const row = await register.file({ kind: "R" });
    const all = (["adopt", "reject", "adopt", "reject"] as const).map((one) =>
      ruleItem(as(mara), { ...words(row, { ruling: one }), seen: 1 }),
    );
    expect(tally(await Promise.allSettled(all))).toEqual({ done: 1, refused: Array(3).fill("stale_item") });
    expect(await world.db.select().from(ruling).where(eq(ruling.itemId, row.id))).toHaveLength(1);
  });

  it.each(["H", "V", "deferred", "ledger_row", "change"] as const)("is not on %s", async (kind) => {
    expect(await refusalOf(rule(await register.file({ kind })))).toMatchObject({ reason: "not_from_here" });
  });

  it("is on nothing that is not there", async () => {
    const act = ruleItem(as(mara), {
      ...words({ ...(await register.file({ kind: "R" })), id: randomUUID() }, {}),
      seen: 1,
    });
    expect(await refusalOf(act)).toEqual({ code: "not_found", reason: "not_found" });
  });
});

describe("a proposed decision", () => {
  it("is ruled on point by point, and its status follows in its own words", async () => {
    const row = await register.file({ kind: "decision" });
    const waiting = await register.file({ kind: "H" });
    await register.tie(waiting, row);
    const gated = await gatedTenant(row);
    expect(await refusalOf(rule(row))).toMatchObject({ reason: "unknown_point" });
    expect(await rule(row, { point: "a" })).toMatchObject({ state: "proposed", unblocked: [], released: [] });
    expect(await refusalOf(rule(row, { point: "a", ruling: "reject" }))).toMatchObject({
      reason: "not_from_here",
    });
    expect(await refusalOf(gated.preview())).toMatchObject({ reason: "ruling_pending" });
    const shown = await readItemActs(as(olga), { itemId: row.id });
    expect(shown.ruling?.points.map(({ mark, ruled }) => [mark, ruled])).toEqual([
      ["a", "adopt"],
      ["b", null],
    ]);
    const last = await rule(row, { point: "b", ruling: "amend", amendment: "One router per cloud" }, max);
    expect(last).toMatchObject({ state: "amended", unblocked: [{ code: waiting.code }] });
    expect(last.released).toHaveLength(1);
    await gated.preview();
    const { content } = await now(row);
    if (content.kind !== "decision") throw new Error("no decision");
    expect(stateOf(content.decision)).toEqual({
      status: "amended",
      words: "AMENDED 2026-03-04 (Max)",
      date: "2026-03-04",
    });
    expect((await readItemActs(as(olga), { itemId: row.id })).ruling).toBeNull();
  });

  it.each<[string, readonly RulingContent["ruling"][], string]>([
    ["adopted when all are", ["adopt", "adopt"], "adopted"],
    ["amended when one is rejected", ["adopt", "reject"], "amended"],
    ["rejected when all are", ["reject", "reject"], "rejected"],
    ["put off when one is", ["adopt", "defer"], "deferred"],
  ])("is %s", async (_what, rulings, state) => {
    const row = await register.file({ kind: "decision" });
    for (const [at, given] of rulings.entries()) {
      const trigger = given === "defer" ? ({ kind: "item_closed", id: "H-1" } as const) : null;
      await rule(row, { point: String.fromCharCode(97 + at), ruling: given, trigger });
    }
    expect((await now(row)).state).toBe(state);
  });

  it("without points is ruled as a whole, and once in force not at all", async () => {
    const content = { kind: "decision", decision: proposal("D-701", []) } as const;
    const row = await register.file({ kind: "decision", content });
    expect(await refusalOf(rule(row, { point: "a" }))).toMatchObject({ reason: "unknown_point" });
    await rule(row);
    expect(await refusalOf(rule(row))).toMatchObject({ reason: "not_from_here" });
    const adopted = await register.file({ kind: "decision", state: "adopted" });
    expect(await refusalOf(rule(adopted, { point: "a" }))).toMatchObject({ reason: "not_from_here" });
  });

  it("says its status in words that no name can break", async () => {
    const eve = await world.person("**Supersedes:** D-001\n**Status:** x", "manager");
    const row = await register.file({
      kind: "decision",
      content: { kind: "decision", decision: proposal("D-702", []) },
    });
    await rule(row, {}, eve);
    const { content } = await now(row);
    if (content.kind !== "decision") throw new Error("no decision");
    const status = content.decision.fields.find(({ label }) => label === "Status")?.text ?? "";
    expect(status).toMatch(/^ADOPTED 2026-03-04 \([^*\n]*\)$/);
  });
});

describe("where the rules want a second person", () => {
  it.each<[RulingDemand, boolean, boolean]>([
    ["never", false, false],
    ["never", true, false],
    ["gating", false, false],
    ["gating", true, true],
    ["always", false, true],
  ])("%s, and it holds something back: %s, it takes two: %s", async (secondPerson, isGating, takesTwo) => {
    await demand(secondPerson);
    const row = await register.file({ kind: "R" });
    if (isGating) await gatedTenant(row);
    expect((await readItemActs(as(mara), { itemId: row.id })).ruling?.needsSecondPerson).toBe(takesTwo);
    if (takesTwo) {
      expect(await refusalOf(rule(row))).toEqual({ code: "approval_required", reason: "second_person" });
    } else await rule(row);
    await demand("never");
  });

  it("one rules and another agrees, in one transaction with all that follows", async () => {
    await demand("always");
    const row = await register.file({ kind: "R" });
    const waiting = await register.file({ kind: "H" });
    await register.tie(waiting, row);
    const content = words(row, { ruling: "amend", amendment: "Two networks" });
    const { proposalId } = await proposeRuling(as(mara), { content, reason: "Rule with me" });
    const answer = await answerTo(world, proposalId);
    expect(await refusalOf(approveProposal(as(mara), answer))).toMatchObject({ reason: "self_approval" });
    const reviewer = await world.person("Rita", "reviewer");
    expect(await refusalOf(approveProposal(as(reviewer), answer))).toMatchObject({ reason: "role_missing" });
    await approveProposal(as(max), answer);
    expect((await now(row)).state).toBe("amended");
    const [given] = await world.db.select().from(ruling).where(eq(ruling.itemId, row.id));
    expect(given).toMatchObject({ personId: mara.personId, proposalId, amendment: "Two networks" });
    expect((await now(waiting)).revision).toBe(2);
    await demand("never");
  });

  it("what was ruled meanwhile is drift, and neither of two is the one who must not", async () => {
    await demand("always");
    const [row, apart] = [await register.file({ kind: "R" }), await register.file({ kind: "R" })];
    const asked = [
      (await proposeRuling(as(mara), { content: words(row, {}), reason: "x" })).proposalId,
      (await proposeRuling(as(mara), { content: words(row, { ruling: "reject" }), reason: "x" })).proposalId,
    ];
    const [first = "", second = ""] = asked;
    const late = await answerTo(world, second);
    await approveProposal(as(max), await answerTo(world, first));
    expect(await refusalOf(approveProposal(as(max), late))).toMatchObject({ reason: "drift" });
    for (const personId of [mara.personId, max.personId]) {
      const { proposalId } = await proposeRuling(as(mara), { content: words(apart, {}), reason: "x" });
      await world.db.update(item).set({ mustDifferFrom: personId }).where(eq(item.id, apart.id));
      expect(await refusalOf(approveProposal(as(max), await answerTo(world, proposalId)))).toEqual({
        code: "forbidden",
        reason: "same_person",
      });
    }
    expect((await now(apart)).state).toBe("open");
    await demand("never");
  });

  it("letting go takes two as well, so that it is no way around", async () => {
    const row = await register.file({ kind: "R" });
    const { gateId, preview } = await gatedTenant(row);
    await demand("gating");
    const content = { gateId, reason: "Built another way" };
    expect(await refusalOf(withdrawGate(as(mara), content))).toEqual({
      code: "approval_required",
      reason: "second_person",
    });
    const { proposalId } = await proposeUngate(as(mara), { content, reason: "Please" });
    expect(await refusalOf(preview())).toMatchObject({ reason: "ruling_pending" });
    await approveProposal(as(max), await answerTo(world, proposalId));
    await preview();
    await demand("never");
  });
});
