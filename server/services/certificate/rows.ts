import { and, desc, eq, isNull, sql } from "drizzle-orm";
import type { Db, Tx } from "#db/client.ts";
import { sshAuthority, sshCertificate } from "#db/schema/certificate.ts";

export type AuthorityRow = Pick<
  typeof sshAuthority.$inferSelect,
  "id" | "number" | "kind" | "publicKey" | "madeAt" | "retiredAt"
>;

/** The id of an advisory lock: authorities follow one another, and so do serial numbers and the certificates of an actor. */
const CERTIFICATES_LOCK = 7_305_118;

/** Until the transaction ends no other certificate is signed and no authority changes. */
export async function lockCertificates(tx: Tx): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock(${CERTIFICATES_LOCK})`);
}

const AUTHORITIES_LIMIT = 50;

/** Every authority, the newest first; never the sealed half. */
export async function listAuthorities(db: Db | Tx): Promise<AuthorityRow[]> {
  const { id, number, kind, publicKey, madeAt, retiredAt } = sshAuthority;
  return db
    .select({ id, number, kind, publicKey, madeAt, retiredAt })
    .from(sshAuthority)
    .orderBy(desc(number))
    .limit(AUTHORITIES_LIMIT);
}

/**
 * Ends what an actor holds, so that one certificate follows another: those that somebody carries away. The console's own
 * are for one run each and end with it.
 */
export async function revokePrevious(
  tx: Tx,
  of: { actorName: string; at: Date; reason: string },
): Promise<{ serial: string }[]> {
  return tx
    .update(sshCertificate)
    .set({ revokedAt: of.at, revokedReason: of.reason })
    .where(
      and(
        eq(sshCertificate.actorName, of.actorName),
        eq(sshCertificate.purpose, "person"),
        isNull(sshCertificate.revokedAt),
      ),
    )
    .returning({ serial: sshCertificate.serial });
}
