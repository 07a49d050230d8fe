import { eq } from "drizzle-orm";
import type { Db, Tx } from "#db/client.ts";
import { person } from "#db/schema/person.ts";
import { signer } from "#db/schema/signing.ts";
import { DomainError } from "#server/domain/error/domain-error.ts";
import { isPrivateKey, parsePublicKeyLine } from "#server/domain/sshsig/public-key.ts";

export interface NewKey {
  keyType: string;
  /** `type base64`, without the comment. */
  publicKey: string;
  fingerprint: string;
  comment: string;
}

/**
 * The key in a pasted line. Throws for a private key, which goes no further, for what is no key or a weak one, and for
 * key material that was ever enrolled here, under whatever role.
 */
export async function readNewKey(tx: Db | Tx, line: string): Promise<NewKey> {
  const parsed = parsePublicKeyLine(line);
  if (parsed.kind === "refused") {
    const reason = isPrivateKey(line) ? "private_key" : "key_refused";
    throw new DomainError("invalid", parsed.says, { reason, field: "publicKey" });
  }
  const { type, blob, fingerprint, comment } = parsed.key;
  const key = {
    keyType: type,
    publicKey: `${type} ${Buffer.from(blob).toString("base64")}`,
    fingerprint,
    comment,
  };
  const [known] = await tx
    .select({ role: signer.role, revokedAt: signer.revokedAt })
    .from(signer)
    .where(eq(signer.publicKey, key.publicKey));
  if (known) {
    throw new DomainError(
      "conflict",
      known.revokedAt === null
        ? `This key is enrolled already, as ${known.role} key. One key has one role; make another one.`
        : "This key was enrolled before and revoked. A revoked key does not come back; make another one.",
      { reason: "key_known", field: "publicKey" },
    );
  }
  return key;
}

/** The person a key is for: somebody who can sign in. */
export async function getOwner(tx: Db | Tx, personId: string): Promise<{ id: string; name: string }> {
  const [row] = await tx.select().from(person).where(eq(person.id, personId));
  if (row && row.disabledAt === null) return { id: row.id, name: row.name };
  throw new DomainError("invalid", "The key has to belong to a person who can sign in.", {
    reason: "no_person",
    field: "personId",
  });
}
