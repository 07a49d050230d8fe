import { eq } from "drizzle-orm";
import type { Tx } from "#db/client.ts";
import { person } from "#db/schema/person.ts";
import { DomainError } from "#server/domain/error/domain-error.ts";

export async function lockPerson(tx: Tx, personId: string): Promise<typeof person.$inferSelect> {
  const [row] = await tx.select().from(person).where(eq(person.id, personId)).for("update");
  if (!row) throw new DomainError("not_found", "There is no such person.", { reason: "not_found" });
  return row;
}
