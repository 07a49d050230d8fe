import { asc, eq } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { auditEntry } from "#db/schema/audit.ts";
import { checkResult, item, itemEvent } from "#db/schema/register.ts";
import type { PersonActor } from "#server/domain/policy/decide.ts";
import { stateOf } from "#server/domain/register/decision/view.ts";
import { getItem, type StoredItem } from "#server/testing/items.ts";
import { FIRST_STAGE, type JobWorld, openJobWorld } from "#server/testing/jobs.ts";
import { refusalOf, tally } from "#server/testing/refusal.ts";
import { changeEntry, openRegister, otherPersonCheck, proposal } from "#server/testing/register-acts.ts";
import { acceptRisk } from "./accept-risk.ts";
import { attestCheck } from "./attest.ts";
import { classifyItem } from "./classify.ts";
import { moveItem } from "./move.ts";
import { readItemActs } from "./read.ts";
import { tickPoint, untickPoint } from "./tick.ts";

let world: JobWorld;
let olga: PersonActor;
let mara: PersonActor;
let rita: PersonActor;
let register: Awaited<ReturnType<typeof openRegister>>;

beforeAll(async () => {
  world = await openJobWorld();
  olga = await world.person("Olga", "operator");
  mara = await world.person("Mara", "manager");
  rita = await world.person("Rita", "reviewer");
  register = await openRegister(world, olga.personId);
});
afterAll(() => world.close());

const as = (actor: PersonActor) => world.ctx(actor);
const now = (row: StoredItem) => getItem(world.db, row.id);
const MOVE = { reason: null, trigger: null, evidence: null, successor: null };

async function move(row: StoredItem, to: StoredItem["state"], of: object = {}) {
  return moveItem(as(olga), { itemId: row.id, seen: (await now(row)).revision, to, ...MOVE, ...of });
}

const POINTS = ["it is written", "somebody has read it"];
const WORDS = { kind: "attestation", id: "I have read it" } as const;

const tick = (
  row: StoredItem,
  point: string,
  evidence: { kind: "job" | "document" | "attestation"; id: string } = WORDS,
) => tickPoint(as(olga), { itemId: row.id, point, evidence });

async function ticked(row: StoredItem): Promise<void> {
  for (const point of POINTS) await tick(row, point);
}

const pastJob = async (state: "succeeded" | "failed") =>
  world.pastJob({ tenantId: await world.tenant(olga), requestedBy: olga, stageKey: FIRST_STAGE }, state);

describe("work", () => {
  it("closes with every point ticked, and its history says by whom", async () => {
    const row = await register.file({ kind: "H" });
    expect(await refusalOf(move(row, "done"))).toEqual({ code: "conflict", reason: "not_evidenced" });
    await tick(row, POINTS[0] ?? "");
    expect(await refusalOf(move(row, "done"))).toEqual({ code: "conflict", reason: "not_evidenced" });
    await tick(row, POINTS[1] ?? "", { kind: "job", id: (await pastJob("succeeded")).id });
    expect(await move(row, "done")).toMatchObject({ unblocked: [], fired: [], released: [] });
    expect(await now(row)).toMatchObject({ state: "done", closedAt: world.now, revision: 4 });
    const events = await world.db
      .select()
      .from(itemEvent)
      .where(eq(itemEvent.itemId, row.id))
      .orderBy(asc(itemEvent.revision));
    expect(events.map(({ act, personId }) => [act, personId])).toEqual([
      ["imported", olga.personId],
      ["ticked", olga.personId],
      ["ticked", olga.personId],
      ["moved", olga.personId],
    ]);
    const audited = await world.db.select().from(auditEntry).where(eq(auditEntry.objectId, row.id));
    expect(audited.filter(({ outcome }) => outcome === "done")).toHaveLength(3);
    expect(audited.filter(({ outcome }) => outcome === "denied")).toHaveLength(2);
  });

  it("without points closes on its own title", async () => {
    const row = await register.file({
      kind: "C",
      content: {
        kind: "item",
        item: { id: "C-900", kind: "C", refsText: null, title: "Tags pushed", trigger: null, parts: [] },
      },
    });
    expect(await refusalOf(move(row, "done"))).toMatchObject({ reason: "not_evidenced" });
    await tick(row, "Tags pushed");
    await move(row, "done");
  });

  it("that changes something closes only with its entry and that entry's revert", async () => {
    const row = await register.file({ kind: "H" });
    await ticked(row);
    const { revision: seen } = await now(row);
    const facts = { isChange: true, mustDifferFrom: null, target: null, reason: "It changes the broker" };
    await classifyItem(as(mara), { itemId: row.id, seen, ...facts });
    expect(await refusalOf(move(row, "done"))).toMatchObject({ reason: "no_change_entry" });
    const bare = await register.file({ kind: "change", content: changeEntry(["WHY", "FILE"]) });
    await register.tie(row, bare, { kind: "changed_by" });
    expect(await refusalOf(move(row, "done"))).toMatchObject({ reason: "no_change_entry" });
    const entry = await register.file({ kind: "change" });
    const other = await register.file({ kind: "H" });
    await register.tie(other, entry, { kind: "changed_by" });
    const proposed = await register.tie(row, entry, { kind: "changed_by", state: "proposed" });
    expect(proposed).not.toBe("");
    expect(await refusalOf(move(row, "done"))).toMatchObject({ reason: "no_change_entry" });
    const real = await register.file({ kind: "change" });
    await register.tie(row, real, { kind: "changed_by" });
    await move(row, "done");
  });

  it.each<[string, (row: StoredItem) => Promise<unknown>, string]>([
    ["an open item", async (row) => register.tie(row, await register.file({ kind: "R" })), "blocked"],
    [
      "an item that is put off",
      async (row) => register.tie(row, await register.file({ kind: "R", state: "deferred" })),
      "blocked",
    ],
    ["what no register has", (row) => register.tie(row, "D-999"), "blocked"],
    [
      "an item that its document lost",
      async (row) => {
        const lost = await register.file({ kind: "H", state: "done" });
        await world.db.update(item).set({ removedAt: world.now }).where(eq(item.id, lost.id));
        return register.tie(row, lost);
      },
      "blocked",
    ],
  ])("does not close while it waits for %s", async (_what, hold, reason) => {
    const row = await register.file({ kind: "D" });
    await ticked(row);
    await hold(row);
    expect(await refusalOf(move(row, "done"))).toEqual({ code: "conflict", reason });
    expect((await now(row)).state).toBe("open");
  });

  it.each<[string, (row: StoredItem) => Promise<unknown>]>([
    [
      "what is only proposed",
      async (row) => register.tie(row, await register.file({ kind: "R" }), { state: "proposed" }),
    ],
    [
      "what is ruled",
      async (row) => register.tie(row, await register.file({ kind: "R", state: "rejected" })),
    ],
    [
      "what it only mentions",
      async (row) => register.tie(row, await register.file({ kind: "R" }), { kind: "mentions" }),
    ],
  ])("closes though it is tied to %s", async (_what, tie) => {
    const row = await register.file({ kind: "D" });
    await ticked(row);
    await tie(row);
    await move(row, "done");
  });

  it("is put off with a trigger, dropped and opened again with a reason", async () => {
    const row = await register.file({ kind: "H" });
    expect(await refusalOf(move(row, "deferred"))).toMatchObject({ reason: "no_trigger" });
    await move(row, "deferred", { trigger: { kind: "date", at: "2026-09-30" } });
    expect((await readItemActs(as(rita), { itemId: row.id })).trigger).toBe("on 2026-09-30");
    expect(await refusalOf(move(row, "open"))).toMatchObject({ reason: "no_reason" });
    await move(row, "open", { reason: "Now" });
    expect((await now(row)).trigger).toBeNull();
    expect(await refusalOf(move(row, "dropped"))).toMatchObject({ reason: "no_reason" });
    await move(row, "dropped", { reason: "Nobody needs it" });
    expect(await refusalOf(move(row, "done"))).toMatchObject({ reason: "not_from_here" });
    await move(row, "open", { reason: "Somebody does" });
  });

  it("of two who close it at once one does, and the other is told what changed", async () => {
    const row = await register.file({ kind: "H" });
    await ticked(row);
    const { revision: seen } = await now(row);
    const results = await Promise.allSettled(
      [olga, mara, olga].map((by) => moveItem(as(by), { itemId: row.id, seen, to: "done", ...MOVE })),
    );
    expect(tally(results)).toEqual({ done: 1, refused: ["stale_item", "stale_item"] });
  });
});

describe("a tick", () => {
  it.each<[string, () => Promise<{ kind: "job" | "document"; id: string }>, string]>([
    [
      "a job that failed",
      async () => ({ kind: "job", id: (await pastJob("failed")).id }),
      "job_not_succeeded",
    ],
    [
      "no job",
      () => Promise.resolve({ kind: "job", id: "2f3a4c1e-0b5d-4a55-9a3c-1f2e3d4c5b6a" }),
      "unknown_job",
    ],
    ["no id", () => Promise.resolve({ kind: "job", id: "job one; drop table item" }), "unknown_job"],
    ["a number past all", () => Promise.resolve({ kind: "job", id: "999999999" }), "unknown_job"],
    [
      "a number past what is counted",
      () => Promise.resolve({ kind: "job", id: "9".repeat(40) }),
      "unknown_job",
    ],
    [
      "an unknown document",
      () => Promise.resolve({ kind: "document", id: "docs/none.md" }),
      "unknown_document",
    ],
  ])("on %s is refused", async (_what, evidence, reason) => {
    const row = await register.file({ kind: "H" });
    expect(await refusalOf(tick(row, POINTS[0] ?? "", await evidence()))).toEqual({
      code: "invalid",
      reason,
    });
    expect((await readItemActs(as(rita), { itemId: row.id })).points[0]?.evidence).toBeNull();
  });

  it("takes a job by its number too", async () => {
    const row = await register.file({ kind: "H" });
    const { number } = await pastJob("succeeded");
    await tick(row, POINTS[0] ?? "", { kind: "job", id: String(number) });
  });

  it("is about words that the item has, once", async () => {
    const row = await register.file({ kind: "H" });
    expect(await refusalOf(tick(row, "it is written "))).toMatchObject({ reason: "unknown_point" });
    await tick(row, POINTS[0] ?? "");
    expect(await refusalOf(tick(row, POINTS[0] ?? ""))).toMatchObject({ reason: "ticked" });
    const results = await Promise.allSettled([1, 2, 3].map(() => tick(row, POINTS[1] ?? "")));
    expect(tally(results).done).toBe(1);
  });

  it("is taken back with a reason, not on what is closed", async () => {
    const row = await register.file({ kind: "H" });
    await ticked(row);
    await move(row, "done");
    const back = { itemId: row.id, point: POINTS[0] ?? "", reason: "It was another" };
    expect(await refusalOf(untickPoint(as(olga), back))).toMatchObject({ reason: "closed" });
    await move(row, "open", { reason: "It was another" });
    await untickPoint(as(olga), back);
    expect(await refusalOf(move(row, "done"))).toMatchObject({ reason: "not_evidenced" });
    expect(await refusalOf(untickPoint(as(olga), back))).toMatchObject({ reason: "not_ticked" });
    await tick(row, POINTS[0] ?? "");
    await move(row, "done");
  });

  it("counts no more when its words have changed", async () => {
    const row = await register.file({ kind: "H" });
    await ticked(row);
    const content = (await register.file({ kind: "C" })).content;
    if (content.kind !== "item") throw new Error("not an item");
    const parts = content.item.parts.map((part) =>
      part.kind === "text" && part.label === "ACCEPT" ? { ...part, text: "it is written twice" } : part,
    );
    await world.db
      .update(item)
      .set({ content: { kind: "item", item: { ...content.item, parts } } })
      .where(eq(item.id, row.id));
    expect(await refusalOf(move(row, "done"))).toMatchObject({ reason: "not_evidenced" });
  });

  it("is not a reviewer's, and an attestation is not of whom another must differ from", async () => {
    const row = await register.file({ kind: "H" });
    const wanted = { itemId: row.id, point: POINTS[0] ?? "", evidence: WORDS };
    expect(await refusalOf(tickPoint(as(rita), wanted))).toMatchObject({
      reason: "role_missing",
    });
    await world.db.update(item).set({ mustDifferFrom: olga.personId }).where(eq(item.id, row.id));
    expect(await refusalOf(tick(row, POINTS[0] ?? ""))).toEqual({ code: "forbidden", reason: "same_person" });
    await tickPoint(as(mara), wanted);
  });
});

describe("a check", () => {
  const attest = async (row: StoredItem, by: PersonActor, of: object = {}) =>
    attestCheck(as(by), {
      itemId: row.id,
      seen: (await now(row)).revision,
      outcome: "passed",
      evidence: WORDS,
      reason: "Nobody had to ask",
      countsForDays: 30,
      ...of,
    });

  it("passes by an attestation of somebody else than the one it names, for so many days", async () => {
    const row = await register.file({ kind: "V", content: otherPersonCheck("V-901") });
    await world.db.update(item).set({ mustDifferFrom: mara.personId }).where(eq(item.id, row.id));
    expect(await refusalOf(attest(row, mara))).toEqual({ code: "forbidden", reason: "same_person" });
    await attest(row, rita);
    const [result] = await world.db.select().from(checkResult).where(eq(checkResult.itemId, row.id));
    const until = new Date(world.now.getTime() + 30 * 86_400_000);
    expect(result).toMatchObject({ outcome: "attested", personId: rita.personId, countsUntil: until });
    expect(await now(row)).toMatchObject({ state: "passed", countsUntil: until });
  });

  it("that names nobody is not attested by whoever filed it", async () => {
    const row = await register.file({ kind: "V", content: otherPersonCheck("V-902") });
    expect(await refusalOf(attest(row, olga))).toMatchObject({ reason: "same_person" });
    await attest(row, rita);
  });

  it("has no risk accepted before it gave something, nor another result than the page showed", async () => {
    const row = await register.file({ kind: "V" });
    const accept = async (of: object) =>
      acceptRisk(as(mara), {
        itemId: row.id,
        seen: (await now(row)).revision,
        ownerId: olga.personId,
        until: "2026-06-30",
        pinnedTo: null,
        reason: "Until the next window",
        ...of,
      });
    expect(await refusalOf(accept({}))).toMatchObject({ reason: "not_pinned" });
    await attest(row, olga, { outcome: "failed" });
    const { results } = await readItemActs(as(mara), { itemId: row.id });
    const pinnedTo = results.newest?.observed ?? "";
    for (const [of, reason] of [
      [{ pinnedTo: "0".repeat(64) }, "not_pinned"],
      [{ pinnedTo, ownerId: null }, "no_owner"],
      [{ pinnedTo, until: null }, "no_expiry"],
      [{ pinnedTo, until: "2026-03-03" }, "expiry_past"],
      [{ pinnedTo, reason: null }, "no_reason"],
      [{ pinnedTo, ownerId: "2f3a4c1e-0b5d-4a55-9a3c-1f2e3d4c5b6a" }, "unknown_owner"],
    ] as const) {
      expect(await refusalOf(accept(of))).toMatchObject({ reason });
    }
    await accept({ pinnedTo });
    expect(await now(row)).toMatchObject({ state: "risk_accepted", ownerId: olga.personId });
    await attest(row, olga, { outcome: "failed", evidence: { kind: "attestation", id: "Worse" } });
    expect(await refusalOf(accept({ pinnedTo }))).toMatchObject({ reason: "not_pinned" });
  });

  it("does not pass while it waits for a ruling, though it may be seen to fail", async () => {
    const row = await register.file({ kind: "V" });
    const ruling = await register.file({ kind: "R" });
    await register.tie(row, ruling);
    expect(await refusalOf(attest(row, rita))).toEqual({ code: "conflict", reason: "blocked" });
    await attest(row, rita, { outcome: "failed" });
    await world.db.update(item).set({ state: "adopted" }).where(eq(item.id, ruling.id));
    await attest(row, rita);
  });

  it("is retired with a reason, and moves in no other way", async () => {
    const row = await register.file({ kind: "V" });
    for (const to of ["passed", "risk_accepted", "failed", "stale", "done"] as const) {
      expect(await refusalOf(move(row, to, { reason: "x" }))).toMatchObject({ reason: "not_from_here" });
    }
    expect(await refusalOf(move(row, "retired"))).toMatchObject({ reason: "no_reason" });
    await move(row, "retired", { reason: "The tool does it" });
    expect(await refusalOf(attest(row, rita))).toMatchObject({ reason: "not_from_here" });
    await move(row, "open", { reason: "The tool does not" });
  });

  it("is not attested where there is none, nor by an auditor", async () => {
    expect(await refusalOf(attest(await register.file({ kind: "H" }), rita))).toMatchObject({
      reason: "not_a_check",
    });
    const auditor = await world.person("Ann", "auditor");
    expect(await refusalOf(attest(await register.file({ kind: "V" }), auditor))).toMatchObject({
      reason: "role_missing",
    });
  });
});

describe("a row of the ledger", () => {
  it("closes owned and with evidence", async () => {
    const row = await register.file({ kind: "ledger_row" });
    expect(await refusalOf(move(row, "closed", { evidence: WORDS }))).toMatchObject({ reason: "no_owner" });
    await world.db.update(item).set({ ownerId: olga.personId }).where(eq(item.id, row.id));
    expect(await refusalOf(move(row, "closed"))).toMatchObject({ reason: "no_evidence" });
    const awaited = await register.file({ kind: "R" });
    await register.tie(row, awaited);
    expect(await refusalOf(move(row, "closed", { evidence: WORDS }))).toMatchObject({ reason: "blocked" });
    await world.db.update(item).set({ state: "rejected" }).where(eq(item.id, awaited.id));
    await move(row, "closed", { evidence: WORDS });
    expect(await refusalOf(move(row, "open"))).toMatchObject({ reason: "no_reason" });
  });

  it("has its risk accepted by a manager and by nobody else", async () => {
    const row = await register.file({ kind: "ledger_row" });
    const risk = {
      itemId: row.id,
      seen: 1,
      ownerId: olga.personId,
      until: "2026-06-30",
      pinnedTo: null,
      reason: "Low",
    };
    expect(await refusalOf(acceptRisk(as(olga), risk))).toMatchObject({ reason: "role_missing" });
    expect(await refusalOf(move(row, "risk_accepted", { reason: "Low" }))).toMatchObject({
      reason: "not_from_here",
    });
    await acceptRisk(as(mara), risk);
    expect(await now(row)).toMatchObject({
      state: "risk_accepted",
      countsUntil: new Date("2026-06-30T23:59:59.999Z"),
    });
  });
});

describe("a decision", () => {
  it("in force is superseded by one that is there, and says so itself", async () => {
    const old = await register.file({ kind: "decision", state: "adopted" });
    const next = await register.file({ kind: "decision", state: "adopted" });
    expect(await refusalOf(move(old, "superseded", { reason: "Newer" }))).toMatchObject({
      reason: "no_successor",
    });
    expect(await refusalOf(move(old, "superseded", { reason: "Newer", successor: "D-998" }))).toMatchObject({
      reason: "unknown_successor",
    });
    expect(await refusalOf(move(old, "superseded", { reason: "Newer", successor: old.code }))).toMatchObject({
      reason: "no_successor",
    });
    await move(old, "superseded", { reason: "Newer", successor: next.code });
    const { content } = await now(old);
    if (content.kind !== "decision") throw new Error("no decision");
    expect(stateOf(content.decision)).toMatchObject({ status: "superseded", date: "2026-03-04" });
    const shown = await readItemActs(as(rita), { itemId: next.id });
    expect(shown.links.back).toMatchObject([{ code: old.code, says: "supersedes", linkState: "confirmed" }]);
    expect(await refusalOf(move(next, "superseded", { reason: "Back", successor: old.code }))).toMatchObject({
      reason: "no_successor",
    });
  });

  it("with pending gates closes when each is shown to be met", async () => {
    const decision = proposal("D-801", []);
    const fields = [...decision.fields, { label: "Gate", text: "Holds after [LIVE-READ PENDING]." }];
    const row = await register.file({
      kind: "decision",
      state: "adopted",
      content: { kind: "decision", decision: { ...decision, fields } },
    });
    expect(await refusalOf(move(row, "closed", { reason: "Over" }))).toMatchObject({ reason: "gates_open" });
    await tick(row, "LIVE-READ PENDING", { kind: "job", id: (await pastJob("succeeded")).id });
    await move(row, "closed", { reason: "Over" });
  });

  it("that is proposed is not adopted by a move", async () => {
    const row = await register.file({ kind: "decision" });
    for (const to of ["adopted", "amended", "rejected"] as const) {
      expect(await refusalOf(move(row, to, { reason: "x" }))).toMatchObject({ reason: "points_open" });
    }
    expect(
      await refusalOf(move(await register.file({ kind: "R" }), "adopted", { reason: "x" })),
    ).toMatchObject({
      reason: "not_from_here",
    });
  });
});

it("what is recorded does not move, and whoever is kept apart does not change that", async () => {
  expect(await refusalOf(move(await register.file({ kind: "change" }), "done"))).toMatchObject({
    reason: "not_from_here",
  });
  const row = await register.file({ kind: "R" });
  await world.db.update(item).set({ mustDifferFrom: mara.personId }).where(eq(item.id, row.id));
  const apart = {
    itemId: row.id,
    seen: 1,
    isChange: false,
    mustDifferFrom: null,
    target: null,
    reason: "I want to",
  };
  expect(await refusalOf(classifyItem(as(mara), apart))).toEqual({
    code: "forbidden",
    reason: "same_person",
  });
});
