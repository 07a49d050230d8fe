import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { and, eq, isNull } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { item, registerDocument } from "#db/schema/register.ts";
import { seedPeople } from "#server/services/person/seed.ts";
import { testDatabase, type TestDatabase } from "#server/testing/database.ts";
import { seedRegisters } from "./seed.ts";

const FOLDER = "runbooks/registers";
const EXAMPLE = readdirSync(FOLDER).map((name) => ({
  path: `docs/${name}`,
  text: readFileSync(join(FOLDER, name), "utf8"),
}));
const NOW = new Date("2027-04-02T08:00:00.000Z");

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.close());

describe("the example registers", () => {
  it("come in once, beside the demonstration people, and show everything alive", async () => {
    const { db } = database;
    expect(await seedRegisters(db, () => NOW, EXAMPLE)).toBe(false);
    await seedPeople(db, () => NOW);
    expect(await seedRegisters(db, () => NOW, EXAMPLE)).toBe(true);
    expect(await seedRegisters(db, () => NOW, EXAMPLE)).toBe(false);
    const kinds = await db.selectDistinct({ kind: registerDocument.kind }).from(registerDocument);
    expect(kinds.map(({ kind }) => kind).sort()).toEqual([
      "changelog",
      "decisions",
      "docfix",
      "handoff",
      "security_ledger",
      "session_index",
      "session_ledger",
    ]);
    const rows = await db.select().from(item).where(isNull(item.removedAt));
    const has = (part: Partial<typeof item.$inferSelect>) =>
      rows.some((row) => Object.entries(part).every(([key, value]) => Reflect.get(row, key) === value));
    expect(has({ kind: "R", state: "open" })).toBe(true);
    expect(has({ kind: "decision", state: "proposed" })).toBe(true);
    expect(has({ kind: "V", state: "stale" })).toBe(true);
    expect(has({ kind: "V", state: "retired" })).toBe(true);
    expect(rows.some(({ trigger }) => trigger?.kind === "date")).toBe(true);
    expect(rows.some(({ dueOn }) => dueOn !== null && dueOn < "2027-04-02")).toBe(true);
    expect(rows.some(({ ownerId, kind }) => ownerId === null && kind === "H")).toBe(true);
    expect(rows.some(({ mustDifferFrom }) => mustDifferFrom !== null)).toBe(true);
    // Days are counted from the first start, and none is left to be counted.
    expect(JSON.stringify(rows.map(({ content }) => content))).not.toContain("{{");
    const [session] = await db
      .select()
      .from(item)
      .where(and(eq(item.kind, "session"), eq(item.code, "ops-restore-drill")));
    expect(session?.content).toMatchObject({ session: { date: "2027-04-01" } });
  });
});
