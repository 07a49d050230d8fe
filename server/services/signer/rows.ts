import { asc } from "drizzle-orm";
import type { Db, Tx } from "#db/client.ts";
import { signer } from "#db/schema/signing.ts";
import { assert } from "#server/domain/error/domain-error.ts";
import type { Signer } from "#server/domain/signed-operation/signer.ts";

export type SignerRow = typeof signer.$inferSelect;
/** An enrolled key as the pipeline takes it, with what the console knows of it. */
export type EnrolledSigner = Signer & Pick<SignerRow, "id" | "personId" | "fingerprint">;

/** Every key that was ever enrolled, in one read: the snapshot that one verification works with. */
export async function listSigners(tx: Db | Tx): Promise<EnrolledSigner[]> {
  const rows = await tx.select().from(signer).orderBy(asc(signer.enrolledAt));
  return rows.map(({ id, personId, fingerprint, role, validAfter, validBefore, revokedAt, publicKey }) => {
    const base64 = publicKey.split(" ")[1];
    assert(base64 !== undefined, "an enrolled key stands as type and base64");
    const blob = Buffer.from(base64, "base64");
    return { id, personId, fingerprint, role, validAfter, validBefore, revokedAt, blob };
  });
}
