import { webcrypto } from "node:crypto";

/** What a browser can open with the private half of the key it sent. All base64url. */
export interface Box {
  /** Ephemeral P-256 public key, raw. */
  publicKey: string;
  iv: string;
  /** With the 16-byte tag at its end. */
  ciphertext: string;
}

export class BoxError extends Error {
  override readonly name = "BoxError";
}

const CURVE = { name: "ECDH", namedCurve: "P-256" } as const;
const INFO = new TextEncoder().encode("countersign-handover");
const { subtle } = webcrypto;

/**
 * ECDH-ES: an ephemeral P-256 key with the browser's, HKDF-SHA-256 (RFC 5869; empty salt, info `countersign-handover`),
 * AES-256-GCM with the hand-over's id as associated data. Throws BoxError when the public key is not one.
 */
export async function sealBox(given: { publicKey: string; id: string; content: string }): Promise<Box> {
  const theirs = await importPoint(given.publicKey);
  const ours = await subtle.generateKey(CURVE, false, ["deriveBits"]);
  const shared = await subtle.deriveBits({ name: "ECDH", public: theirs }, ours.privateKey, 256);
  const material = await subtle.importKey("raw", shared, "HKDF", false, ["deriveKey"]);
  const key = await subtle.deriveKey(
    { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(0), info: INFO },
    material,
    { name: "AES-GCM", length: 256 },
    false,
    ["encrypt"],
  );
  const iv = webcrypto.getRandomValues(new Uint8Array(12));
  const ciphertext = await subtle.encrypt(
    { name: "AES-GCM", iv, additionalData: new TextEncoder().encode(given.id) },
    key,
    new TextEncoder().encode(given.content),
  );
  return {
    publicKey: text(await subtle.exportKey("raw", ours.publicKey)),
    iv: text(iv),
    ciphertext: text(ciphertext),
  };
}

async function importPoint(publicKey: string) {
  try {
    return await subtle.importKey("raw", Buffer.from(publicKey, "base64url"), CURVE, false, []);
  } catch {
    // Whatever is wrong with it, the browser has to make another.
    throw new BoxError("The public key that the browser sent is no point of P-256.");
  }
}

function text(bytes: ArrayBuffer | Uint8Array<ArrayBuffer>): string {
  return Buffer.from(bytes instanceof Uint8Array ? bytes : new Uint8Array(bytes)).toString("base64url");
}
