import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from "node:crypto";

/** What a sealed value belongs to. Moved to another row, tenant, name or version it does not open. */
export interface SealBinding {
  id: string;
  tenantId: string;
  name: string;
  version: number;
}

export interface Sealer {
  seal(value: string, binding: SealBinding): Uint8Array;
  /** Throws SealError when the key, the binding or a byte is not the one it was sealed with. */
  open(sealed: Uint8Array, binding: SealBinding): string;
  /** First 16 hex of HMAC-SHA-256: equal values have equal ones, and nothing leads back. */
  fingerprint(value: string): string;
}

export class SealError extends Error {
  override readonly name = "SealError";
}

const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** AES-256-GCM with a random 96-bit nonce (NIST SP 800-38D 8.2.2). Layout: nonce, tag, ciphertext. */
export function createSealer(key: Uint8Array): Sealer {
  if (key.length !== KEY_BYTES) throw new SealError(`The sealing key must have ${KEY_BYTES} bytes.`);
  const sealKey = derived(key, "countersign seal");
  const fingerprintKey = derived(key, "countersign fingerprint");
  return {
    seal(value, binding) {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv("aes-256-gcm", sealKey, nonce).setAAD(aad(binding));
      const ciphertext = Buffer.concat([cipher.update(value, "utf8"), cipher.final()]);
      return Buffer.concat([nonce, cipher.getAuthTag(), ciphertext]);
    },
    open(sealed, binding) {
      const bytes = Buffer.from(sealed);
      if (bytes.length < NONCE_BYTES + TAG_BYTES) throw cannotOpen(binding);
      const decipher = createDecipheriv("aes-256-gcm", sealKey, bytes.subarray(0, NONCE_BYTES), {
        authTagLength: TAG_BYTES,
      })
        .setAAD(aad(binding))
        .setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
      try {
        const body = bytes.subarray(NONCE_BYTES + TAG_BYTES);
        return Buffer.concat([decipher.update(body), decipher.final()]).toString("utf8");
      } catch {
        // OpenSSL says only that authentication failed.
        throw cannotOpen(binding);
      }
    },
    fingerprint: (value) =>
      createHmac("sha256", fingerprintKey).update(value, "utf8").digest("hex").slice(0, 16),
  };
}

function cannotOpen({ name, version }: SealBinding): SealError {
  return new SealError(
    `The sealed ${name} (version ${version}) does not open with this sealing key. It was not used. ` +
      "Set COUNTERSIGN_SEAL_KEY to the key it was sealed with.",
  );
}

function derived(key: Uint8Array, info: string): Uint8Array {
  return new Uint8Array(hkdfSync("sha256", key, new Uint8Array(0), info, KEY_BYTES));
}

function aad({ id, tenantId, name, version }: SealBinding): Buffer {
  return Buffer.from(JSON.stringify([id, tenantId, name, version]), "utf8");
}
