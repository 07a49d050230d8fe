import { randomUUID } from "node:crypto";
import { signer } from "#db/schema/signing.ts";
import { rotateSignerSchema } from "#server/domain/signed-operation/schema.ts";
import { proposalKind } from "../proposal/handler.ts";
import { readNewKey } from "./key.ts";
import { getLiveSigner, revokeKey } from "./live.ts";

/** A planned rotation: the same person and role with another key, the old one revoked in the same moment. */
export const signerRotate = proposalKind({
  kind: "signer.rotate",
  actions: { propose: "signer.propose", decide: "signer.decide" },
  content: rotateSignerSchema,
  describe: async (tx, { signerId, publicKey }) => {
    const row = await getLiveSigner(tx, signerId);
    const key = await readNewKey(tx, publicKey);
    return {
      title: `Rotate a key of ${row.owner}`,
      says: "The new key takes the place of the old one at once. What the old one signed and has not run does not run.",
      before: [`${row.owner} signs with ${row.fingerprint}, as ${row.role} key.`],
      after: [`${row.owner} signs with ${key.fingerprint} (${key.keyType}), as ${row.role} key.`],
    };
  },
  apply: async (tx, { signerId, publicKey }, { proposalId, at }) => {
    const { personId, role, validAfter, validBefore } = await getLiveSigner(tx, signerId);
    const key = await readNewKey(tx, publicKey);
    await revokeKey(tx, { signerId, by: proposalId, reason: "rotated", at });
    const id = randomUUID();
    const kept = { personId, role, validAfter, validBefore };
    await tx.insert(signer).values({ id, ...kept, ...key, enrolledAt: at, enrolledBy: proposalId });
    return { signerId: id, replaces: signerId, fingerprint: key.fingerprint };
  },
});
