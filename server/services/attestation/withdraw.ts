import { eq } from "drizzle-orm";
import { blockAttestation } from "#db/schema/check.ts";
import { withdrawAttestationSchema } from "#server/domain/check/schema.ts";
import { DomainError } from "#server/domain/error/domain-error.ts";
import { verb } from "../verb.ts";

/** Takes an attestation back, one's own or another's: stopping what runs without approval takes one person. */
export const withdrawAttestation = verb({
  action: "check.withdraw",
  input: withdrawAttestationSchema,
  load: async (tx, { attestationId }) => {
    const [row] = await tx
      .select()
      .from(blockAttestation)
      .where(eq(blockAttestation.id, attestationId))
      .for("update");
    if (!row) throw new DomainError("not_found", "There is no such attestation.", { reason: "not_found" });
    return row;
  },
  object: ({ itemId, runbookVersionId }) =>
    itemId === null ? { kind: "runbook_version", id: runbookVersionId ?? "" } : { kind: "item", id: itemId },
  run: async (tx, { person, input: { reason }, row, at }) => {
    if (row.withdrawnAt !== null) {
      throw new DomainError("conflict", "This attestation is withdrawn already.", { reason: "withdrawn" });
    }
    await tx
      .update(blockAttestation)
      .set({ withdrawnBy: person.personId, withdrawnAt: at, withdrawnReason: reason })
      .where(eq(blockAttestation.id, row.id));
    return {
      output: {},
      audit: { attestationId: row.id, digest: row.digest, attestedBy: row.personId, reason },
    };
  },
});
