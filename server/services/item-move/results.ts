import { createHash } from "node:crypto";
import { and, desc, inArray, ne } from "drizzle-orm";
import type { Db, Tx } from "#db/client.ts";
import { checkResult } from "#db/schema/register.ts";

/** SHA-256 of what was seen, in hex: an accepted risk counts for exactly that. */
export const digestOfSeen = (text: string): string => createHash("sha256").update(text, "utf8").digest("hex");

/** The newest result of a check that was seen or attested, not an accepted risk; null before the first. */
export async function findNewestRun(db: Db | Tx, itemId: string) {
  return (await listNewestRuns(db, [itemId])).get(itemId) ?? null;
}

/** The same of many checks, by the id of the item. */
export async function listNewestRuns(db: Db | Tx, itemIds: readonly string[]) {
  const rows = await db
    .selectDistinctOn([checkResult.itemId])
    .from(checkResult)
    .where(and(inArray(checkResult.itemId, [...itemIds]), ne(checkResult.outcome, "risk_accepted")))
    .orderBy(checkResult.itemId, desc(checkResult.seq));
  return new Map(rows.map((row) => [row.itemId, row]));
}
