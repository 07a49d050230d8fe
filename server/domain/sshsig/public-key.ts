import { createHash, createPublicKey, type KeyObject, timingSafeEqual } from "node:crypto";
import { type Curve, readPoint, requireEd25519Key } from "./curve.ts";
import { faultOf, demand, SignatureFault } from "./fault.ts";
import { readMpint } from "./mpint.ts";
import { WireReader } from "./wire-reader.ts";

const LINE_LIMIT = 8_192;
const RSA_LEAST_BITS = 3072;
/** OpenSSL refuses longer exponents on big keys, and nobody makes one (65537 everywhere). */
const RSA_EXPONENT_BITS = 64;

export const KEY_TYPES = [
  "ssh-ed25519",
  "ecdsa-sha2-nistp256",
  "ecdsa-sha2-nistp384",
  "ecdsa-sha2-nistp521",
  "ssh-rsa",
  "sk-ssh-ed25519@openssh.com",
  "sk-ecdsa-sha2-nistp256@openssh.com",
] as const;
export type KeyType = (typeof KEY_TYPES)[number];

/** The numbers of a key as its algorithm takes them. `application`: what a security key was made for. */
export type KeyNumbers =
  | { algorithm: "ed25519"; point: Buffer; application: Buffer | null }
  | { algorithm: "ecdsa"; curve: Curve; x: Buffer; y: Buffer; application: Buffer | null }
  | { algorithm: "rsa"; n: Buffer; e: Buffer; application: null };

/** A public key that is well formed, strong enough and of a type that may sign. */
export interface PublicKey {
  type: KeyType;
  /** The key as the wire has it; two keys are the same if these bytes are. */
  blob: Uint8Array;
  /** `SHA256:` and 43 characters, as ssh-keygen -l shows it. */
  fingerprint: string;
  numbers: KeyNumbers;
}

/** Reads the `publickey` field of a signature. Throws a fault. */
export function readPublicKey(blob: Buffer): PublicKey {
  const reader = new WireReader(blob);
  const name = reader.name();
  demand(!name.includes("-cert-v"), "KEY_CERT_UNSUPPORTED");
  const type = KEY_TYPES.find((known) => known === name);
  demand(type !== undefined, "KEY_TYPE");
  const numbers = readNumbers(type, reader);
  reader.end();
  return { type, blob, fingerprint: fingerprintOf(blob), numbers };
}

function readNumbers(type: KeyType, reader: WireReader): KeyNumbers {
  switch (type) {
    case "ssh-ed25519":
      return readEd25519(reader, () => null);
    case "sk-ssh-ed25519@openssh.com":
      return readEd25519(reader, () => reader.string());
    case "ecdsa-sha2-nistp256":
      return readEcdsa("nistp256", reader, () => null);
    case "ecdsa-sha2-nistp384":
      return readEcdsa("nistp384", reader, () => null);
    case "ecdsa-sha2-nistp521":
      return readEcdsa("nistp521", reader, () => null);
    case "sk-ecdsa-sha2-nistp256@openssh.com":
      return readEcdsa("nistp256", reader, () => reader.string());
    case "ssh-rsa":
      return readRsa(reader);
  }
}

type Application = () => Buffer | null;

function readEd25519(reader: WireReader, application: Application): KeyNumbers {
  const point = reader.string();
  requireEd25519Key(point);
  return { algorithm: "ed25519", point, application: application() };
}

function readEcdsa(curve: Curve, reader: WireReader, application: Application): KeyNumbers {
  demand(reader.name() === curve, "KEY_CURVE_MISMATCH");
  const { x, y } = readPoint(curve, reader.string());
  return { algorithm: "ecdsa", curve, x, y, application: application() };
}

function readRsa(reader: WireReader): KeyNumbers {
  const e = readMpint(reader, "KEY_MPINT");
  const n = readMpint(reader, "KEY_MPINT");
  demand(bitsOf(n) >= RSA_LEAST_BITS, "KEY_RSA_BITS");
  demand(isOdd(n) && isOdd(e) && bitsOf(e) > 1 && bitsOf(e) <= RSA_EXPONENT_BITS, "KEY_RSA_NUMBERS");
  return { algorithm: "rsa", n, e, application: null };
}

const bitsOf = (number: Buffer) => number.length * 8 - Math.clz32(number.readUInt8()) + 24;
const isOdd = (number: Buffer) => number.readUInt8(number.length - 1) % 2 === 1;

/** Whether two keys are one, found out in constant time. */
export function isSameKey(a: { blob: Uint8Array }, b: { blob: Uint8Array }): boolean {
  return a.blob.length === b.blob.length && timingSafeEqual(a.blob, b.blob);
}

/** RFC 4253 section 6.6 names the bytes; the form is that of ssh-keygen -l. */
export function fingerprintOf(blob: Uint8Array): string {
  return `SHA256:${createHash("sha256").update(blob).digest("base64").replace(/=+$/, "")}`;
}

/** The fingerprint of a line `type base64`. */
export function keyFingerprint(line: string): string {
  return fingerprintOf(Buffer.from(line.split(" ")[1] ?? "", "base64"));
}

/** The key for node:crypto. */
export function keyObjectOf(numbers: KeyNumbers): KeyObject {
  return createPublicKey({ format: "jwk", key: jwkOf(numbers) });
}

const CURVE_NAMES = { nistp256: "P-256", nistp384: "P-384", nistp521: "P-521" } as const;

function jwkOf(numbers: KeyNumbers) {
  const text = (bytes: Buffer) => bytes.toString("base64url");
  switch (numbers.algorithm) {
    case "ed25519":
      return { kty: "OKP", crv: "Ed25519", x: text(numbers.point) };
    case "ecdsa":
      return { kty: "EC", crv: CURVE_NAMES[numbers.curve], x: text(numbers.x), y: text(numbers.y) };
    case "rsa":
      return { kty: "RSA", n: text(numbers.n), e: text(numbers.e) };
  }
}

export interface EnrolledKey extends PublicKey {
  /** What stands behind the key in its line; empty when nothing does. */
  comment: string;
}

export type ParsedLine = { kind: "ok"; key: EnrolledKey } | { kind: "refused"; says: string };

/** What a person is told who pasted the secret half of a key. */
export const PRIVATE_KEY =
  "This is a private key. It was not kept and not logged, but treat it as known to others: make a new key, revoke this one wherever it is used, and paste the file that ends in .pub.";

/** Whether a text looks like the secret half of any key: PEM, OpenSSH or PuTTY. It must be neither kept nor logged. */
export function isPrivateKey(text: string): boolean {
  return /PRIVATE[ -]*KEY|PuTTY-User-Key-File|openssh-key-v1|b3BlbnNzaC1rZXktdjE/i.test(text);
}

/**
 * One line of a .pub file: type, base64, comment. Refuses private keys, several lines, options, and keys that are weak
 * or of a type that may not sign. `says` never repeats what was pasted.
 */
export function parsePublicKeyLine(text: string): ParsedLine {
  const refused = (says: string) => ({ kind: "refused", says }) as const;
  if (isPrivateKey(text)) return refused(PRIVATE_KEY);
  if (text.length > LINE_LIMIT)
    return refused("This is longer than any public key. Paste one line of a .pub file.");
  const parts = /^([^\s"]+)[ \t]+([^\s"]+)(?:[ \t]+([^\r\n]*))?$/.exec(text.trim());
  const [, type = "", base64 = "", comment = ""] = parts ?? [];
  if (parts === null || /\p{Cc}/u.test(comment)) {
    return refused("This is not one public key. Paste the one line of a .pub file: type, key, comment.");
  }
  const read = faultOf(() => readKeyField(type, base64));
  return read.kind === "ok"
    ? { kind: "ok", key: { ...read.value, comment: comment.trim() } }
    : refused(read.fault.says);
}

/** The two fields `keytype base64` that .pub files and allowed_signers share. Throws a fault. */
export function readKeyField(type: string, base64: string): PublicKey {
  const blob = Buffer.from(base64, "base64");
  if (blob.toString("base64") !== base64) throw new SignatureFault("ARMOR_BASE64");
  const key = readPublicKey(blob);
  demand(key.type === type, "KEY_TYPE");
  return key;
}
