import { randomUUID } from "node:crypto";
import { desc, eq } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { auditEntry } from "#db/schema/audit.ts";
import { item, itemEvent } from "#db/schema/register.ts";
import { tenant } from "#db/schema/tenant.ts";
import type { PersonActor } from "#server/domain/policy/decide.ts";
import type { GateCover } from "#server/domain/register/gate/gate.ts";
import type { RecordKind, RecordState } from "#server/domain/register/record.ts";
import { addDocument, addItem, openItem, type StoredItem } from "#server/testing/items.ts";
import {
  approvalOf,
  asRead,
  FIRST_STAGE,
  type JobRow,
  type JobWorld,
  openJobWorld,
} from "#server/testing/jobs.ts";
import { refusalOf } from "#server/testing/refusal.ts";
import { readInbox } from "../inbox/list.ts";
import { approveJob } from "../job/approve.ts";
import { readJob } from "../job/get.ts";
import { rejectJob } from "../job/reject.ts";
import { requestJob } from "../job/request.ts";
import { runRead } from "../job/run-read.ts";
import { startJob } from "../job/start.ts";
import { previewStage } from "../plan/preview.ts";
import { ruleItem } from "../ruling/rule.ts";
import { readStage } from "../tenant/stage.ts";
import { setGate } from "./set.ts";
import { withdrawGate } from "./withdraw.ts";

const NOTHING: GateCover = {
  cloudName: null,
  tenantSlug: null,
  runbookSlug: null,
  stageKey: null,
  operation: null,
};
const DENIED = { code: "forbidden", reason: "ruling_pending" };

let world: JobWorld;
let olga: PersonActor;
let rita: PersonActor;
let mara: PersonActor;
let documentId: string;
let tenantId: string;
let slug: string;
let count = 0;

beforeAll(async () => {
  world = await openJobWorld();
  olga = await world.person("Olga", "operator");
  rita = await world.person("Rita", "reviewer");
  mara = await world.person("Mara", "manager");
  documentId = await addDocument(world.db, "docs/handoff.md", { personId: olga.personId, at: world.now });
});
afterAll(() => world.close());
beforeEach(async () => {
  tenantId = await world.tenant(olga);
  const [row] = await world.db.select().from(tenant).where(eq(tenant.id, tenantId));
  slug = row?.slug ?? "";
});

const as = (actor: PersonActor) => world.ctx(actor);

async function filed(of: { kind?: RecordKind; state?: RecordState } = {}): Promise<StoredItem> {
  count += 1;
  const code = `R-${count}`;
  const content = openItem(code, "R", "Which network");
  return addItem(world.db, {
    documentId,
    code,
    kind: of.kind ?? "R",
    content,
    personId: olga.personId,
    at: world.now,
    position: count,
    ...(of.state === undefined ? {} : { state: of.state }),
  });
}

const gate = (row: StoredItem, cover: Partial<GateCover>, by = mara) =>
  setGate(as(by), { itemId: row.id, cover: { ...NOTHING, ...cover }, reason: "Nothing before it is ruled" });

const requestOf = (previewed: { planId: string; contentDigest: string }) => ({
  ...previewed,
  reason: "The client asked for it",
  startsOnApproval: true,
  idempotencyKey: randomUUID(),
});

/** Writes a state past the verbs, as an import does. */
const become = (row: StoredItem, state: RecordState) =>
  world.db.update(item).set({ state }).where(eq(item.id, row.id));

/** Rules on it as a manager. */
const rule = (row: StoredItem, given: "adopt" | "amend" | "reject" | "defer") =>
  ruleItem(as(mara), {
    itemId: row.id,
    seen: 2,
    point: "",
    ruling: given,
    reason: "As it is",
    amendment: given === "amend" ? "Two networks" : null,
    trigger: given === "defer" ? { kind: "words", text: "when asked" } : null,
  });

describe("what an item without a ruling covers", () => {
  it("is not previewed, and the denial cites the item", async () => {
    const row = await filed();
    await gate(row, { tenantSlug: slug });
    const error = await previewStage(as(olga), { tenantId, stageKey: FIRST_STAGE }).catch(
      (thrown: unknown) => thrown,
    );
    expect(error).toMatchObject({
      code: "forbidden",
      message: `${row.code} is not ruled on, and it covers this. A person who is a manager can rule.`,
      details: {
        reason: "ruling_pending",
        facts: { ruleId: "item-gate", couldBe: ["manager"], cites: [{ itemId: row.id, code: row.code }] },
      },
    });
    const [entry] = await world.db.select().from(auditEntry).orderBy(desc(auditEntry.seq)).limit(1);
    expect(entry).toMatchObject({ action: "plan.preview", outcome: "denied", objectId: tenantId });
  });

  it("is not asked for, though it was previewed before the gate", async () => {
    const previewed = await world.preview(olga, { tenantId });
    await gate(await filed(), { tenantSlug: slug });
    expect(await refusalOf(requestJob(as(olga), requestOf(previewed)))).toEqual(DENIED);
  });

  it("is not run, though it only reads", async () => {
    const previewed = await world.preview(olga, { tenantId, change: asRead });
    await gate(await filed(), { tenantSlug: slug });
    const act = runRead(as(olga), { ...previewed, idempotencyKey: randomUUID() });
    expect(await refusalOf(act)).toEqual(DENIED);
  });

  it("is not approved, though it waited before the gate; it can still be refused", async () => {
    const row = await world.request(olga, { tenantId });
    await world.recheck(rita, row.id);
    await gate(await filed(), { tenantSlug: slug });
    expect(await refusalOf(approveJob(as(rita), approvalOf(row)))).toEqual(DENIED);
    expect((await world.job(row.id)).state).toBe("awaiting_approval");
    await rejectJob(as(rita), { jobId: row.id, digest: row.digest, reason: "Not before the ruling" });
    expect((await world.job(row.id)).state).toBe("rejected");
  });

  it("is not started, though it was approved and armed before the gate", async () => {
    const row = await world.request(olga, { tenantId, startsOnApproval: false });
    await world.recheck(rita, row.id);
    await approveJob(as(rita), approvalOf(row));
    const { gateId } = await gate(await filed(), { tenantSlug: slug });
    expect(await refusalOf(startJob(as(olga), { jobId: row.id }))).toEqual(DENIED);
    await withdrawGate(as(mara), { gateId, reason: "Filed for the wrong tenant" });
    expect(await startJob(as(olga), { jobId: row.id })).toEqual({ state: "queued" });
  });

  it.each<[string, () => Partial<GateCover>]>([
    ["its cloud", () => ({ cloudName: "embedded", tenantSlug: slug })],
    [
      "its stage",
      () => ({ runbookSlug: world.published.runbook.slug, stageKey: FIRST_STAGE, tenantSlug: slug }),
    ],
    ["an operation of it", () => ({ operation: firstOperation(), tenantSlug: slug })],
  ])("by %s is denied", async (_what, cover) => {
    await gate(await filed(), cover());
    expect(await refusalOf(previewStage(as(olga), { tenantId, stageKey: FIRST_STAGE }))).toEqual(DENIED);
  });

  it.each<[string, () => Partial<GateCover>]>([
    ["another tenant", () => ({ tenantSlug: `${slug}0` })],
    ["another cloud", () => ({ cloudName: "alpha" })],
    ["another stage", () => ({ runbookSlug: world.published.runbook.slug, stageKey: "6-7" })],
    ["another runbook's stage", () => ({ runbookSlug: "tenant-offboarding", stageKey: FIRST_STAGE })],
    ["another operation", () => ({ operation: "coe.cluster.never" })],
  ])("and a gate on %s denies nothing here", async (_what, cover) => {
    const { gateId } = await gate(await filed(), cover());
    await previewStage(as(olga), { tenantId, stageKey: FIRST_STAGE });
    await withdrawGate(as(mara), { gateId, reason: "Over" });
  });

  it("shows on the stage and on the approval, with who could rule, and not in the inbox as mine", async () => {
    const waiting = await world.request(olga, { tenantId });
    const row = await filed();
    const { gateId } = await gate(row, { tenantSlug: slug });
    const held = { items: [{ itemId: row.id, code: row.code, title: "Which network" }], could: ["Mara"] };
    const stage = await readStage(as(olga), { tenantId, stageKey: "1" });
    expect(stage.held).toMatchObject(held);
    expect(stage.may.preview).toMatchObject({
      allowed: false,
      says: expect.stringContaining(`${row.code} is not ruled on`),
    });
    const shown = await readJob(as(rita), { jobId: waiting.id });
    expect(shown.held).toMatchObject(held);
    expect(shown.may.approve).toMatchObject({
      allowed: false,
      says: expect.stringContaining(`${row.code} is not ruled on`),
    });
    const ofInbox = async () => (await readInbox(as(rita), {})).decide.some(({ id }) => id === waiting.id);
    expect(await ofInbox()).toBe(false);
    await withdrawGate(as(mara), { gateId, reason: "Over" });
    expect(await ofInbox()).toBe(true);
    expect((await readJob(as(rita), { jobId: waiting.id })).held).toBeNull();
  });
});

const firstOperation = () => {
  const [stage] = world.published.runbook.stages;
  const part = stage?.parts.find(({ kind }) => kind === "block");
  return part?.kind === "block" ? (part.block.steps[0]?.operation ?? "") : "";
};

describe("a gate", () => {
  it.each<[Parameters<typeof rule>[1], boolean]>([
    ["defer", true],
    ["reject", true],
    ["adopt", false],
    ["amend", false],
  ])("after the ruling %s holds: %s", async (given, isHeld) => {
    const row = await filed();
    const { gateId } = await gate(row, { tenantSlug: slug });
    const act = () => previewStage(as(olga), { tenantId, stageKey: FIRST_STAGE });
    expect(await refusalOf(act())).toEqual(DENIED);
    await rule(row, given);
    if (isHeld) expect(await refusalOf(act())).toEqual(DENIED);
    else await act();
    await withdrawGate(as(mara), { gateId, reason: "Over" });
  });

  it.each<["R" | "decision", RecordState]>([
    ["R", "adopted"],
    ["R", "amended"],
    ["decision", "adopted"],
    ["decision", "closed"],
    ["decision", "superseded"],
  ])("of an %s that only its document calls %s holds on: that is no ruling", async (kind, state) => {
    const row = await filed(kind === "R" ? {} : { kind, state: "proposed" });
    const { gateId } = await gate(row, { tenantSlug: slug });
    await become(row, state);
    expect(await refusalOf(previewStage(as(olga), { tenantId, stageKey: FIRST_STAGE }))).toEqual(DENIED);
    await world.db.update(item).set({ mustDifferFrom: mara.personId }).where(eq(item.id, row.id));
    expect(await refusalOf(withdrawGate(as(mara), { gateId, reason: "It says so" }))).toMatchObject({
      reason: "same_person",
    });
    await withdrawGate(as(await world.person("Max", "manager")), { gateId, reason: "Over" });
  });

  it("that was put off and is then called adopted by its document holds on", async () => {
    const row = await filed();
    const { gateId } = await gate(row, { tenantSlug: slug });
    await rule(row, "defer");
    await become(row, "adopted");
    expect(await refusalOf(previewStage(as(olga), { tenantId, stageKey: FIRST_STAGE }))).toEqual(DENIED);
    await withdrawGate(as(mara), { gateId, reason: "Over" });
  });

  it("holds on when its document has lost the item, and can be taken away then", async () => {
    const row = await filed();
    const { gateId } = await gate(row, { tenantSlug: slug });
    await world.db.update(item).set({ removedAt: world.now }).where(eq(item.id, row.id));
    expect(await refusalOf(previewStage(as(olga), { tenantId, stageKey: FIRST_STAGE }))).toEqual(DENIED);
    await withdrawGate(as(mara), { gateId, reason: "The item is gone" });
    await previewStage(as(olga), { tenantId, stageKey: FIRST_STAGE });
  });

  it("names all items that hold", async () => {
    const [one, other] = [await filed(), await filed({ kind: "decision", state: "proposed" })];
    await gate(one, { tenantSlug: slug });
    await gate(one, { tenantSlug: slug, cloudName: "embedded" });
    await gate(other, { tenantSlug: slug });
    const stage = await readStage(as(olga), { tenantId, stageKey: FIRST_STAGE });
    expect(stage.held?.items.map(({ code }) => code)).toEqual([one.code, other.code]);
    expect(stage.held?.says).toContain(`${one.code}, ${other.code} are not ruled on, and they cover this.`);
  });

  it("is set and taken away in the item's history", async () => {
    const row = await filed();
    const { gateId } = await gate(row, { tenantSlug: slug });
    await withdrawGate(as(mara), { gateId, reason: "Over" });
    const events = await world.db
      .select()
      .from(itemEvent)
      .where(eq(itemEvent.itemId, row.id))
      .orderBy(itemEvent.revision);
    expect(events.map(({ revision, act }) => [revision, act])).toEqual([
      [1, "imported"],
      [2, "gated"],
      [3, "gated"],
    ]);
    expect(await refusalOf(withdrawGate(as(mara), { gateId, reason: "Again" }))).toMatchObject({
      reason: "not_found",
    });
  });

  it.each<[RecordKind, RecordState, string]>([
    ["H", "open", "not_gating"],
    ["V", "open", "not_gating"],
    ["deferred", "waiting", "not_gating"],
    ["R", "adopted", "ruled"],
    ["decision", "adopted", "ruled"],
    ["decision", "superseded", "ruled"],
  ])("of %s that is %s is refused", async (kind, state, reason) => {
    const row = await filed({ kind, state });
    expect(await refusalOf(gate(row, { tenantSlug: slug }))).toEqual({ code: "conflict", reason });
  });

  it("is not taken away by an operator, nor by whoever must not rule", async () => {
    const row = await filed();
    const { gateId } = await gate(row, { tenantSlug: slug }, olga);
    expect(await refusalOf(withdrawGate(as(olga), { gateId, reason: "Mine" }))).toMatchObject({
      reason: "role_missing",
    });
    await world.db.update(item).set({ mustDifferFrom: mara.personId }).where(eq(item.id, row.id));
    expect(await refusalOf(withdrawGate(as(mara), { gateId, reason: "Mine" }))).toMatchObject({
      reason: "same_person",
    });
    expect(await refusalOf(previewStage(as(olga), { tenantId, stageKey: FIRST_STAGE }))).toEqual(DENIED);
    const other = await world.person("Max", "manager");
    await withdrawGate(as(other), { gateId, reason: "Another manager" });
  });

  it("is not set by an auditor, and not on nothing", async () => {
    const row: StoredItem = await filed();
    const auditor = await world.person("Ann", "auditor");
    expect(await refusalOf(gate(row, { tenantSlug: slug }, auditor))).toMatchObject({
      reason: "role_missing",
    });
    await expect(gate(row, {})).rejects.toThrow("Say what it holds back");
  });
});

it("a job shows what holds it only until it has started", async () => {
  const row: JobRow = await world.pastJob(
    { tenantId, requestedBy: olga, stageKey: FIRST_STAGE },
    "succeeded",
  );
  await gate(await filed(), { tenantSlug: slug });
  expect((await readJob(as(olga), { jobId: row.id })).held).toBeNull();
});
