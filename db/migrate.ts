import { drizzle } from "drizzle-orm/postgres-js";
import { migrate as applyMigrations } from "drizzle-orm/postgres-js/migrator";
import { connect } from "./client.ts";
import { applyGrants, assertGrants as assertRoleGrants } from "./grants.ts";

/** One migrator at a time, whatever the number of hosts: the id of an advisory lock. */
const MIGRATION_LOCK = 7_203_441;

/** Brings the schema up to date as its owner and gives `appRole` its rights. `folder` holds the generated migrations. */
export async function migrate(ownerUrl: string, appRole: string, folder: string): Promise<void> {
  const connection = connect(ownerUrl, { max: 1 });
  try {
    await connection.sql`select pg_advisory_lock(${MIGRATION_LOCK})`;
    await connection.sql`set statement_timeout = 0`;
    await applyMigrations(drizzle(connection.sql), { migrationsFolder: folder });
    await applyGrants(connection.sql, appRole);
  } finally {
    await connection.close();
  }
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
