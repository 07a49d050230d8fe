import { desc, eq } from "drizzle-orm";
import type { Db, Tx } from "#db/client.ts";
import { desiredState } from "#db/schema/guest.ts";
import { type DesiredHost, readDesired } from "#server/domain/guest/desired.ts";

/** The present generation of a host as it was saved; null while nobody has said what its guests are wanted to be. */
export async function findNewestDesired(db: Db | Tx, tenantId: string) {
  const [row] = await db
    .select()
    .from(desiredState)
    .where(eq(desiredState.tenantId, tenantId))
    .orderBy(desc(desiredState.generation))
    .limit(1);
  return row ?? null;
}

/** The same, read and in normal form. */
export async function findDesired(db: Db | Tx, tenantId: string): Promise<DesiredHost | null> {
  const row = await findNewestDesired(db, tenantId);
  return row === null ? null : readDesired(row.document);
}
