import { afterAll, beforeAll, expect, it } from "vitest";
import { connect } from "#db/client.ts";
import { testDatabase, type TestDatabase } from "./database.ts";

let first: TestDatabase;
let second: TestDatabase;

beforeAll(async () => {
  [first, second] = await Promise.all([testDatabase(), testDatabase()]);
});

afterAll(async () => {
  await Promise.all([first.close(), second.close()]);
});

it("connects as the application role, which owns nothing", async () => {
  const [who] = await first.sql`select current_user as role`;
  expect(who?.["role"]).toBe("countersign_test_app");
  await expect(first.sql`create table public.mine (id int)`).rejects.toThrow(/permission denied/);
});

it("gives each caller a database of its own with the same tables", async () => {
  const owner = connect(first.ownerUrl, { max: 1 });
  await owner.sql`create table public.only_here (id int)`;
  await owner.close();
  const has = async (database: TestDatabase) =>
    (await database.sql`select 1 from pg_tables where schemaname = 'public' and tablename = 'only_here'`)
      .length;
  expect([await has(first), await has(second)]).toEqual([1, 0]);
  const tables = await second.sql`select 1 from pg_tables where schemaname = 'public'`;
  expect(tables.length).toBeGreaterThan(5);
});
