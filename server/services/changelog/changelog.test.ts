import { eq } from "drizzle-orm";
import { afterAll, beforeAll, expect, it } from "vitest";
import { connect, type Connection } from "#db/client.ts";
import { item } from "#db/schema/register.ts";
import type { PersonActor } from "#server/domain/policy/decide.ts";
import { getItem } from "#server/testing/items.ts";
import { FIRST_STAGE, type JobWorld, openJobWorld } from "#server/testing/jobs.ts";
import { refusalOf } from "#server/testing/refusal.ts";
import { openRegister } from "#server/testing/register-acts.ts";
import { readItemActs } from "../item-move/read.ts";
import { addChange } from "./add.ts";

let world: JobWorld;
let wide: Connection;
let olga: PersonActor;

beforeAll(async () => {
  world = await openJobWorld();
  wide = connect(world.database.appUrl, { max: 8 });
  olga = await world.person("Olga", "operator");
});
afterAll(async () => {
  await wide.close();
  await world.close();
});

const WORDS = {
  documentId: null,
  what: "The broker reads its copy once",
  idText: "DOCFIX-070",
  files: "broker/config.py",
  why: "It was read\nfor every request.",
  revert: "git revert, then restart the broker",
  itemIds: [],
  jobs: [],
};
const add = (of: object = {}, db = world.db) => addChange(world.ctx(olga, db), { ...WORDS, ...of });

it("an entry has the next number, its parts, and ties the items that it is the change of", async () => {
  const register = await openRegister(world, olga.personId);
  const row = await register.file({ kind: "H" });
  const past = await world.pastJob(
    { tenantId: await world.tenant(olga), requestedBy: olga, stageKey: FIRST_STAGE },
    "succeeded",
  );
  const first = await add({ itemIds: [row.id], jobs: [past.number] });
  expect(first).toMatchObject({ code: "DOCFIX-070", number: 1 });
  const { content, kind } = await getItem(world.db, first.itemId);
  expect(kind).toBe("change");
  if (content.kind !== "change") throw new Error("no entry");
  expect(content.entry.fields).toEqual([
    { label: "FILE", text: "broker/config.py" },
    { label: "WHY", text: "It was read\nfor every request." },
    { label: "REVERT", text: "git revert, then restart the broker" },
    { label: "JOBS", text: String(past.number) },
  ]);
  const { links } = await readItemActs(world.ctx(olga), { itemId: row.id });
  expect(links.forth).toMatchObject([{ code: "DOCFIX-070", says: "is changed by", linkState: "confirmed" }]);
});

it("many at once have numbers without a gap", async () => {
  const made = await Promise.all(Array.from({ length: 8 }, () => add({}, wide.db)));
  const numbers = made.map(({ number }) => number).sort((a, b) => a - b);
  expect(numbers.map((number, at) => number - at)).toEqual(Array(8).fill(numbers[0]));
});

it("an entry need not be about a number of any series", async () => {
  const { itemId } = await add({ idText: "" });
  const { content } = await getItem(world.db, itemId);
  expect(content).toMatchObject({ kind: "change", entry: { idText: "", title: WORDS.what } });
});

it.each<[string, object]>([
  ["no revert", { revert: " " }],
  ["no reason", { why: "" }],
  ["no files", { files: "" }],
  ["nothing that was changed", { what: "" }],
  ["a number that is none", { idText: "DOCFIX-070 -- x\nREVERT: y" }],
])("with %s is not an entry", async (_what, of) => {
  const before = await world.db.select({ id: item.id }).from(item).where(eq(item.kind, "change"));
  await expect(add(of)).rejects.toThrow();
  expect(await world.db.select({ id: item.id }).from(item).where(eq(item.kind, "change"))).toHaveLength(
    before.length,
  );
});

it.each<[string, object, string]>([
  ["another part within a part", { why: "Because\nREVERT: none" }, "not_writable"],
  ["a block that never ends", { why: "Because\n```\nx" }, "not_writable"],
  ["a job that is not there", { jobs: [999_999] }, "unknown_job"],
  ["an item that is not there", { itemIds: ["2f3a4c1e-0b5d-4a55-9a3c-1f2e3d4c5b6a"] }, "not_found"],
  ["a changelog that is not there", { documentId: "2f3a4c1e-0b5d-4a55-9a3c-1f2e3d4c5b6a" }, "not_found"],
])("with %s is refused, and nothing is added", async (_what, of, reason) => {
  const before = await world.db.select({ id: item.id }).from(item).where(eq(item.kind, "change"));
  expect(await refusalOf(add(of))).toMatchObject({ reason });
  expect(await world.db.select({ id: item.id }).from(item).where(eq(item.kind, "change"))).toHaveLength(
    before.length,
  );
});
