import { inspect } from "node:util";
import { afterAll, beforeAll, expect, it } from "vitest";
import { eq } from "drizzle-orm";
import { person } from "#db/schema/person.ts";
import { connect } from "#db/client.ts";
import { testDatabase, type TestDatabase } from "#server/testing/database.ts";
import { databaseRefusal, loggable } from "./database-refusal.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.close());

const CANARY = "canary-4711@x.org";

function insertPerson(id: string) {
  const row = { id, email: CANARY, name: "Ada", createdAt: new Date() };
  return database.db.insert(person).values(row);
}

it("keeps statement, parameters and row out of what a log gets to see", async () => {
  await insertPerson("0190b0a0-0000-7000-8000-000000000001");
  const collision = await insertPerson("0190b0a0-0000-7000-8000-000000000002").catch(
    (error: unknown) => error,
  );
  expect(inspect(collision, { depth: 9 })).toContain(CANARY);
  const refusal = databaseRefusal(collision);
  expect(refusal?.code).toBe("conflict");
  expect(inspect(refusal, { depth: 9 })).not.toContain(CANARY);
  expect(inspect(refusal, { depth: 9 })).toContain("23505");
  expect(inspect(loggable(collision), { depth: 9 })).not.toMatch(/insert into|canary/);
});

it("says that a database which is away does not answer", async () => {
  const away = connect("postgres://a:b@127.0.0.1:1/c", { max: 1 });
  const lost = await away.db
    .select()
    .from(person)
    .where(eq(person.email, CANARY))
    .catch((error: unknown) => error);
  await away.close();
  expect(databaseRefusal(lost)).toMatchObject({ code: "unavailable", details: { reason: "database_away" } });
  expect(inspect(databaseRefusal(lost), { depth: 9 })).not.toContain(CANARY);
});

it("leaves other errors as they are", () => {
  const own = new TypeError("x is not a function");
  expect(databaseRefusal(own)).toBeNull();
  expect(loggable(own)).toBe(own);
});
