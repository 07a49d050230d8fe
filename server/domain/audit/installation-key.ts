import { createHash, createPrivateKey, createPublicKey, sign, verify } from "node:crypto";
import { canonicalJson, type Json } from "../canonical/json.ts";

/** RFC 8410 section 7: what stands before the 32 bytes of an ed25519 seed in PKCS #8. */
const PKCS8_HEAD = Buffer.from("302e020100300506032b657004220420", "hex");
const SEED_BYTES = 32;
const SIGNATURE_BYTES = 64;

/** `sha256:` and 64 hex digits over the 32 bytes of the public key: how people compare keys. */
export function keyIdOf(publicKey: string): string {
  return `sha256:${createHash("sha256").update(publicKey, "base64url").digest("hex")}`;
}

export interface InstallationKey {
  /** The 32 bytes of the public key, base64url. */
  readonly publicKey: string;
  readonly keyId: string;
  /** Signature of the canonical form, ed25519 (RFC 8032), base64url. */
  sign(statement: Json): string;
}

/** The installation's key of its seed of 32 bytes. Whoever holds the result can sign; it is never stored or shown. */
export function installationKey(seed: Uint8Array): InstallationKey {
  if (seed.length !== SEED_BYTES) throw new RangeError("The seed of an ed25519 key has 32 bytes.");
  const key = createPrivateKey({
    key: Buffer.concat([PKCS8_HEAD, seed]),
    format: "der",
    type: "pkcs8",
  });
  const spki = createPublicKey(key).export({ format: "der", type: "spki" });
  const publicKey = spki.subarray(-SEED_BYTES).toString("base64url");
  return {
    publicKey,
    keyId: keyIdOf(publicKey),
    sign: (statement) => sign(null, Buffer.from(canonicalJson(statement)), key).toString("base64url"),
  };
}

/** Whether the key signed the canonical form. False, never a throw, for a key or signature that is none. */
export function isSignedBy(publicKey: string, statement: Json, signature: string): boolean {
  const bytes = Buffer.from(signature, "base64url");
  const isExact = bytes.length === SIGNATURE_BYTES && bytes.toString("base64url") === signature;
  if (!isExact || !isPublicKey(publicKey)) return false;
  const key = createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x: publicKey }, format: "jwk" });
  return verify(null, Buffer.from(canonicalJson(statement)), key, bytes);
}

/** Whether a text is exactly 32 bytes in base64url. */
export function isPublicKey(text: string): boolean {
  const bytes = Buffer.from(text, "base64url");
  return bytes.length === SEED_BYTES && bytes.toString("base64url") === text;
}
