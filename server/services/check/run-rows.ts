import { eq } from "drizzle-orm";
import type { Tx } from "#db/client.ts";
import { checkRun } from "#db/schema/check.ts";
import { DomainError } from "#server/domain/error/domain-error.ts";

export type CheckRunRow = typeof checkRun.$inferSelect;

/** The run, locked until the transaction ends. */
export async function lockRun(tx: Tx, runId: string): Promise<CheckRunRow> {
  const [row] = await tx.select().from(checkRun).where(eq(checkRun.id, runId)).for("update");
  if (!row) throw new DomainError("not_found", "There is no such run.", { reason: "not_found" });
  return row;
}

export function runObject(row: Pick<CheckRunRow, "itemId">): { kind: string; id: string } {
  return { kind: "item", id: row.itemId };
}
