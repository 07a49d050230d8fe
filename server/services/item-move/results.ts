import { createHash } from "node:crypto";
import { desc, eq } from "drizzle-orm";
import type { Db, Tx } from "#db/client.ts";
import { checkResult } from "#db/schema/register.ts";

/** SHA-256 of what was seen, in hex: an accepted risk counts for exactly that. */
export const digestOfSeen = (text: string): string => createHash("sha256").update(text, "utf8").digest("hex");

/** The newest result of a check that was seen or attested, not an accepted risk; null before the first. */
export async function findNewestRun(db: Db | Tx, itemId: string) {
  const rows = await db
    .select()
    .from(checkResult)
    .where(eq(checkResult.itemId, itemId))
    .orderBy(desc(checkResult.seq))
    .limit(20);
  return rows.find(({ outcome }) => outcome !== "risk_accepted") ?? null;
}
