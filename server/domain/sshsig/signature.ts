import { createHash, verify } from "node:crypto";
import { type Curve, coordinateBytes } from "./curve.ts";
import { demand } from "./fault.ts";
import { readMpint } from "./mpint.ts";
import { keyObjectOf, type KeyNumbers, type PublicKey } from "./public-key.ts";
import { readWebauthn, WEBAUTHN_TYPE } from "./webauthn.ts";
import { WireReader } from "./wire-reader.ts";

const USER_PRESENT = 0x01;
const USER_VERIFIED = 0x04;

/** What is demanded beyond a signature that fits. */
export interface SignaturePolicy {
  /** Whether a security key must have checked a PIN or a finger, not only a touch. */
  requiresVerification: boolean;
  /** Addresses on whose pages a browser may sign, such as `https://ops.corp.net`. */
  origins: readonly string[];
}

/** What a security key adds to its signature. The counter going back is a sign to look at, not a refusal. */
export interface Presence {
  flags: number;
  counter: number;
}

/**
 * Whether this key signed this data: PROTOCOL.sshsig and PROTOCOL.u2f of OpenSSH, RFC 8709, RFC 5656, RFC 8332. Throws
 * a fault if not, or if a security key was not touched: `ssh-keygen -Y verify` looks at neither flag.
 */
export function requireSignature(
  key: PublicKey,
  signature: Buffer,
  { data, policy }: { data: Buffer; policy: SignaturePolicy },
): Presence | null {
  const reader = new WireReader(signature);
  const type = reader.name();
  const { numbers } = key;
  if (numbers.algorithm === "rsa") {
    requireRsa(numbers, { type, reader, data });
    return null;
  }
  if (numbers.application === null) {
    demand(type === key.type, "SIG_TYPE");
    const bytes = readSignature(numbers, reader);
    reader.end();
    requireFit(numbers, bytes, data);
    return null;
  }
  const application = digest(numbers.application);
  return requireSecurityKey({ numbers, application, type, keyType: key.type, reader, data, policy });
}

function requireRsa(
  numbers: KeyNumbers & { algorithm: "rsa" },
  { type, reader, data }: { type: string; reader: WireReader; data: Buffer },
): void {
  demand(type !== "ssh-rsa", "SIG_RSA_SHA1");
  demand(type === "rsa-sha2-256" || type === "rsa-sha2-512", "SIG_TYPE");
  const bytes = reader.string();
  reader.end();
  demand(bytes.length === numbers.n.length, "SIG_LENGTH");
  const hash = type === "rsa-sha2-256" ? "sha256" : "sha512";
  // The padding of a public RSA key is PKCS#1 v1.5 unless another is asked for, as RFC 8332 wants it.
  demand(verify(hash, data, keyObjectOf(numbers), bytes), "SIGNATURE_INVALID");
}

type CurveNumbers = Exclude<KeyNumbers, { algorithm: "rsa" }>;

interface SecurityKeySignature {
  numbers: CurveNumbers;
  /** SHA-256 of the application. */
  application: Buffer;
  type: string;
  keyType: string;
  reader: WireReader;
  data: Buffer;
  policy: SignaturePolicy;
}

function requireSecurityKey(given: SecurityKeySignature): Presence {
  const { numbers, application, type, keyType, reader, data, policy } = given;
  const isWebauthn = type === WEBAUTHN_TYPE && numbers.algorithm === "ecdsa";
  demand(isWebauthn || type === keyType, "SIG_TYPE");
  const bytes = readSignature(numbers, reader);
  const flags = reader.byte();
  const counter = reader.uint32();
  const browser = isWebauthn ? readWebauthn(reader, { flags, data }) : null;
  reader.end();
  const header = Buffer.alloc(5);
  header.writeUInt8(flags);
  header.writeUInt32BE(counter, 1);
  const signed =
    browser === null
      ? [application, header, digest(data)]
      : [application, header, browser.extensions, digest(browser.clientData)];
  requireFit(numbers, bytes, Buffer.concat(signed));
  demand((flags & USER_PRESENT) !== 0, "SK_NO_USER_PRESENCE");
  demand(!policy.requiresVerification || (flags & USER_VERIFIED) !== 0, "SK_NO_USER_VERIFICATION");
  demand(browser === null || policy.origins.includes(browser.origin), "WEBAUTHN_ORIGIN");
  return { flags, counter };
}

/** The numbers of a signature: 64 bytes of ed25519, or r and s side by side at full width (IEEE P1363). */
function readSignature(numbers: CurveNumbers, reader: WireReader): Buffer {
  const content = reader.string();
  if (numbers.algorithm === "ed25519") {
    demand(content.length === 64, "SIG_LENGTH");
    return content;
  }
  const inner = new WireReader(content);
  const pair = [readMpint(inner, "SIG_MPINT"), readMpint(inner, "SIG_MPINT")];
  inner.end();
  const width = coordinateBytes(numbers.curve);
  return Buffer.concat(
    pair.map((number) => {
      demand(number.length <= width, "SIG_MPINT", "longer than the curve");
      return Buffer.concat([Buffer.alloc(width - number.length), number]);
    }),
  );
}

const CURVE_HASHES: Record<Curve, string> = { nistp256: "sha256", nistp384: "sha384", nistp521: "sha512" };

function requireFit(numbers: CurveNumbers, signature: Buffer, data: Buffer): void {
  const key = keyObjectOf(numbers);
  const fits =
    numbers.algorithm === "ed25519"
      ? verify(null, data, key, signature)
      : verify(CURVE_HASHES[numbers.curve], data, { key, dsaEncoding: "ieee-p1363" }, signature);
  demand(fits, "SIGNATURE_INVALID");
}

const digest = (bytes: Buffer) => createHash("sha256").update(bytes).digest();
