import { eq } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { connect, type Connection } from "#db/client.ts";
import { auditEntry } from "#db/schema/audit.ts";
import { checkResult, item } from "#db/schema/register.ts";
import { job } from "#db/schema/job.ts";
import { tenant } from "#db/schema/tenant.ts";
import type { PersonActor } from "#server/domain/policy/decide.ts";
import type { TriggerInput } from "#server/domain/register/lifecycle/trigger-schema.ts";
import { getItem, type StoredItem } from "#server/testing/items.ts";
import { FIRST_STAGE, type JobWorld, openJobWorld } from "#server/testing/jobs.ts";
import { openRegister } from "#server/testing/register-acts.ts";
import { readInbox } from "../inbox/list.ts";
import { acceptRisk } from "../item-move/accept-risk.ts";
import { attestCheck } from "../item-move/attest.ts";
import { classifyItem } from "../item-move/classify.ts";
import { moveItem } from "../item-move/move.ts";
import { ruleItem } from "../ruling/rule.ts";
import { sweepRegisters } from "./sweep.ts";

const DAY = 86_400_000;
const SYSTEM = { kind: "system", name: "runner" } as const;
const MOVE = { reason: null, trigger: null, evidence: null, successor: null };

let world: JobWorld;
let wide: Connection;
let olga: PersonActor;
let mara: PersonActor;
let register: Awaited<ReturnType<typeof openRegister>>;

beforeAll(async () => {
  world = await openJobWorld();
  wide = connect(world.database.appUrl, { max: 8 });
});
afterAll(async () => {
  await wide.close();
  await world.close();
});
beforeEach(async () => {
  olga = await world.person("Olga", "operator");
  mara = await world.person("Mara", "manager");
  register = await openRegister(world, olga.personId);
});

const now = (row: StoredItem) => getItem(world.db, row.id);
const sweep = (db = world.db) => sweepRegisters(db, { actor: SYSTEM, at: world.now, after: null });

/** Puts a trigger where a person would, past the verbs. */
async function waits(row: StoredItem, trigger: TriggerInput | { kind: string }): Promise<StoredItem> {
  await world.database.db.execute(
    `update item set trigger = '${JSON.stringify(trigger)}'::jsonb where id = '${row.id}'`,
  );
  return now(row);
}

const deferred = async (trigger: TriggerInput | { kind: string }) =>
  waits(await register.file({ kind: "deferred" }), trigger);

describe("a trigger", () => {
  it("of a day fires on that day and not before, once", async () => {
    const at = new Date(world.now.getTime() + 3 * DAY).toISOString().slice(0, 10);
    const row = await deferred({ kind: "date", at });
    await sweep();
    expect((await now(row)).state).toBe("waiting");
    world.advance(3 * DAY);
    olga = await world.person("Olga", "operator");
    await sweep();
    expect(await now(row)).toMatchObject({ state: "fired", firedBecause: `${at} has come.`, revision: 2 });
    await sweep();
    expect((await now(row)).revision).toBe(2);
    const inbox = await readInbox(world.ctx(olga), {});
    expect(inbox.returned.find(({ id }) => id === row.id)).toMatchObject({
      code: row.code,
      because: `${at} has come.`,
      why: "returned",
    });
    const entries = await world.db.select().from(auditEntry).where(eq(auditEntry.objectId, row.id));
    expect(entries).toMatchObject([{ action: "item.returned", actor: { kind: "system", name: "runner" } }]);
  });

  it("of an item fires in the very move that closes it", async () => {
    const closing = await register.file({ kind: "deferred", code: "deferred-887" });
    const row = await deferred({ kind: "item_closed", id: closing.code });
    await sweep();
    expect((await now(row)).state).toBe("waiting");
    const answer = await moveItem(world.ctx(mara), { itemId: closing.id, seen: 1, to: "taken_up", ...MOVE });
    expect(answer.fired).toMatchObject([{ itemId: row.id, because: `${closing.code} is closed.` }]);
    expect((await now(row)).state).toBe("fired");
  });

  it.each<[string, (of: { open: StoredItem }) => TriggerInput | { kind: string }]>([
    ["an item that is open", ({ open }) => ({ kind: "item_closed", id: open.code })],
    ["an item that no register has", () => ({ kind: "item_closed", id: "H-9999" })],
    ["a day to come", () => ({ kind: "date", at: "2199-01-01" })],
    ["more people than there are", () => ({ kind: "people_with_role", role: "auditor", atLeast: 900 })],
    ["words", () => ({ kind: "words", text: "when 2020-01-01 has come" })],
    ["something that cannot be read", () => ({ kind: "moon" })],
    ["a check without a result", () => ({ kind: "check_result", id: "V-9999", result: "passed" })],
    ["a decision's other status", () => ({ kind: "decision_status", id: "D-9999", status: "superseded" })],
  ])("on %s does not fire", async (_what, trigger) => {
    const row = await deferred(trigger({ open: await register.file({ kind: "H" }) }));
    await sweep();
    expect(await now(row)).toMatchObject({ state: "waiting", firedBecause: null });
  });

  it("does not fire on a code that two items have while one is open", async () => {
    await register.file({ kind: "H", code: "H-880", state: "done" });
    const other = await openRegister(world, olga.personId);
    const open = await other.file({ kind: "H", code: "H-880" });
    const row = await deferred({ kind: "item_closed", id: "H-880" });
    await sweep();
    expect((await now(row)).state).toBe("waiting");
    await moveItem(world.ctx(olga), { itemId: open.id, seen: 1, to: "dropped", ...MOVE, reason: "Gone" });
    expect((await now(row)).state).toBe("fired");
  });

  it("fires on a superseded decision, a failed check, and people with a role", async () => {
    const [old, next] = [
      await register.file({ kind: "decision", state: "adopted" }),
      await register.file({ kind: "decision", state: "adopted" }),
    ];
    const check = await register.file({ kind: "V" });
    const rows = [
      await deferred({ kind: "decision_status", id: old.code, status: "superseded" }),
      await deferred({ kind: "check_result", id: check.code, result: "failed" }),
      await deferred({ kind: "people_with_role", role: "admin", atLeast: 1 }),
    ];
    await moveItem(world.ctx(mara), {
      itemId: old.id,
      seen: 1,
      to: "superseded",
      ...MOVE,
      reason: "Newer",
      successor: next.code,
    });
    await attestCheck(world.ctx(olga), {
      itemId: check.id,
      seen: 1,
      outcome: "failed",
      evidence: { kind: "attestation", id: "It does not answer" },
      reason: "No answer",
      countsForDays: 5,
    });
    await world.person("Ada", "admin");
    await sweep();
    expect(await Promise.all(rows.map(async (row) => (await now(row)).firedBecause))).toEqual([
      `${old.code} is superseded.`,
      `${check.code} has failed.`,
      expect.stringContaining("people have the role admin."),
    ]);
  });

  it("brings a ruling back to be ruled, work back to the inbox, a decision's point as well", async () => {
    const at = world.now.toISOString().slice(0, 10);
    const trigger = { kind: "date", at } as const;
    const words = { reason: "Later", amendment: null, trigger, ruling: "defer" as const };
    const [ruled, work, decision] = [
      await register.file({ kind: "R" }),
      await register.file({ kind: "H" }),
      await register.file({ kind: "decision" }),
    ];
    await ruleItem(world.ctx(mara), { itemId: ruled.id, seen: 1, point: "", ...words });
    await moveItem(world.ctx(olga), { itemId: work.id, seen: 1, to: "deferred", ...MOVE, trigger });
    await ruleItem(world.ctx(mara), { itemId: decision.id, seen: 1, point: "a", ...words });
    const far = { kind: "date", at: "2199-01-01" } as const;
    await ruleItem(world.ctx(mara), { itemId: decision.id, seen: 2, point: "b", ...words, trigger: far });
    await sweep();
    expect([(await now(ruled)).state, (await now(work)).state, (await now(decision)).state]).toEqual([
      "open",
      "deferred",
      "proposed",
    ]);
    expect((await now(work)).firedBecause).toBe(`${at} has come.`);
  });
});

describe("a result", () => {
  const attested = async (days: number) => {
    const row = await register.file({ kind: "V" });
    await attestCheck(world.ctx(olga), {
      itemId: row.id,
      seen: 1,
      outcome: "passed",
      evidence: { kind: "attestation", id: "Seen" },
      reason: "Fine",
      countsForDays: days,
    });
    return row;
  };

  it("is stale when its days are over", async () => {
    const row = await attested(2);
    world.advance(2 * DAY - 1);
    await sweep();
    expect((await now(row)).state).toBe("passed");
    world.advance(1);
    await sweep();
    expect(await now(row)).toMatchObject({
      state: "stale",
      firedBecause: expect.stringContaining("counted until"),
    });
  });

  it("is stale when its target was changed by a job that started after it, and by no other", async () => {
    const [row, beside] = [await attested(300), await attested(300)];
    const tenantId = await world.tenant(olga);
    const [found] = await world.db.select().from(tenant).where(eq(tenant.id, tenantId));
    const cover = { cloudName: null, runbookSlug: null, stageKey: null, operation: null };
    for (const [one, tenantSlug] of [
      [row, found?.slug ?? ""],
      [beside, "another"],
    ] as const) {
      const target = { ...cover, tenantSlug };
      const facts = { isChange: false, mustDifferFrom: null, target, reason: "It looks there" };
      await classifyItem(world.ctx(mara), { itemId: one.id, seen: 2, ...facts });
    }
    const of = { tenantId, requestedBy: olga, stageKey: FIRST_STAGE };
    const earlier = await world.pastJob(of, "succeeded");
    await world.database.db
      .update(job)
      .set({ startedAt: new Date(world.now.getTime() - 1) })
      .where(eq(job.id, earlier.id));
    await sweep();
    expect((await now(row)).state).toBe("passed");
    world.advance(1000);
    const later = await world.pastJob(of, "failed");
    await sweep();
    expect(await now(row)).toMatchObject({
      state: "stale",
      firedBecause: `Job ${later.number} has changed what it looks at since its result.`,
    });
    expect((await now(beside)).state).toBe("passed");
  });

  it("whose risk was accepted comes back at its end, a row of the ledger too", async () => {
    mara = await world.person("Mara", "manager");
    const row = await register.file({ kind: "ledger_row" });
    const until = new Date(world.now.getTime() + 5 * DAY).toISOString().slice(0, 10);
    const risk = { itemId: row.id, seen: 1, ownerId: olga.personId, until, pinnedTo: null, reason: "Low" };
    await acceptRisk(world.ctx(mara), risk);
    const [kept] = await world.db.select().from(checkResult).where(eq(checkResult.itemId, row.id));
    expect(kept?.countsUntil).toEqual(new Date(`${until}T23:59:59.999Z`));
    await sweep();
    expect((await now(row)).state).toBe("risk_accepted");
    world.advance(6 * DAY);
    await sweep();
    expect(await now(row)).toMatchObject({
      state: "expired",
      firedBecause: `Its risk was accepted until ${until}.`,
      closedAt: null,
    });
  });
});

it("what its register lost does not come back, and many are looked at page by page", async () => {
  const day = world.now.toISOString().slice(0, 10);
  const lost = await deferred({ kind: "date", at: day });
  await world.db.update(item).set({ removedAt: world.now }).where(eq(item.id, lost.id));
  const rows: StoredItem[] = [];
  for (let at = 0; at < 12; at += 1) rows.push(await deferred({ kind: "date", at: day }));
  const results = await Promise.all([sweep(wide.db), sweep(wide.db), sweep(wide.db)]);
  // A sweep that finds another one at work leaves it alone; the next finishes.
  const rest = await sweep();
  expect([...results, rest].reduce((so, { brought }) => so + brought, 0)).toBe(12);
  for (const row of rows) expect(await now(row)).toMatchObject({ state: "fired", revision: 2 });
  expect((await now(lost)).state).toBe("waiting");
});

it("a row of the ledger without an owner or a date is a finding of the inbox, one with both is none", async () => {
  const [bare, owned] = [
    await register.file({ kind: "ledger_row" }),
    await register.file({ kind: "ledger_row" }),
  ];
  await world.db
    .update(item)
    .set({ ownerId: olga.personId, dueOn: "2199-01-01" })
    .where(eq(item.id, owned.id));
  mara = await world.person("Mara", "manager");
  const { returned } = await readInbox(world.ctx(mara), {});
  expect(returned.find(({ id }) => id === bare.id)).toMatchObject({
    because: "Nobody owns it, and it has no date.",
    why: "finding",
  });
  expect(returned.some(({ id }) => id === owned.id)).toBe(false);
});
