import * as z from "zod";

/** What the runner sealed to this browser's key; all base64url. */
export type Box = { publicKey: string; iv: string; ciphertext: string };

export type HandoverKeys = { publicKey: string; privateKey: CryptoKey };

/** Exactly what leaves the console. */
const handoverSetSchema = z.strictObject({
  horizonUrl: z.string().nullable(),
  domainName: z.string(),
  domainAdminName: z.string(),
  password: z.string(),
  /** Null when a public authority signed the cloud's certificate. */
  caPem: z.string().nullable(),
});
export type HandoverSet = z.output<typeof handoverSetSchema>;

const CURVE = { name: "ECDH", namedCurve: "P-256" } as const;
const INFO = "countersign-handover";

/** Browsers offer WebCrypto over HTTPS and on localhost only (W3C Secure Contexts). */
export function canOpenBoxes(): boolean {
  return globalThis.crypto?.subtle !== undefined;
}

/** A key pair for one hand-over. The private key cannot leave this page; the public one is the raw point, base64url. */
export async function makeHandoverKeys(): Promise<HandoverKeys> {
  const { publicKey, privateKey } = await crypto.subtle.generateKey(CURVE, false, ["deriveBits"]);
  return { publicKey: toBase64Url(await crypto.subtle.exportKey("raw", publicKey)), privateKey };
}

/**
 * Opens a box: ECDH with its ephemeral key, HKDF-SHA-256 (RFC 5869, empty salt), AES-256-GCM with the hand-over's id
 * as associated data. Throws when the box was made for another key or hand-over, or was touched on its way.
 */
export async function openBox(given: {
  box: Box;
  handoverId: string;
  privateKey: CryptoKey;
}): Promise<HandoverSet> {
  const { box, handoverId, privateKey } = given;
  const { subtle } = crypto;
  const theirs = await subtle.importKey("raw", fromBase64Url(box.publicKey), CURVE, false, []);
  const shared = await subtle.deriveBits({ name: "ECDH", public: theirs }, privateKey, 256);
  const material = await subtle.importKey("raw", shared, "HKDF", false, ["deriveKey"]);
  const key = await subtle.deriveKey(
    { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(0), info: utf8(INFO) },
    material,
    { name: "AES-GCM", length: 256 },
    false,
    ["decrypt"],
  );
  const plain = await subtle.decrypt(
    { name: "AES-GCM", iv: fromBase64Url(box.iv), additionalData: utf8(handoverId) },
    key,
    fromBase64Url(box.ciphertext),
  );
  return handoverSetSchema.parse(JSON.parse(new TextDecoder().decode(plain)));
}

function utf8(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}

function toBase64Url(bytes: ArrayBuffer): string {
  const binary = Array.from(new Uint8Array(bytes), (byte) => String.fromCharCode(byte)).join("");
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

function fromBase64Url(text: string): Uint8Array<ArrayBuffer> {
  const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(binary, (char) => char.charCodeAt(0));
}
