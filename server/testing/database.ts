import { randomBytes } from "node:crypto";
import { inject } from "vitest";
import { connect, type Connection } from "#db/client.ts";
import { onDatabase } from "./database-url.ts";

export interface TestDatabase extends Connection {
  /** Address for the application role, as web and runner use it. `db` and `sql` are connected with it. */
  appUrl: string;
  /** Address for the owner of the tables, for what the application may not do. */
  ownerUrl: string;
  /** Ends the connections and drops the database. */
  close(): Promise<void>;
}

/** A fresh migrated database of its own for one test file. */
export async function testDatabase(): Promise<TestDatabase> {
  const template = inject("template");
  const name = `countersign_test_${randomBytes(6).toString("hex")}`;
  await administer(template.ownerUrl, async (sql) => {
    const source = new URL(template.ownerUrl).pathname.slice(1);
    await sql`create database ${sql(name)} template ${sql(source)} strategy file_copy`;
  });
  const appUrl = onDatabase(template.appUrl, name);
  const ownerUrl = onDatabase(template.ownerUrl, name);
  const connection = connect(appUrl);
  return {
    ...connection,
    appUrl,
    ownerUrl,
    close: async () => {
      await connection.close();
      await administer(template.ownerUrl, (sql) => sql`drop database ${sql(name)} with (force)`);
    },
  };
}

/** Runs a statement from outside the template: nobody may be connected to it while it is cloned. */
async function administer(
  templateUrl: string,
  run: (sql: Connection["sql"]) => PromiseLike<unknown>,
): Promise<void> {
  const admin = connect(onDatabase(templateUrl, "postgres"), { max: 1 });
  try {
    await run(admin.sql);
  } finally {
    await admin.close();
  }
}
