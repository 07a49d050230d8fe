import { randomUUID } from "node:crypto";
import { and, eq } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { item, itemEvent, itemLink, registerDocument } from "#db/schema/register.ts";
import { readRegisterText } from "#server/domain/register/read.ts";
import { type DocumentRecord, recordsIn } from "#server/domain/register/records.ts";
import { testDatabase, type TestDatabase } from "#server/testing/database.ts";
import { addPerson } from "#server/testing/people.ts";
import { FIXTURES, readFixture } from "#server/testing/register-fixtures.ts";
import { insertItems } from "./insert-items.ts";

const AT = new Date("2026-09-18T10:00:00.000Z");
let database: TestDatabase;
let personId: string;
let ownerId: string;

beforeAll(async () => {
  database = await testDatabase();
  ({ id: personId } = await addPerson(database.db, { name: "Olga", roles: ["operator"] }));
  ({ id: ownerId } = await addPerson(database.db, { name: "Mara Manager", roles: ["manager"] }));
});
afterAll(() => database.close());

const recordsOf = (text: string) => readRegisterText(text, null).documents.flatMap(recordsIn);

/** Enters records under a document of their own; answers its id. */
async function enter(path: string, records: readonly DocumentRecord[]): Promise<string> {
  const documentId = randomUUID();
  await database.db.transaction(async (tx) => {
    await tx
      .insert(registerDocument)
      .values({ id: documentId, path, kind: "handoff", createdBy: personId, createdAt: AT });
    await insertItems(tx, records, { documentId, act: "imported", personId, at: AT });
  });
  return documentId;
}

describe("items of a document", () => {
  it.each(FIXTURES)("of %s come in whole, each with its first event", async (name) => {
    const records = recordsOf(readFixture(name));
    const documentId = await enter(name, records);
    const rows = await database.db
      .select()
      .from(item)
      .where(eq(item.documentId, documentId))
      .orderBy(item.position);
    expect(rows.map(({ code, content, state }) => ({ code, content, state }))).toEqual(
      records.map(({ code, content, state }) => ({ code, content: structuredClone(content), state })),
    );
    const events = await database.db
      .select({ act: itemEvent.act, revision: itemEvent.revision, by: itemEvent.personId })
      .from(itemEvent)
      .innerJoin(item, eq(item.id, itemEvent.itemId))
      .where(eq(item.documentId, documentId));
    expect(events).toEqual(records.map(() => ({ act: "imported", revision: 1, by: personId })));
  });

  it("get the owner that they name, and no other", async () => {
    const text = `| ID | Owner |\n| --- | --- |\n| SEC-001 | mara manager |\n| SEC-002 | Mara |\n| SEC-003 | - |\n`;
    const documentId = await enter("owners.md", recordsOf(text));
    const rows = await database.db
      .select()
      .from(item)
      .where(eq(item.documentId, documentId))
      .orderBy(item.code);
    expect(rows.map((row) => row.ownerId)).toEqual([ownerId, null, null]);
  });

  it("are tied to what they name, now or when it comes", async () => {
    const first = await enter(
      "one.md",
      recordsOf("# Handoff\n\n## 1. a\n\nH-901 -- a\n  needs D-901 first.\n"),
    );
    const [link] = await linksOf(first);
    expect(link).toMatchObject({ kind: "blocked_by", toCode: "D-901", toItemId: null, state: "proposed" });
    await enter("two.md", recordsOf("## D-901: t\n\n**Status:** ADOPTED\n"));
    expect((await linksOf(first))[0]?.toItemId).not.toBeNull();
    // Of two that are called so, none is meant.
    await enter("three.md", recordsOf("## D-902: t\n\n**Status:** ADOPTED\n"));
    await enter("four.md", recordsOf("## D-902: t\n\n**Status:** ADOPTED\n"));
    const last = await enter(
      "five.md",
      recordsOf("# Handoff\n\n## 1. a\n\nH-902 -- a\n  needs D-902 first.\n"),
    );
    expect((await linksOf(last))[0]?.toItemId).toBeNull();
  });

  it("of one key come in once, or nothing does", async () => {
    const [record] = recordsOf("# Handoff\n\n## 1. a\n\nH-1 -- a\n");
    if (record === undefined) throw new Error("not read");
    await expect(enter("twice.md", [record, record])).rejects.toThrow();
    expect(await database.db.$count(registerDocument, eq(registerDocument.path, "twice.md"))).toBe(0);
  });

  it("thousands come in at once", async () => {
    const [record] = recordsOf(readFixture("handoff.md"));
    if (record === undefined) throw new Error("not read");
    const many = Array.from({ length: 10_000 }, (_, at) => ({
      ...record,
      key: `H-${at}`,
      code: `H-${at}`,
      position: at + 1,
    }));
    const documentId = await enter("many.md", many);
    expect(await database.db.$count(item, and(eq(item.documentId, documentId), eq(item.state, "open")))).toBe(
      10_000,
    );
  });
});

function linksOf(documentId: string) {
  return database.db
    .select({
      kind: itemLink.kind,
      toCode: itemLink.toCode,
      toItemId: itemLink.toItemId,
      state: itemLink.state,
    })
    .from(itemLink)
    .innerJoin(item, eq(item.id, itemLink.itemId))
    .where(eq(item.documentId, documentId));
}
