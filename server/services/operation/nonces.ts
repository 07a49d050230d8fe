import type { Tx } from "#db/client.ts";
import { usedNonce } from "#db/schema/signing.ts";
import type { UsedNonce } from "#server/domain/signed-operation/verify.ts";

/**
 * The last step of the pipeline that reads the signature: spends the nonce in this transaction. Two of one nonce queue
 * at the primary key; the second hears that it was used once the first has committed.
 */
export function spendNonce(tx: Tx, by: { personId: string; at: Date }): UsedNonce {
  return async ({ value, expiresAt }) => {
    const made = await tx
      .insert(usedNonce)
      .values({ nonce: value, expiresAt, presentedBy: by.personId, at: by.at })
      .onConflictDoNothing()
      .returning({ nonce: usedNonce.nonce });
    return made.length === 0;
  };
}
