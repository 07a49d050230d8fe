import { randomUUID } from "node:crypto";
import { and, eq, isNull } from "drizzle-orm";
import type { Tx } from "#db/client.ts";
import { operation, signature, signer } from "#db/schema/signing.ts";
import type { Json } from "#server/domain/canonical/json.ts";
import { KEY_ROTATION } from "#server/domain/effect/classify.ts";
import { assert, DomainError } from "#server/domain/error/domain-error.ts";
import { parseOperation } from "#server/domain/signed-operation/envelope.ts";
import { gateOperation } from "#server/domain/signed-operation/gate.ts";
import { DEFAULT_NAMESPACE } from "#server/domain/settings/signature-namespace.ts";
import { prepareRepinSchema, repinSchema } from "#server/domain/signed-operation/schema.ts";
import { isPrivateKey } from "#server/domain/sshsig/public-key.ts";
import { getHostId, renderOperation } from "../operation/issue.ts";
import { spendNonce } from "../operation/nonces.ts";
import { verb } from "../verb.ts";
import { getOwner, readNewKey } from "./key.ts";
import { revokeKey } from "./live.ts";
import { listSigners } from "./rows.ts";

const LIFETIME_MS = 60 * 60 * 1000;

/** Freezes the bytes that the recovery key signs: one new operational key in the place of all there are. */
export const prepareRepin = verb({
  action: "signer.repin",
  input: prepareRepinSchema,
  load: async (tx, { personId, publicKey }) => ({
    owner: await getOwner(tx, personId),
    key: await readNewKey(tx, publicKey),
    replaces: await tx
      .select({ fingerprint: signer.fingerprint })
      .from(signer)
      .where(and(isNull(signer.revokedAt), eq(signer.role, "operational")))
      .orderBy(signer.fingerprint),
  }),
  object: () => ({ kind: "signer", id: "new" }),
  run: async (tx, { person, input, row, at }) => {
    const made = renderOperation(
      {
        op: KEY_ROTATION,
        hostId: await getHostId(tx),
        guestId: "",
        params: {
          fingerprint: row.key.fingerprint,
          person: row.owner.id,
          person_name: row.owner.name,
          public_key: input.publicKey.trim(),
          replaces: row.replaces.map(({ fingerprint }) => fingerprint),
        },
      },
      { issuedAt: at, expiresAt: new Date(at.getTime() + LIFETIME_MS) },
    );
    await tx.insert(operation).values({ ...made, attempt: 1, askedBy: person.personId });
    return {
      output: { nonce: made.nonce, message: made.message, expiresAt: made.expiresAt },
      audit: { nonce: made.nonce, fingerprint: row.key.fingerprint, reason: input.reason },
    };
  },
});

/**
 * Puts the new key in place on the recovery key's signature alone: the operational ones are lost. Every operational key
 * that there was is revoked in the same transaction.
 */
export const repin = verb({
  action: "signer.repin",
  input: repinSchema,
  load: async (tx, { nonce }, ctx) => {
    const [row] = await tx.select().from(operation).where(eq(operation.nonce, nonce));
    if (!row || row.askedBy === null) {
      throw new DomainError("not_found", "There is no such re-pin to sign.", { reason: "not_found" });
    }
    return { ...row, askedBy: row.askedBy, namespace: ctx.signatureNamespace ?? DEFAULT_NAMESPACE };
  },
  object: () => ({ kind: "signer", id: "new" }),
  stepUp: true,
  run: async (tx, { person, input, row, at }) => {
    if (isPrivateKey(input.armored)) {
      throw new DomainError(
        "invalid",
        "This is a private key. It was not kept and not logged, but treat it as known to others: retire it wherever it is used. Nothing was accepted.",
        { reason: "private_key", field: "armored" },
      );
    }
    const message = new TextEncoder().encode(row.message);
    const envelope = parseOperation(message);
    assert(envelope, "a stored operation is canonical");
    const hostId = await getHostId(tx);
    const verdict = await gateOperation({
      intent: { ...envelope, hostId, guestId: "", jobId: "", objectId: "", journal: [] },
      signed: { armored: input.armored, message },
      verifier: { namespace: row.namespace, signers: await listSigners(tx), hostId },
      now: at,
      usedNonce: spendNonce(tx, { personId: person.personId, at }),
    });
    const { verified, outcome, steps, says } = verdict;
    const facts = { outcome, steps: [...steps] };
    if (verified === null) {
      throw new DomainError("invalid", says, { reason: verdict.error ?? outcome, facts });
    }
    const denied =
      outcome === "signed"
        ? denialOf(verified.signer, row.askedBy)
        : new DomainError("forbidden", says, { reason: outcome, facts });
    const audit = { nonce: row.nonce, signer: verified.signer.id, fingerprint: verified.fingerprint };
    if (denied !== null) return { refusal: denied, audit };
    const { fingerprint, signerId } = await putInPlace(tx, { params: envelope.params, nonce: row.nonce, at });
    await tx.insert(signature).values({
      id: randomUUID(),
      nonce: row.nonce,
      signerId: verified.signer.id,
      personId: verified.signer.personId,
      presentedBy: person.personId,
      sessionId: person.sessionId,
      armored: input.armored,
      message: row.message,
      namespace: row.namespace,
      presence: verified.presence,
      at,
    });
    return {
      output: { signerId, steps },
      object: { kind: "signer", id: signerId },
      audit: { ...audit, enrolled: fingerprint },
    };
  },
});

/** Not by an operational key, and not by the very person who asked: a second one holds the recovery key. */
function denialOf(by: { role: string; personId: string }, askedBy: string): DomainError | null {
  if (by.role !== "recovery") {
    return new DomainError(
      "forbidden",
      "Only a recovery key puts another key in place by its signature. Two people rotate a key that is at hand. This signature is spent.",
      { reason: "role_denied" },
    );
  }
  if (by.personId !== askedBy) return null;
  return new DomainError(
    "forbidden",
    "The recovery key belongs to the person who asked for this. Another person has to ask. This signature is spent.",
    { reason: "self_signing" },
  );
}

async function putInPlace(
  tx: Tx,
  of: { params: { readonly [key: string]: Json }; nonce: string; at: Date },
): Promise<{ fingerprint: string; signerId: string }> {
  const { params, nonce, at } = of;
  const [personId, line] = [params["person"], params["public_key"]];
  assert(typeof personId === "string" && typeof line === "string", "a re-pin names a person and a key");
  const owner = await getOwner(tx, personId);
  const key = await readNewKey(tx, line);
  const live = await tx
    .select({ id: signer.id })
    .from(signer)
    .where(and(isNull(signer.revokedAt), eq(signer.role, "operational")))
    .orderBy(signer.id)
    .for("update");
  for (const { id } of live) await revokeKey(tx, { signerId: id, by: nonce, reason: "re-pinned", at });
  const signerId = randomUUID();
  await tx.insert(signer).values({
    id: signerId,
    personId: owner.id,
    role: "operational",
    ...key,
    enrolledAt: at,
    enrolledBy: nonce,
  });
  return { fingerprint: key.fingerprint, signerId };
}
