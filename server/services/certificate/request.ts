import { randomUUID } from "node:crypto";
import { certificateRequest } from "#db/schema/certificate.ts";
import { DomainError } from "#server/domain/error/domain-error.ts";
import { ANSWER_WAITS_MS } from "#server/domain/ssh-certificate/limits.ts";
import { signCertificateSchema } from "#server/domain/ssh-certificate/schema.ts";
import { readUserKey } from "#server/domain/ssh-certificate/user-key.ts";
import { findActor } from "./actors.ts";
import { verb } from "../verb.ts";

/**
 * Asks the runner for a certificate. Only the key itself is looked at here, before anything is written down: a private
 * key is refused and kept nowhere. Whether there is a certificate is decided by the runner; see `awaitCertificate`.
 */
export const requestCertificate = verb({
  action: "certificate.sign",
  input: signCertificateSchema,
  load: (_tx, { publicKey }) => {
    const read = readUserKey(publicKey);
    if (read.kind === "ok") return Promise.resolve(read);
    const { says, code } = read;
    return Promise.reject(new DomainError("invalid", says, { reason: code, field: "publicKey" }));
  },
  object: (_row, { actor }) => ({ kind: "actor", id: actor }),
  run: async (tx, { person, input: { actor, subject = actor, ...input }, row, at }) => {
    // Of an actor that nobody knows any number of hours is refused; the runner says why.
    const ttlHours = input.ttlHours ?? (await findActor(tx, actor))?.maxTtlHours ?? 1;
    const requestId = randomUUID();
    const { fingerprint } = row.key;
    const expiresAt = new Date(at.getTime() + ANSWER_WAITS_MS);
    await tx.insert(certificateRequest).values({
      id: requestId,
      actorName: actor,
      subject,
      ttlHours,
      publicKey: row.line,
      fingerprint,
      purpose: "person",
      requestedBy: person.personId,
      requestedAt: at,
      expiresAt,
      state: "requested",
    });
    return { output: { requestId, expiresAt }, audit: { requestId, ttlHours, subject, fingerprint } };
  },
});
