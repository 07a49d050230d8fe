import { randomBytes } from "node:crypto";
import { resolve } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { testDatabase, type TestDatabase } from "#server/testing/database.ts";
import { connect, type Connection } from "./client.ts";
import { assertGrants, migrate } from "./migrate.ts";

let database: TestDatabase;
let owner: Connection;
let app: string;

beforeAll(async () => {
  database = await testDatabase();
  owner = connect(database.ownerUrl, { max: 1 });
  const [who] = await database.sql<{ name: string }[]>`select current_user as name`;
  app = who?.name ?? "";
});
afterAll(async () => {
  await owner.close();
  await database.close();
});

describe("the check before anything starts", () => {
  afterEach(() => migrate(database.ownerUrl, app, resolve("db/migrations")));

  it("accepts the role as the migration leaves it", async () => {
    await expect(assertGrants(database.appUrl)).resolves.toBeUndefined();
  });

  it("refuses the owner of the tables", async () => {
    await expect(assertGrants(database.ownerUrl)).rejects.toThrow(/too powerful.*Nothing was started/);
  });

  it.each([
    ["update on audit_entry", "UPDATE on audit_entry."],
    ["update (hash) on audit_entry", "UPDATE on audit_entry.hash"],
    ["delete on approval", "DELETE on approval"],
    ["truncate on journal_entry", "TRUNCATE on journal_entry"],
    ["update (plan) on job", "UPDATE on job.plan"],
    ["update (requested_by) on job", "UPDATE on job.requested_by"],
    ["delete on job", "DELETE on job"],
    ["trigger on audit_entry", "TRIGGER on audit_entry"],
    ["references on person", "REFERENCES on person"],
    ["update (role) on role_grant", "UPDATE on role_grant.role"],
    ["all on all tables in schema public", "DELETE on approval"],
  ])("refuses a role with %s, by name", async (right, named) => {
    await owner.sql.unsafe(`grant ${right} to ${app}`);
    await expect(assertGrants(database.appUrl)).rejects.toThrow(named);
  });

  it("refuses a role that got a right through another", async () => {
    const role = `extra_${randomBytes(4).toString("hex")}`;
    await owner.sql.unsafe(
      `create role ${role}; grant delete on approval to ${role}; grant ${role} to ${app}`,
    );
    try {
      await expect(assertGrants(database.appUrl)).rejects.toThrow("DELETE on approval");
    } finally {
      await owner.sql.unsafe(`revoke all on approval from ${role}; drop role ${role}`);
    }
  });

  it("refuses a role that may make tables", async () => {
    await owner.sql.unsafe(`grant create on schema public to ${app}`);
    try {
      await expect(assertGrants(database.appUrl)).rejects.toThrow("may make tables");
    } finally {
      await owner.sql.unsafe(`revoke create on schema public from ${app}`);
    }
  });
});

describe("the migration", () => {
  it("runs again without a change, and from several hosts at once", async () => {
    const run = () => migrate(database.ownerUrl, app, resolve("db/migrations"));
    await Promise.all([run(), run(), run()]);
    await expect(assertGrants(database.appUrl)).resolves.toBeUndefined();
  });

  it("refuses the tables of a newer version, and leaves them as they are", async () => {
    const run = () => migrate(database.ownerUrl, app, resolve("db/migrations"));
    await owner.sql`
      insert into drizzle.__drizzle_migrations (hash, created_at) values ('of-a-newer-version', 4102444800000)`;
    await owner.sql.unsafe(`revoke insert on cloud from ${app}`);
    const granted = () => owner.sql`select has_table_privilege(${app}, 'cloud', 'INSERT') as may`;
    try {
      await expect(run()).rejects.toThrow(/a change of a newer version.*Nothing was started or changed/);
      expect(await granted()).toEqual([{ may: false }]);
    } finally {
      await owner.sql`delete from drizzle.__drizzle_migrations where hash = 'of-a-newer-version'`;
    }
    await run();
    expect(await granted()).toEqual([{ may: true }]);
  });
});
