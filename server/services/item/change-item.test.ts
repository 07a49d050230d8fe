import { asc, eq } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { connect, type Connection } from "#db/client.ts";
import { itemEvent } from "#db/schema/register.ts";
import { DomainError } from "#server/domain/error/domain-error.ts";
import type { PersonActor } from "#server/domain/policy/decide.ts";
import { addDocument, addItem, getItem, openItem, type StoredItem } from "#server/testing/items.ts";
import { type JobWorld, openJobWorld } from "#server/testing/jobs.ts";
import { refusalOf, tally } from "#server/testing/refusal.ts";
import { changeItem, type ItemChange, lockItem } from "./change-item.ts";

let world: JobWorld;
let wide: Connection;
let olga: PersonActor;
let documentId: string;
let row: StoredItem;
let count = 0;

beforeAll(async () => {
  world = await openJobWorld();
  wide = connect(world.database.appUrl, { max: 16 });
  olga = await world.person("Olga", "operator");
  documentId = await addDocument(world.db, "docs/handoff.md", { personId: olga.personId, at: world.now });
});
afterAll(async () => {
  await wide.close();
  await world.close();
});
beforeEach(async () => {
  count += 1;
  const code = `H-${count}`;
  const content = openItem(code, "H", "Broker copies");
  row = await addItem(world.db, {
    documentId,
    code,
    kind: "H",
    content,
    personId: olga.personId,
    at: world.now,
    position: count,
  });
});

type Change = Pick<ItemChange, "set"> & Partial<ItemChange>;

const change = (of: Change) =>
  wide.db.transaction(async (tx) =>
    changeItem(tx, await lockItem(tx, row.id), {
      act: "edited",
      seen: null,
      personId: olga.personId,
      at: world.now,
      ...of,
    }),
  );

const eventsOf = (itemId: string) =>
  world.db.select().from(itemEvent).where(eq(itemEvent.itemId, itemId)).orderBy(asc(itemEvent.revision));

async function staleOf(act: Promise<unknown>) {
  const error = await act.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof DomainError)) throw new Error("It was expected to be refused.");
  expect({ code: error.code, reason: error.details.reason }).toEqual({
    code: "conflict",
    reason: "stale_item",
  });
  return error.details.facts;
}

describe("a change", () => {
  it("raises the revision by one and writes one event with what was and what is", async () => {
    world.advance(60_000);
    const changed = await change({
      set: { dueOn: "2026-04-01", ownerId: olga.personId },
      seen: 1,
      reason: "Mine",
    });
    expect(changed).toMatchObject({ revision: 2, dueOn: "2026-04-01", ownerId: olga.personId });
    expect(changed.changedAt).toEqual(world.now);
    const [, second, ...more] = await eventsOf(row.id);
    expect(more).toEqual([]);
    expect(second).toEqual({
      itemId: row.id,
      revision: 2,
      act: "edited",
      changes: { dueOn: { from: null, to: "2026-04-01" }, ownerId: { from: null, to: olga.personId } },
      reason: "Mine",
      personId: olga.personId,
      at: world.now,
    });
  });

  it("has one event for every revision, without a gap", async () => {
    for (const dueOn of ["2026-04-01", "2026-04-02", null]) await change({ set: { dueOn } });
    expect((await eventsOf(row.id)).map(({ revision }) => revision)).toEqual([1, 2, 3, 4]);
    expect((await getItem(world.db, row.id)).revision).toBe(4);
  });

  it("that changes nothing writes nothing", async () => {
    const same = await change({ set: { dueOn: null, state: "open", content: row.content } });
    expect(same.revision).toBe(1);
    expect(await eventsOf(row.id)).toHaveLength(1);
  });

  it("of the content changes title, words, cited identifiers and what a search finds", async () => {
    const content = openItem(row.code, "H", "Something about zebras");
    const changed = await change({ set: { content } });
    expect(changed.title).toBe("Something about zebras");
    expect(changed.words).toContain("Write it down once.");
    expect(changed.refs).toEqual(["D-064"]);
    expect(changed.search).toContain("zebras");
    const [, event] = await eventsOf(row.id);
    expect(Object.keys(event?.changes ?? {}).sort()).toEqual(["content", "title"]);
  });

  it("to a state with nothing left to do closes, and one back opens again", async () => {
    const done = await change({ set: { state: "done" }, act: "moved" });
    expect(done.closedAt).toEqual(world.now);
    world.advance(1000);
    expect((await change({ set: { state: "dropped" } })).closedAt).toEqual(done.closedAt);
    expect((await change({ set: { state: "open" } })).closedAt).toBeNull();
  });

  it("of something that is no column stands in the history as well", async () => {
    const changed = await change({
      set: {},
      act: "ticked",
      also: { "it is written": { from: false, to: true } },
    });
    expect(changed.revision).toBe(2);
    const [, event] = await eventsOf(row.id);
    expect(event).toMatchObject({ act: "ticked", changes: { "it is written": { from: false, to: true } } });
  });

  it("is taken back with its event when what comes after it fails", async () => {
    const act = wide.db.transaction(async (tx) => {
      const locked = await lockItem(tx, row.id);
      await changeItem(tx, locked, {
        act: "edited",
        set: { dueOn: "2026-05-01" },
        seen: 1,
        personId: null,
        at: world.now,
      });
      throw new Error("later");
    });
    await expect(act).rejects.toThrow("later");
    expect((await getItem(world.db, row.id)).dueOn).toBeNull();
    expect(await eventsOf(row.id)).toHaveLength(1);
  });
});

describe("a change on an older revision", () => {
  it("is refused with the fields that differ, as they were and as they are", async () => {
    await change({ set: { dueOn: "2026-04-01" }, seen: 1 });
    await change({ set: { dueOn: "2026-04-09", ownerId: olga.personId }, seen: 2 });
    const facts = await staleOf(change({ set: { state: "done" }, seen: 1 }));
    expect(facts).toEqual({
      itemId: row.id,
      code: row.code,
      seen: 1,
      revision: 3,
      fields: [
        { field: "dueOn", base: null, theirs: "2026-04-09" },
        { field: "ownerId", base: null, theirs: olga.personId },
      ],
    });
    expect(await getItem(world.db, row.id)).toMatchObject({ revision: 3, state: "open" });
  });

  it("is refused too where the others changed other fields, or changed back", async () => {
    await change({ set: { dueOn: "2026-04-01" }, seen: 1 });
    await change({ set: { dueOn: null }, seen: 2 });
    expect(await staleOf(change({ set: { state: "done" }, seen: 1 }))).toMatchObject({
      revision: 3,
      fields: [],
    });
  });

  it.each([0, 2, 99])("or on one that never was, %i, is refused", async (seen) => {
    await staleOf(change({ set: { dueOn: "2026-04-01" }, seen }));
  });

  it("tells what the fields were at that revision, not before", async () => {
    await change({ set: { dueOn: "2026-04-01" }, seen: 1 });
    await change({ set: { dueOn: "2026-04-09" }, seen: 2 });
    const facts = await staleOf(change({ set: { dueOn: null }, seen: 2 }));
    expect(facts).toMatchObject({ fields: [{ field: "dueOn", base: "2026-04-01", theirs: "2026-04-09" }] });
  });
});

describe("two who write at the same moment", () => {
  it("one wins, and all others are told", async () => {
    const days = Array.from({ length: 12 }, (_, day) => `2026-06-${String(day + 1).padStart(2, "0")}`);
    const results = await Promise.allSettled(days.map((dueOn) => change({ set: { dueOn }, seen: 1 })));
    expect(tally(results)).toEqual({ done: 1, refused: Array<string>(11).fill("stale_item") });
    expect((await getItem(world.db, row.id)).revision).toBe(2);
    expect(await eventsOf(row.id)).toHaveLength(2);
  });

  it("lose nothing where time writes, which sees no revision", async () => {
    const days = Array.from({ length: 8 }, (_, day) => `2026-07-0${day + 1}`);
    await Promise.all(days.map((dueOn) => change({ set: { dueOn }, act: "fired", personId: null })));
    expect((await eventsOf(row.id)).map(({ revision }) => revision)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  it("without the lock are held apart by the revision in the WHERE", async () => {
    const stale = { ...row };
    await change({ set: { dueOn: "2026-04-01" } });
    const act = wide.db.transaction((tx) =>
      changeItem(tx, stale, {
        act: "edited",
        set: { dueOn: null, state: "done" },
        seen: null,
        personId: null,
        at: world.now,
      }),
    );
    expect(await refusalOf(act)).toEqual({ code: "conflict", reason: "moved_on" });
  });
});

it("an item that was taken out of its register is not found", async () => {
  await change({ set: { removedAt: world.now }, act: "removed" });
  expect(await refusalOf(change({ set: { dueOn: "2026-04-01" } }))).toEqual({
    code: "not_found",
    reason: "not_found",
  });
});
