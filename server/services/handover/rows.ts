import { eq } from "drizzle-orm";
import type { Tx } from "#db/client.ts";
import { handover } from "#db/schema/secret.ts";
import { DomainError } from "#server/domain/error/domain-error.ts";

type HandoverRow = typeof handover.$inferSelect;

/** The hand-over, locked, or `not_found`. */
export async function lockHandover(tx: Tx, handoverId: string): Promise<HandoverRow> {
  const [row] = await tx.select().from(handover).where(eq(handover.id, handoverId)).for("update");
  if (!row) throw new DomainError("not_found", "There is no such hand-over.", { reason: "not_found" });
  return row;
}

export const handoverObject = (row: HandoverRow) => ({ kind: "tenant", id: row.tenantId });

/** Refuses whoever did not ask for it, and a hand-over that failed or was asked for again. */
export function requireOwnHandover(row: HandoverRow, personId: string): void {
  if (row.requestedBy !== personId) {
    throw new DomainError("forbidden", "Only the person who asked for the hand-over can open it.", {
      reason: "not_the_requester",
    });
  }
  if (row.state === "failed") {
    throw new DomainError("conflict", row.says ?? "The hand-over failed. Nothing was revealed.", {
      reason: "failed",
    });
  }
}
