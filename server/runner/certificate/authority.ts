import { randomUUID } from "node:crypto";
import { and, asc, desc, eq, isNotNull, isNull, ne } from "drizzle-orm";
import type { Tx } from "#db/client.ts";
import { sshAuthority } from "#db/schema/certificate.ts";
import { appendAudit } from "#server/services/audit/append.ts";
import { lockCertificates } from "#server/services/certificate/rows.ts";
import { RUNNER_ACTOR } from "../opened-secret.ts";
import type { Sealer } from "../sealing.ts";
import type { CertificateParts } from "./certificate-parts.ts";
import { type KeyPair, makeKeyPair, openKeyPair } from "./private-key.ts";

/** What a sealed key belongs to; there is one version of each, and it is no tenant's. */
const bindingOf = (id: string) => ({ id, tenantId: "ssh-authority", name: "ca_key", version: 1 });

export interface Authority {
  id: string;
  pair: KeyPair;
}

/** The first authority of an installation, which no host trusts yet; later ones are two people's. */
export async function requireFirstAuthority(parts: CertificateParts): Promise<void> {
  await parts.db.transaction(async (tx) => {
    await lockCertificates(tx);
    const [known] = await tx.select({ id: sshAuthority.id }).from(sshAuthority).limit(1);
    if (known !== undefined) return;
    await tx
      .insert(sshAuthority)
      .values({ id: randomUUID(), number: 1, kind: "local", requestedAt: parts.now() });
  });
}

/** Makes the key that was asked for first; false when none waits. Only the sealed private half outlives the call. */
export async function makeAuthority(parts: CertificateParts): Promise<boolean> {
  return parts.db.transaction(async (tx) => {
    await lockCertificates(tx);
    const [row] = await tx
      .select({ id: sshAuthority.id, number: sshAuthority.number })
      .from(sshAuthority)
      .where(and(eq(sshAuthority.kind, "local"), isNull(sshAuthority.madeAt)))
      .orderBy(asc(sshAuthority.number))
      .limit(1);
    if (!row) return false;
    const pair = makeKeyPair();
    const at = parts.now();
    await tx
      .update(sshAuthority)
      .set({ retiredAt: at })
      .where(
        and(ne(sshAuthority.id, row.id), isNotNull(sshAuthority.madeAt), isNull(sshAuthority.retiredAt)),
      );
    await tx
      .update(sshAuthority)
      .set({ publicKey: pair.line, sealed: parts.sealer.seal(pair.seed(), bindingOf(row.id)), madeAt: at })
      .where(eq(sshAuthority.id, row.id));
    await appendAudit(tx, {
      actor: RUNNER_ACTOR,
      at,
      action: "ssh_authority.made",
      outcome: "done",
      objectKind: "ssh_authority",
      objectId: row.id,
      details: { number: row.number, publicKey: pair.line },
    });
    return true;
  });
}

/** The authority that signs now, opened; null when none is made. Throws SealError. */
export async function openAuthority(tx: Tx, sealer: Sealer): Promise<Authority | null> {
  const [row] = await tx
    .select({ id: sshAuthority.id, sealed: sshAuthority.sealed })
    .from(sshAuthority)
    .where(
      and(eq(sshAuthority.kind, "local"), isNotNull(sshAuthority.madeAt), isNull(sshAuthority.retiredAt)),
    )
    .orderBy(desc(sshAuthority.number))
    .limit(1);
  if (!row?.sealed) return null;
  return { id: row.id, pair: openKeyPair(sealer.open(row.sealed, bindingOf(row.id))) };
}
