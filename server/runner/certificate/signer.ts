import { randomBytes } from "node:crypto";
import { eq, sql } from "drizzle-orm";
import { sshCertificate } from "#db/schema/certificate.ts";
import { refusals } from "#server/domain/ssh-certificate/answer.ts";
import { signCertificate } from "#server/domain/ssh-certificate/certificate.ts";
import { SealError, type Sealer } from "../sealing.ts";
import { openAuthority } from "./authority.ts";
import type { CertificateSigner } from "./certificate-parts.ts";

/** Signs with the sealed key of this installation: opened here, used once, never kept. */
export function localSigner(sealer: Sealer): CertificateSigner {
  return async (tx, { key, content: rest }) => {
    const authority = await openAuthority(tx, sealer).catch((error: unknown) => {
      if (error instanceof SealError) return null;
      throw error;
    });
    if (authority === null) return { kind: "refused", refusal: refusals.noAuthority() };
    const [newest] = await tx
      .select({ serial: sql<string>`coalesce(max(${sshCertificate.serial}), 0)` })
      .from(sshCertificate)
      .where(eq(sshCertificate.authorityId, authority.id));
    const content = { ...rest, serial: BigInt(newest?.serial ?? "0") + 1n };
    const line = signCertificate(key, content, {
      caKey: authority.pair.publicKey,
      nonce: randomBytes(32),
      sign: authority.pair.sign,
    });
    return { kind: "signed", authorityId: authority.id, content, line };
  };
}
