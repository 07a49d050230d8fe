import { and, eq, isNull } from "drizzle-orm";
import { sshCertificate } from "#db/schema/certificate.ts";
import { DomainError } from "#server/domain/error/domain-error.ts";
import { revokeCertificateSchema } from "#server/domain/ssh-certificate/schema.ts";
import { verb } from "../verb.ts";

/** Ends a certificate before its time: from the next revocation list on, no host that reads it lets it in. */
export const revokeCertificate = verb({
  action: "certificate.revoke",
  input: revokeCertificateSchema,
  load: async (tx, { certificateId }) => {
    const [row] = await tx
      .select()
      .from(sshCertificate)
      .where(eq(sshCertificate.id, certificateId))
      .for("update");
    if (row) return row;
    throw new DomainError("not_found", "There is no such certificate.", { reason: "not_found" });
  },
  object: ({ id }) => ({ kind: "certificate", id }),
  run: async (tx, { person, input: { reason }, row, at }) => {
    const ended = await tx
      .update(sshCertificate)
      .set({ revokedAt: at, revokedBy: person.personId, revokedReason: reason })
      .where(and(eq(sshCertificate.id, row.id), isNull(sshCertificate.revokedAt)))
      .returning({ serial: sshCertificate.serial });
    if (ended.length === 0) {
      throw new DomainError("conflict", "This certificate is revoked already. Nothing was changed.", {
        reason: "revoked_already",
      });
    }
    return { output: {}, audit: { actorName: row.actorName, serial: row.serial, reason } };
  },
});
