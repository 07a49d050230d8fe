import { revokeSignerSchema } from "#server/domain/signed-operation/schema.ts";
import { proposalKind } from "../proposal/handler.ts";
import { getLiveSigner, requireAnotherOperational, revokeKey } from "./live.ts";

/** Takes a key out of use. Two people, and never the last operational one. */
export const signerRevoke = proposalKind({
  kind: "signer.revoke",
  actions: { propose: "signer.propose", decide: "signer.decide" },
  content: revokeSignerSchema,
  describe: async (tx, { signerId }) => {
    const row = await getLiveSigner(tx, signerId);
    await requireAnotherOperational(tx, { signerId, locks: false });
    return {
      title: `Revoke a key of ${row.owner}`,
      says: "The key signs nothing any more, and what it signed and has not run does not run.",
      before: [`${row.owner} signs with ${row.fingerprint}, as ${row.role} key.`],
      after: ["The key is revoked for good. It cannot be enrolled again."],
    };
  },
  apply: async (tx, { signerId }, { proposalId, at }) => {
    await requireAnotherOperational(tx, { signerId, locks: true });
    await revokeKey(tx, { signerId, by: proposalId, reason: "revoked", at });
    return { signerId };
  },
});
