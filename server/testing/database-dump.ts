import postgres from "postgres";
import type { TestDatabase } from "./database.ts";

/** Every row of every table as text, without the one column that may hold sealed bytes. */
export async function dumpDatabase(database: TestDatabase): Promise<{ table: string; row: string }[]> {
  const sql = postgres(database.ownerUrl.split("?")[0] ?? "", ownerOptions(database.ownerUrl));
  try {
    const tables = await sql<
      { name: string }[]
    >`select tablename as name from pg_tables where schemaname = 'public'`;
    const dumps = await Promise.all(
      tables.map(async ({ name }) => {
        const rows = await sql<
          { row: string }[]
        >`select (to_jsonb(t) - 'sealed')::text as row from ${sql(name)} t`;
        return rows.map(({ row }) => ({ table: name, row }));
      }),
    );
    return dumps.flat();
  } finally {
    await sql.end();
  }
}

function ownerOptions(url: string) {
  const host = new URL(url).searchParams.get("host");
  return { max: 2, ...(host === null ? {} : { host }) };
}
