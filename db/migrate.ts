import { readFileSync } from "node:fs";
import { join } from "node:path";
import { drizzle } from "drizzle-orm/postgres-js";
import { migrate as applyMigrations } from "drizzle-orm/postgres-js/migrator";
import type postgres from "postgres";
import * as z from "zod";
import { connect } from "./client.ts";
import { applyGrants, assertGrants as assertRoleGrants } from "./grants.ts";

/** One migrator at a time, whatever the number of hosts: the id of an advisory lock. */
const MIGRATION_LOCK = 7_203_441;

const journalSchema = z.object({ entries: z.array(z.object({ when: z.number() })) });

/** The tables are of a version that this one does not know; the message is a sentence for whoever started it. */
export class SchemaError extends Error {
  override readonly name = "SchemaError";
}

/**
 * Brings the schema up to date as its owner and gives `appRole` its rights. `folder` holds the generated migrations.
 * Throws SchemaError, and leaves everything as it was, when a newer version has been here.
 */
export async function migrate(ownerUrl: string, appRole: string, folder: string): Promise<void> {
  const connection = connect(ownerUrl, { max: 1 });
  try {
    await connection.sql`select pg_advisory_lock(${MIGRATION_LOCK})`;
    await connection.sql`set statement_timeout = 0`;
    await requireKnown(connection.sql, folder);
    await applyMigrations(drizzle(connection.sql), { migrationsFolder: folder });
    await applyGrants(connection.sql, appRole);
  } finally {
    await connection.close();
  }
}

/** An older version that ran on newer tables would write what the newer one takes for something else. */
async function requireKnown(sql: postgres.Sql, folder: string): Promise<void> {
  const [table] = await sql<{ isThere: boolean }[]>`
    select to_regclass('drizzle.__drizzle_migrations') is not null as "isThere"`;
  if (table?.isThere !== true) return;
  const { entries } = journalSchema.parse(
    JSON.parse(readFileSync(join(folder, "meta/_journal.json"), "utf8")),
  );
  const known = new Set(entries.map(({ when }) => String(when)));
  const applied = await sql<{ when: string }[]>`
    select created_at::text as "when" from drizzle.__drizzle_migrations`;
  const unknown = applied.filter(({ when }) => !known.has(when)).length;
  if (unknown === 0) return;
  throw new SchemaError(
    `The database has ${unknown === 1 ? "a change" : `${unknown} changes`} of a newer version of Countersign that ` +
      "this one does not know. Nothing was started or changed. Start the newer version, or restore a backup from before it.",
  );
}

/** Start-up check as the application role; throws GrantsError, or what the driver says. */
export async function assertGrants(appUrl: string): Promise<void> {
  const connection = connect(appUrl, { max: 1 });
  try {
    await assertRoleGrants(connection.sql);
  } finally {
    await connection.close();
  }
}
