import { and, eq, isNull } from "drizzle-orm";
import type { Db, Tx } from "#db/client.ts";
import { person } from "#db/schema/person.ts";
import { signer } from "#db/schema/signing.ts";
import { DomainError } from "#server/domain/error/domain-error.ts";

/** An enrolled key that is not revoked, with its person. Throws when there is none. */
export async function getLiveSigner(tx: Db | Tx, signerId: string) {
  const [row] = await tx
    .select({ signer, owner: person.name })
    .from(signer)
    .innerJoin(person, eq(person.id, signer.personId))
    .where(eq(signer.id, signerId));
  if (!row) throw new DomainError("not_found", "There is no such signer.", { reason: "not_found" });
  if (row.signer.revokedAt !== null) {
    throw new DomainError("conflict", "This key is revoked already.", { reason: "revoked" });
  }
  return { ...row.signer, owner: row.owner };
}

/**
 * Refuses to leave the installation without a key that may sign. Inside a transaction the rows are locked first, so two
 * revocations at the same moment cannot each count on the other's key.
 */
export async function requireAnotherOperational(
  tx: Db | Tx,
  of: { signerId: string; locks: boolean },
): Promise<void> {
  const reading = tx
    .select({ id: signer.id, role: signer.role })
    .from(signer)
    .where(and(isNull(signer.revokedAt), eq(signer.role, "operational")))
    .orderBy(signer.id);
  const rows = await (of.locks ? reading.for("update") : reading);
  const isOperational = rows.some(({ id }) => id === of.signerId);
  if (!isOperational || rows.length > 1) return;
  throw new DomainError(
    "conflict",
    "This is the last operational key: without it nothing that destroys could ever be signed. Enrol another one first, or rotate this one.",
    { reason: "last_operational" },
  );
}

/** Takes a key out of use for good. */
export async function revokeKey(
  tx: Tx,
  of: { signerId: string; by: string; reason: string; at: Date },
): Promise<void> {
  const revoked = await tx
    .update(signer)
    .set({ revokedAt: of.at, revokedBy: of.by, revokedReason: of.reason })
    .where(and(eq(signer.id, of.signerId), isNull(signer.revokedAt)))
    .returning({ id: signer.id });
  if (revoked.length === 0) {
    throw new DomainError("conflict", "This key is revoked already.", { reason: "revoked" });
  }
}
