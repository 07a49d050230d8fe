import * as z from "zod";
import { type InstallationKey, isSignedBy, keyIdOf } from "./installation-key.ts";

const HEAD_FORMAT = "countersign-head/1";

export const hashSchema = z.string().regex(/^[0-9a-f]{64}$/);

/** A head of the audit log as the installation signed it: so many entries, with that root, at that time. */
export const signedHeadSchema = z.strictObject({
  format: z.literal(HEAD_FORMAT),
  size: z.int().min(0),
  root: hashSchema,
  /** ISO 8601 in UTC. */
  at: z.iso.datetime(),
  /** Fingerprint of the key that signed. */
  key: z.string().regex(/^sha256:[0-9a-f]{64}$/),
  /** Ed25519 over the canonical form of everything above, base64url. */
  signature: z.string().max(100),
});
export type SignedHead = z.output<typeof signedHeadSchema>;

/** Signs a head. `at` is written down as given: the signer's clock is the caller's. */
export function signHead(key: InstallationKey, head: { size: number; root: string; at: Date }): SignedHead {
  const statement = {
    format: HEAD_FORMAT,
    size: head.size,
    root: head.root,
    at: head.at.toISOString(),
    key: key.keyId,
  } as const;
  return { ...statement, signature: key.sign(statement) };
}

/** Why a head cannot be relied on, or null when that key signed it. */
export function headProblem(head: SignedHead, publicKey: string): string | null {
  if (head.key !== keyIdOf(publicKey)) return `it was signed by another key, ${head.key}`;
  const { signature, ...statement } = head;
  return isSignedBy(publicKey, statement, signature) ? null : "its signature does not fit";
}
