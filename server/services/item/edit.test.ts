import { randomUUID } from "node:crypto";
import { desc, eq } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { connect, type Connection } from "#db/client.ts";
import { auditEntry } from "#db/schema/audit.ts";
import { savedView } from "#db/schema/saved-view.ts";
import { BULK_MAX, NO_ITEM_FILTER } from "#server/domain/item/choices.ts";
import type { PersonActor } from "#server/domain/policy/decide.ts";
import { addDocument, addItem, getItem, openItem, type StoredItem } from "#server/testing/items.ts";
import { type JobWorld, openJobWorld } from "#server/testing/jobs.ts";
import { refusalOf, tally } from "#server/testing/refusal.ts";
import { disablePerson } from "../person/disable.ts";
import { bulkEditItems } from "./bulk.ts";
import { editItem } from "./edit.ts";
import { exportItems, writeItems } from "./export-list.ts";
import { readItem, readItemHistory, resolveCodes } from "./get.ts";
import { listViews, removeView, saveView } from "./views.ts";

let world: JobWorld;
let wide: Connection;
let olga: PersonActor;
let mia: PersonActor;
let aurel: PersonActor;
let documentId: string;
let row: StoredItem;
let count = 0;

async function add(title = "Broker copies"): Promise<StoredItem> {
  count += 1;
  const code = `H-${count}`;
  const by = { personId: olga.personId, at: world.now };
  return addItem(world.db, {
    documentId,
    code,
    kind: "H",
    content: openItem(code, "H", title),
    position: count,
    ...by,
  });
}

beforeAll(async () => {
  world = await openJobWorld();
  wide = connect(world.database.appUrl, { max: 12 });
  olga = await world.person("Olga", "operator");
  mia = await world.person("Mia", "manager");
  aurel = await world.person("Aurel", "auditor");
  documentId = await addDocument(world.db, "docs/handoff.md", { personId: olga.personId, at: world.now });
});
afterAll(async () => {
  await wide.close();
  await world.close();
});
beforeEach(async () => {
  row = await add();
});

type Edit = Parameters<typeof editItem>[1]["set"];
const edit = (set: Edit, { as = olga, revision = 1 } = {}) =>
  editItem(world.ctx(as, wide.db), { itemId: row.id, revision, set, reason: null });
const lastAudit = async () => {
  const [entry] = await world.db.select().from(auditEntry).orderBy(desc(auditEntry.seq)).limit(1);
  return entry;
};

describe("an edit", () => {
  it("changes texts, owner and date at once, and is told in the history by name", async () => {
    await edit({
      fields: { title: "Renamed", "part:FIX": "Do it twice." },
      ownerId: mia.personId,
      dueOn: "2026-05-01",
    });
    const now = await readItem(world.ctx(aurel), { itemId: row.id });
    expect(now).toMatchObject({ title: "Renamed", revision: 2, ownerName: "Mia", dueOn: "2026-05-01" });
    expect(now.may.edit.allowed).toBe(false);
    const { events } = await readItemHistory(world.ctx(aurel), { itemId: row.id, before: null });
    expect(events[0]).toMatchObject({ revision: 2, act: "edited", personName: "Olga" });
    expect(events[0]?.changes).toEqual([
      { field: "Title", from: "Broker copies", to: "Renamed" },
      { field: "FIX", from: "Write it down once.", to: "Do it twice." },
      { field: "Due", from: null, to: "2026-05-01" },
      { field: "Owner", from: null, to: "Mia" },
    ]);
    expect(await lastAudit()).toMatchObject({ action: "item.edit", outcome: "done", objectId: row.id });
  });

  it("on what somebody else changed meanwhile is refused, and tells the fields that differ", async () => {
    await edit({ dueOn: "2026-05-01" }, { as: mia });
    expect(await refusalOf(edit({ fields: { title: "Mine" } }))).toEqual({
      code: "conflict",
      reason: "stale_item",
    });
    expect(await getItem(world.db, row.id)).toMatchObject({ title: "Broker copies", revision: 2 });
    expect(await lastAudit()).toMatchObject({ outcome: "denied", details: { reason: "stale_item" } });
  });

  it("by eight people at the same moment is done once", async () => {
    const days = Array.from({ length: 8 }, (_, day) => `2026-06-0${day + 1}`);
    const results = await Promise.allSettled(days.map((dueOn) => edit({ dueOn })));
    expect(tally(results)).toEqual({ done: 1, refused: Array<string>(7).fill("stale_item") });
  });

  it.each<[string, Edit, string]>([
    ["a field that is none", { fields: { nothing: "x" } }, "not_editable"],
    ["an empty title", { fields: { title: " " } }, "not_editable"],
    ["a title of two lines", { fields: { title: "a\nb" } }, "not_editable"],
    [
      "a text that would read as another label",
      { fields: { "part:FIX": "Do.\nACCEPT: nothing" } },
      "not_in_form",
    ],
    ["an owner who is nobody", { ownerId: randomUUID() }, "no_such_owner"],
    ["a person to differ from who is nobody", { mustDifferFrom: randomUUID() }, "no_such_owner"],
  ])("with %s is refused and changes nothing", async (_what, set, reason) => {
    expect(await refusalOf(edit(set))).toEqual({ code: "invalid", reason });
    expect(await getItem(world.db, row.id)).toMatchObject({ revision: 1, ownerId: null });
  });

  it("to an owner who is disabled is refused", async () => {
    const gone = await world.person("Gone", "operator");
    await disablePerson(world.ctx(await world.person("Ada", "admin")), { personId: gone.personId });
    expect(await refusalOf(edit({ ownerId: gone.personId }))).toEqual({
      code: "invalid",
      reason: "no_such_owner",
    });
  });

  it.each([
    { fields: { title: "a\u0000b" } },
    { fields: { title: "\ud800" } },
    { dueOn: "2026-02-30" },
    { dueOn: "9999-01-01" },
    { state: "done" },
    { revision: 7 },
    { fields: { title: "x".repeat(100_001) } },
  ])("that cannot be kept is refused: %j", async (set) => {
    await expect(edit(set)).rejects.toThrow();
    expect((await getItem(world.db, row.id)).revision).toBe(1);
  });

  it("takes the right of an editor", async () => {
    expect(await refusalOf(edit({ dueOn: null }, { as: aurel }))).toMatchObject({ code: "forbidden" });
  });

  it("takes back a field and an owner", async () => {
    await edit({ ownerId: mia.personId, dueOn: "2026-05-01" });
    await edit({ ownerId: null, dueOn: null, fields: { "part:FIX": null } }, { revision: 2 });
    const now = await readItem(world.ctx(olga), { itemId: row.id });
    expect(now).toMatchObject({ ownerName: null, dueOn: null });
    expect(now.fields.map(({ key }) => key)).not.toContain("part:FIX");
    expect(now.addable.map(({ key }) => key)).toContain("part:FIX");
  });
});

describe("a bulk edit", () => {
  const bulk = (items: { itemId: string; revision: number }[], set: Edit, as = olga) =>
    bulkEditItems(world.ctx(as, wide.db), { items, set });

  it("changes what it can in one act and lists what it left, and why", async () => {
    const [second, third] = [await add(), await add()];
    await editItem(world.ctx(mia), {
      itemId: second.id,
      revision: 1,
      set: { dueOn: "2026-01-01" },
      reason: null,
    });
    const nowhere = randomUUID();
    const items = [row.id, second.id, third.id, nowhere].map((itemId) => ({ itemId, revision: 1 }));
    const answer = await bulk(items, { ownerId: mia.personId });
    expect(answer.changed).toEqual([
      { itemId: row.id, code: row.code, revision: 2 },
      { itemId: third.id, code: third.code, revision: 2 },
    ]);
    expect(answer.refused.map(({ code, reason }) => [code, reason])).toEqual([
      [second.code, "stale_item"],
      [null, "not_found"],
    ]);
    expect(await getItem(world.db, second.id)).toMatchObject({ ownerId: null, dueOn: "2026-01-01" });
    expect(await lastAudit()).toMatchObject({
      objectKind: "items",
      details: { changed: [row.code, third.code] },
    });
  });

  it("crossing another one leaves each row to one of them", async () => {
    const rows = await Promise.all(Array.from({ length: 10 }, () => add()));
    const items = rows.map(({ id }) => ({ itemId: id, revision: 1 }));
    const answers = await Promise.all([
      bulk(items, { dueOn: "2026-07-01" }),
      bulk(items.toReversed(), { dueOn: "2026-07-02" }),
    ]);
    expect(answers.map(({ changed }) => changed.length).toSorted((one, other) => one - other)).toEqual([
      0, 10,
    ]);
  });

  it("names a row twice and changes it once", async () => {
    const same = { itemId: row.id, revision: 1 };
    expect((await bulk([same, same], { dueOn: "2026-07-01" })).changed).toHaveLength(1);
  });

  it("refuses nothing to set, too many rows, a stranger's owner and who may not", async () => {
    const one = [{ itemId: row.id, revision: 1 }];
    await expect(bulk(one, {})).rejects.toThrow("Say what to set");
    const many = Array.from({ length: BULK_MAX + 1 }, () => ({ itemId: randomUUID(), revision: 1 }));
    await expect(bulk(many, { dueOn: null })).rejects.toThrow();
    await expect(bulk([], { dueOn: null })).rejects.toThrow();
    expect(await refusalOf(bulk(one, { ownerId: randomUUID() }))).toMatchObject({ reason: "no_such_owner" });
    expect(await refusalOf(bulk(one, { dueOn: null }, aurel))).toMatchObject({ code: "forbidden" });
    expect((await getItem(world.db, row.id)).revision).toBe(1);
  });
});

describe("views", () => {
  const save = (as: PersonActor, name: string, of: { query?: string; isShared?: boolean } = {}) =>
    saveView(world.ctx(as), { name, query: "kind=H", isShared: false, ...of });
  const names = async (as: PersonActor) =>
    (await listViews(world.ctx(as), {})).views.map(({ name, isMine }) => [name, isMine]);

  it("are mine, or shared by others; one of the same name is replaced", async () => {
    await save(olga, "Own");
    await save(olga, "Ours", { query: "owner=nobody", isShared: true });
    await save(olga, "Own", { query: "kind=V" });
    expect(await names(olga)).toEqual([
      ["Ours", true],
      ["Own", true],
    ]);
    expect(await names(aurel)).toEqual([["Ours", false]]);
    const { views } = await listViews(world.ctx(olga), {});
    expect(views.find(({ name }) => name === "Own")?.query).toBe("kind=V");
  });

  it("are taken away by their owner alone", async () => {
    const { viewId } = await save(mia, "Mia's", { isShared: true });
    expect(await refusalOf(removeView(world.ctx(olga), { viewId }))).toEqual({
      code: "not_found",
      reason: "not_found",
    });
    await removeView(world.ctx(mia), { viewId });
    expect(await refusalOf(removeView(world.ctx(mia), { viewId }))).toMatchObject({ code: "not_found" });
    expect(await world.db.$count(savedView, eq(savedView.id, viewId))).toBe(1);
    await save(mia, "Mia's");
  });

  it.each(["javascript:1 x", "a\nb", "\u00e4", "x".repeat(2001)])(
    "hold an address's query and nothing else: %j",
    async (query) => {
      await expect(save(olga, "Bad", { query })).rejects.toThrow();
    },
  );
});

describe("an export of a list", () => {
  const list = {
    filter: { ...NO_ITEM_FILTER, text: "calculator" },
    sort: "code",
    descending: false,
    group: null,
  } as const;
  const text = async (format: "csv" | "markdown") => {
    const ctx = world.ctx(aurel);
    const asked = await exportItems(ctx, { ...list, format });
    const pieces: string[] = [];
    for await (const piece of writeItems(ctx, asked)) pieces.push(piece);
    return pieces.join("");
  };

  it("holds what the list holds, and a title that would compute as text", async () => {
    const made = await add(`=cmd|' /C calculator'!A0`);
    const csv = await text("csv");
    expect(csv.startsWith('\uFEFF"Code","Kind"')).toBe(true);
    expect(csv).toContain(`"${made.code}","H","'=cmd|' /C calculator'!A0","open"`);
    expect(csv.trimEnd().split("\r\n")).toHaveLength(2);
    expect(await text("markdown")).toContain(`| ${made.code} | H | =cmd\\|' /C calculator'\\!A0 | open |`);
    expect(await lastAudit()).toMatchObject({ action: "register.export", outcome: "done" });
  });
});

it("codes lead to what they name, and to nothing that was taken out", async () => {
  const { items } = await resolveCodes(world.ctx(aurel), { codes: [row.code, "D-999", "'; --"] });
  expect(items.map(({ id }) => id)).toEqual([row.id]);
  expect((await resolveCodes(world.ctx(aurel), { codes: [] })).items).toEqual([]);
});
