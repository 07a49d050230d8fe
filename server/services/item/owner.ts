import { eq } from "drizzle-orm";
import type { Tx } from "#db/client.ts";
import { person } from "#db/schema/person.ts";
import { DomainError } from "#server/domain/error/domain-error.ts";

/** Refuses an owner who is nobody, or who can no longer sign in. */
export async function requireOwner(tx: Tx, ownerId: string | null | undefined, field: string): Promise<void> {
  if (ownerId === null || ownerId === undefined) return;
  const [who] = await tx
    .select({ name: person.name, disabledAt: person.disabledAt })
    .from(person)
    .where(eq(person.id, ownerId))
    .for("share");
  if (who !== undefined && who.disabledAt === null) return;
  const says =
    who === undefined ? "There is no such person." : `${who.name} is disabled and can own nothing.`;
  throw new DomainError("invalid", `${says} Nothing was changed.`, { reason: "no_such_owner", field });
}
