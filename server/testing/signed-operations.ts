import { readFileSync } from "node:fs";
import * as z from "zod";
import { canonicalOperation, type OperationEnvelope } from "#server/domain/signed-operation/envelope.ts";
import { type Signer } from "#server/domain/signed-operation/signer.ts";
import { SIGNER_ROLES, type SignerRole } from "#server/domain/signed-operation/states.ts";
import type { UsedNonce } from "#server/domain/signed-operation/verify.ts";
import { parsePublicKeyLine } from "#server/domain/sshsig/public-key.ts";

const paramsSchema = z.record(z.string(), z.json());

const fileSchema = z.object({
  namespace: z.string(),
  allowList: z.array(z.object({ role: z.enum(SIGNER_ROLES), publicKey: z.string() })),
  vectors: z.array(
    z.object({
      id: z.string(),
      steps: z.array(
        z.object({
          blobBase64: z.string(),
          sig: z.string().nullable(),
          intent: z.object({
            class: z.string(),
            hostId: z.string(),
            guestId: z.string(),
            params: paramsSchema,
            provenance: z.object({ scratch: z.boolean() }).nullable(),
          }),
          hostId: z.string(),
          now: z.string(),
          verifierConfigured: z.boolean(),
          result: z.object({
            allowed: z.boolean(),
            reason: z.string(),
            error: z.string().nullable().default(null),
            nonceBurned: z.boolean().optional(),
          }),
        }),
      ),
    }),
  ),
});

const FILE = new URL("../domain/signed-operation/operation-vectors.json", import.meta.url);

/** Whole presentations of signed operations, with keys and results; each vector wants a fresh store of nonces. */
export function readOperationVectors() {
  const { allowList, ...file } = fileSchema.parse(JSON.parse(readFileSync(FILE, "utf8")));
  return { ...file, signers: allowList.map(({ role, publicKey }) => signerOf(publicKey, role)) };
}

export function signerOf(line: string, role: SignerRole = "operational"): Signer {
  const parsed = parsePublicKeyLine(line);
  if (parsed.kind === "refused") throw new Error(parsed.says);
  return { role, blob: parsed.key.blob, validAfter: null, validBefore: null, revokedAt: null };
}

/** A store of nonces that remembers, and counts how often it was asked. */
export function nonceStore(): { usedNonce: UsedNonce; seen: Set<string> } {
  const seen = new Set<string>();
  return {
    seen,
    usedNonce: ({ value }) => {
      const isUsed = seen.has(value);
      seen.add(value);
      return isUsed;
    },
  };
}

export function sampleOperation(change: Partial<OperationEnvelope> = {}): OperationEnvelope {
  return {
    op: "guest_destroy",
    target: { host_id: "cloud-1", guest_id: "tenant-1" },
    params: { purge: true },
    nonce: "nonce-0123456789",
    issued_at: "2030-01-15T12:00:00Z",
    expires_at: "2030-01-15T12:10:00Z",
    key_id: "anything",
    ...change,
  };
}

export const bytesOf = (operation: OperationEnvelope) => Buffer.from(canonicalOperation(operation));
