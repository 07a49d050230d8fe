import { randomBytes } from "node:crypto";
import { eq, sql } from "drizzle-orm";
import type { Tx } from "#db/client.ts";
import { sshCertificate } from "#db/schema/certificate.ts";
import { refusals } from "#server/domain/ssh-certificate/answer.ts";
import { signCertificate } from "#server/domain/ssh-certificate/certificate.ts";
import { findSigning } from "#server/services/certificate/rows.ts";
import { SealError, type Sealer } from "../sealing.ts";
import { openAuthority } from "./authority.ts";
import type { CertificateSigner, Signed, ToSign } from "./certificate-parts.ts";
import { signByEngine } from "./engine-signer.ts";

/** Signs with the sealed key of this installation, or has an engine sign: whichever two people put in place last. */
export function certificateSigner(sealer: Sealer): CertificateSigner {
  return {
    ahead: async (db, toSign) => {
      const signing = await findSigning(db);
      if (signing === null || signing.engine === null) return null;
      const wanted = await toSign();
      return wanted === null
        ? null
        : signByEngine({ db, sealer }, { ...signing, engine: signing.engine }, wanted);
    },
    sign: async (tx, wanted, ahead) => {
      const signing = await findSigning(tx);
      if (signing === null) return { kind: "refused", refusal: refusals.noAuthority() };
      if (signing.kind === "local") return signLocally(tx, sealer, wanted);
      if (ahead?.kind === "refused" || ahead?.authorityId === signing.id) return ahead;
      // Another one signs since: what the first signed is not given out.
      return { kind: "refused", refusal: refusals.noAuthority() };
    },
  };
}

/** The sealed key is opened here, used once, and never kept. */
async function signLocally(tx: Tx, sealer: Sealer, { key, content: rest }: ToSign): Promise<Signed> {
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
}
