import { and, asc, eq, isNull } from "drizzle-orm";
import type { Db, Tx } from "#db/client.ts";
import { passkey } from "#db/schema/passkey.ts";

type PasskeyRow = typeof passkey.$inferSelect;

/** The passkeys that a person has now, the oldest first; at most PASSKEYS_MAX by the verb that adds them. */
export function listPasskeys(db: Db | Tx, personId: string): Promise<PasskeyRow[]> {
  return db
    .select()
    .from(passkey)
    .where(and(eq(passkey.personId, personId), isNull(passkey.removedAt)))
    .orderBy(asc(passkey.createdAt));
}

/** Whether a person has a passkey, and so proves who they are by nothing else. */
export async function hasPasskey(db: Db | Tx, personId: string): Promise<boolean> {
  return (await listPasskeys(db, personId)).length > 0;
}
