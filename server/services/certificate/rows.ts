import { and, desc, eq, isNotNull, isNull, sql } from "drizzle-orm";
import type { Db, Tx } from "#db/client.ts";
import { sshAuthority, sshCertificate, sshEngine } from "#db/schema/certificate.ts";
import type { Engine } from "#server/domain/ssh-certificate/schema.ts";

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

/** The authority that signs now with its engine, where it has one; null while none is made. */
export async function findSigning(
  db: Db | Tx,
): Promise<{ id: string; kind: AuthorityRow["kind"]; publicKey: string; engine: Engine | null } | null> {
  const [row] = await db
    .select({
      id: sshAuthority.id,
      kind: sshAuthority.kind,
      publicKey: sshAuthority.publicKey,
      engine: sshEngine.engine,
    })
    .from(sshAuthority)
    .leftJoin(sshEngine, eq(sshEngine.authorityId, sshAuthority.id))
    .where(and(isNotNull(sshAuthority.madeAt), isNull(sshAuthority.retiredAt)))
    .orderBy(desc(sshAuthority.number))
    .limit(1);
  return row === undefined ? null : { ...row, publicKey: row.publicKey ?? "" };
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
