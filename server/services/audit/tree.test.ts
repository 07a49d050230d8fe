import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { asc, eq } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { connect, type Connection } from "#db/client.ts";
import { auditEntry, auditHead, auditNode } from "#db/schema/audit.ts";
import { verifyConsistency, verifyInclusion } from "#server/domain/audit/merkle.ts";
import { testDatabase, type TestDatabase } from "#server/testing/database.ts";
import { appendAudit } from "./append.ts";
import { readConsistencyProof, readInclusionProof, readRoot } from "./tree.ts";

let database: TestDatabase;
let owner: Connection;
beforeAll(async () => {
  database = await testDatabase();
  owner = connect(database.ownerUrl, { max: 1 });
});
afterAll(async () => {
  await owner.close();
  await database.close();
});

const append = (db = database.db, at = new Date()) =>
  db.transaction((tx) =>
    appendAudit(tx, {
      actor: { kind: "system", name: "runner" },
      at,
      action: "test.event",
      outcome: "done",
      objectKind: "test",
      objectId: "x",
      details: { text: "a\n\u2028\u0001{}" },
    }),
  );

async function appendMany(count: number): Promise<void> {
  for (let n = 0; n < count; n += 1) await append();
}

async function head() {
  const [row] = await database.db.select().from(auditHead);
  if (!row) throw new Error("There is no head.");
  return row;
}

describe("the tree in the database", () => {
  it("proves every entry and every beginning at every size", async () => {
    expect(await readRoot(database.db, 0)).toMatch(/^e3b0c442/);
    await appendMany(21);
    const entries = await database.db.select().from(auditEntry).orderBy(asc(auditEntry.seq));
    const size = entries.length;
    const root = await readRoot(database.db, size);
    for (const { seq, hash } of entries) {
      const proof = await readInclusionProof(database.db, { seq, size });
      expect(verifyInclusion({ leaf: hash, index: seq - 1, size, root }, proof)).toBe(true);
      const consistency = await readConsistencyProof(database.db, { first: seq, second: size });
      const first = { size: seq, root: await readRoot(database.db, seq) };
      expect(verifyConsistency(first, { size, root }, consistency)).toBe(true);
    }
    expect(await readConsistencyProof(database.db, { first: 0, second: size })).toEqual([]);
    await expect(readInclusionProof(database.db, { seq: size + 1, size })).rejects.toThrow();
    await expect(readConsistencyProof(database.db, { first: size + 1, second: size })).rejects.toThrow();
    await expect(readRoot(database.db, size + 1)).rejects.toThrow();
  });

  it("stays one chain under writers on three connections at once", async () => {
    const before = await head();
    const writers = [1, 2, 3].map(() => connect(database.appUrl, { max: 2 }));
    try {
      await Promise.all(writers.flatMap(({ db }) => Array.from({ length: 20 }, () => append(db))));
    } finally {
      await Promise.all(writers.map((writer) => writer.close()));
    }
    const after = await head();
    expect(after.seq).toBe(before.seq + 60);
    const rows = await database.db
      .select({ seq: auditEntry.seq })
      .from(auditEntry)
      .orderBy(asc(auditEntry.seq));
    expect(rows.map(({ seq }) => seq)).toEqual(rows.map((_row, at) => at + 1));
    const proof = await readConsistencyProof(database.db, { first: before.seq, second: after.seq });
    const first = { size: before.seq, root: await readRoot(database.db, before.seq) };
    const second = { size: after.seq, root: await readRoot(database.db, after.seq) };
    expect(verifyConsistency(first, second, proof)).toBe(true);
  });

  it("refuses an entry under a number that is taken: the act fails with it", async () => {
    const { seq } = await head();
    const [newest] = await database.db.select().from(auditEntry).where(eq(auditEntry.seq, seq));
    if (!newest) throw new Error("There is no entry.");
    await expect(database.db.insert(auditEntry).values(newest)).rejects.toThrow();
    // Somebody with the right to insert takes the next number: no act goes through, and none is lost in silence.
    await database.db.insert(auditEntry).values({ ...newest, seq: seq + 1 });
    await expect(append()).rejects.toThrow();
    expect((await head()).seq).toBe(seq);
    await owner.sql`delete from audit_entry where seq = ${seq + 1}`;
  });

  it("is made over a log of an earlier version by the migration, to the same nodes", async () => {
    for (const more of [0, 1, 5]) {
      await appendMany(more);
      const { seq, frontier } = await head();
      const nodes = await database.db.select().from(auditNode).orderBy(auditNode.level, auditNode.index);
      await owner.sql`delete from audit_node`;
      await owner.sql`update audit_head set frontier = '[]'`;
      await owner.sql.unsafe(backfill());
      expect(await head()).toMatchObject({ seq, frontier });
      expect(await database.db.select().from(auditNode).orderBy(auditNode.level, auditNode.index)).toEqual(
        nodes,
      );
    }
  });
});

/** The statement of the migration that makes the tree. */
function backfill(): string {
  const folder = "db/migrations";
  const statements = readdirSync(folder)
    .filter((name) => name.endsWith(".sql"))
    .flatMap((name) => readFileSync(join(folder, name), "utf8").split("--> statement-breakpoint"));
  const statement = statements.find((text) => text.includes("do $$") && text.includes("audit_node"));
  if (statement === undefined) throw new Error("No migration makes the tree.");
  return statement;
}

// AU1: what the application's role may not do to the log, each statement tried.
describe("the application's role", () => {
  const TABLES = [
    "audit_entry",
    "audit_node",
    "signed_head",
    "installation_key",
    "head_delivery",
    "signing_answer",
  ];
  it.each(
    TABLES.flatMap((table) => {
      const name = table.startsWith("audit_") ? "hash" : "at";
      return [
        `update ${table} set ${name} = ${name}`,
        `delete from ${table}`,
        `truncate ${table}`,
        `truncate ${table} cascade`,
        `merge into ${table} t using (select 1) s on true when matched then delete`,
        `create rule r as on insert to ${table} do instead nothing`,
        `create trigger t before insert on ${table} for each row execute function announce_change()`,
        `alter table ${table} disable trigger all`,
        `alter table ${table} add column extra text`,
        `alter table ${table} owner to current_user`,
        `drop table ${table} cascade`,
        `lock table ${table} in access exclusive mode`,
        `create index on ${table} (${name})`,
      ];
    }),
  )("is refused: %s", async (statement) => {
    await expect(refusalOf(statement)).resolves.toMatch(/permission denied|must be owner|must be able/);
  });

  it.each([
    "insert into audit_entry select * from audit_entry where seq = 1 on conflict (seq) do update set hash = 'x'",
    "update audit_head set id = 2",
    "delete from audit_head",
    "truncate audit_head",
    "set session_replication_role = replica",
    "create table mine (id int)",
    "create schema mine",
    "alter role current_user superuser",
    "create role other",
    "alter database current_database set x = 1",
  ])("is refused: %s", async (statement) => {
    await expect(refusalOf(statement)).resolves.not.toBe("done");
  });

  it("may not become the owner", async () => {
    const [row] = await owner.sql<{ name: string }[]>`select current_user as name`;
    await expect(refusalOf(`set role "${row?.name ?? ""}"`)).resolves.toContain("permission denied");
  });

  async function refusalOf(statement: string): Promise<string> {
    try {
      await database.sql.begin(async (sql) => {
        await sql.unsafe(statement);
        throw new Error("done");
      });
      return "done";
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }
});
