import { randomUUID } from "node:crypto";
import type { Db, Tx } from "#db/client.ts";
import { sshAuthority } from "#db/schema/certificate.ts";
import { DomainError } from "#server/domain/error/domain-error.ts";
import { proposeRotationSchema, rotateAuthoritySchema } from "#server/domain/ssh-certificate/schema.ts";
import { proposalKind } from "../proposal/handler.ts";
import { proposeVerb } from "../proposal/propose.ts";
import { type AuthorityRow, listAuthorities, lockCertificates } from "./rows.ts";

/** Another authority in the place of the one that signs: every host has to trust it, so two people say so. */
export const authorityRotation = proposalKind({
  kind: "ssh_authority.rotate",
  actions: { propose: "ssh_authority.propose", decide: "ssh_authority.decide" },
  content: rotateAuthoritySchema,
  describe: async (tx, { after }) => {
    const row = await requireCurrent(tx, after);
    return {
      title: `Put another certificate authority in the place of number ${after}`,
      says: "The runner makes a new key and signs with it from then on. Certificates that are out stay valid until they run out. Hosts refuse new ones until they trust the new key: put both lines into TrustedUserCAKeys.",
      before: [`Certificates are signed with ${row.publicKey ?? ""}.`],
      after: ["Certificates are signed with a key that the runner makes when this is agreed to."],
    };
  },
  apply: async (tx, { after }, { proposalId, at }) => {
    await lockCertificates(tx);
    await requireCurrent(tx, after);
    const id = randomUUID();
    const number = after + 1;
    await tx.insert(sshAuthority).values({ id, number, kind: "local", proposalId, requestedAt: at });
    return { authorityId: id, number };
  },
});

/** Asks for another authority. */
export const proposeRotation = proposeVerb(authorityRotation, proposeRotationSchema);

/** The authority that signs now, if it has this number and is this installation's own. */
async function requireCurrent(tx: Db | Tx, number: number): Promise<AuthorityRow> {
  const [newest] = await listAuthorities(tx);
  if (newest?.kind === "engine") {
    throw new DomainError("conflict", "An engine signs here: rotate its key there. Nothing was changed.", {
      reason: "engine_signs",
    });
  }
  if (newest?.number === number && newest.madeAt !== null) return newest;
  throw new DomainError(
    "conflict",
    "The certificate authority has changed since. Nothing was changed; look at it again.",
    { reason: "authority_changed" },
  );
}
