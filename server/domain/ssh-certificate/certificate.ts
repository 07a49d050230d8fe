import { assert } from "../error/domain-error.ts";
import { faultOf } from "../sshsig/fault.ts";
import { KEY_TYPES, type KeyType, type PublicKey, readPublicKey } from "../sshsig/public-key.ts";
import { requireSignature } from "../sshsig/signature.ts";
import { WireReader, wireString } from "../sshsig/wire-reader.ts";

/** PROTOCOL.certkeys of OpenSSH: type of a certificate for a person or a program that signs in. */
const USER = 1;
/** sshkey.h of OpenSSH, SSHKEY_CERT_MAX_PRINCIPALS. */
const PRINCIPALS_LIMIT = 256;
/** In bytes; a certificate is read on sign-in, so nothing in it is long. */
const TEXT_LIMIT = 255;
const NONCE_BYTES = 32;
const MAX_SERIAL = 2n ** 64n - 1n;
const NO_PRESENCE = { requiresVerification: false, origins: [] };

/** What a user certificate says beside its key. */
export interface CertificateContent {
  /** From 1 on: zero cannot be revoked by number. */
  serial: bigint;
  keyId: string;
  /** At least one: before OpenSSH 10.3 a certificate without any could let somebody in as anyone (CVE-2024-7594). */
  principals: readonly string[];
  /** Whole seconds since 1970; from the first to before the second. */
  validAfter: number;
  validBefore: number;
  /** Names of what is allowed beyond running commands, such as `permit-pty`. */
  extensions: readonly string[];
}

export interface Certificate extends CertificateContent {
  key: PublicKey;
  caKey: PublicKey;
}

/** Signs bytes with the key of the authority; the answer is the 64 bytes of RFC 8032. */
export type Ed25519Sign = (data: Uint8Array) => Uint8Array;

/**
 * A user certificate as one line, `type base64`. `nonce`: 32 random bytes, so that whoever asks for the certificate
 * cannot foresee what is signed. Throws where the content breaks the format: the callers have checked it.
 */
export function signCertificate(
  key: PublicKey,
  content: CertificateContent,
  by: { caKey: PublicKey; nonce: Uint8Array; sign: Ed25519Sign },
): string {
  const body = certificateBody(key, content, by);
  const signature = Buffer.concat([wireString("ssh-ed25519"), wireString(by.sign(body))]);
  const blob = Buffer.concat([body, wireString(signature)]);
  return `${certificateType(key.type)} ${blob.toString("base64")}`;
}

/** `ssh-ed25519` has `ssh-ed25519-cert-v01@openssh.com`. */
function certificateType(type: KeyType): string {
  return `${type.replace(/@openssh\.com$/, "")}-cert-v01@openssh.com`;
}

/** What is signed: PROTOCOL.certkeys, everything in front of the signature. */
function certificateBody(
  key: PublicKey,
  content: CertificateContent,
  { caKey, nonce }: { caKey: PublicKey; nonce: Uint8Array },
): Buffer {
  assert(problemOf(content) === null, "a certificate's content was checked");
  assert(nonce.length === NONCE_BYTES && caKey.type === "ssh-ed25519", "the authority signs with ed25519");
  return Buffer.concat([
    wireString(certificateType(key.type)),
    wireString(nonce),
    // The fields of the key as it stands alone, behind its type.
    Buffer.from(key.blob).subarray(wireString(key.type).length),
    uint64(content.serial),
    uint32(USER),
    wireString(content.keyId),
    wireString(Buffer.concat(content.principals.map(wireString))),
    uint64(BigInt(content.validAfter)),
    uint64(BigInt(content.validBefore)),
    wireString(""),
    // In the order of their names, as the format wants it; none of them carries data.
    wireString(
      Buffer.concat(content.extensions.toSorted().flatMap((name) => [wireString(name), wireString("")])),
    ),
    wireString(""),
    wireString(caKey.blob),
  ]);
}

/** What of a certificate's content the format or sshd would not take, in a few words; null when nothing. */
function problemOf(content: CertificateContent): string | null {
  const { serial, keyId, principals, validAfter, validBefore, extensions } = content;
  if (serial <= 0n || serial > MAX_SERIAL) return "its serial number is not from 1 to 2^64 - 1";
  if (!isName(keyId)) return "its key id is not a plain name";
  if (principals.length === 0 || principals.length > PRINCIPALS_LIMIT)
    return "it has no principals, or too many";
  if (!principals.every(isName) || hasTwice(principals))
    return "its principals are not different plain names";
  const isTime = Number.isSafeInteger(validAfter) && Number.isSafeInteger(validBefore) && validAfter >= 0;
  if (!isTime || validAfter >= validBefore) return "its validity has no end, or ends before it begins";
  return extensions.every(isName) && !hasTwice(extensions)
    ? null
    : "its extensions are not different plain names";
}

/** sshd writes key ids and principals into its log and compares them byte by byte. */
const isName = (text: string) => text.length <= TEXT_LIMIT && /^[!-~]+$/.test(text);
const hasTwice = (names: readonly string[]) => new Set(names).size !== names.length;

export type ParsedCertificate = { kind: "ok"; certificate: Certificate } | { kind: "refused"; says: string };

/**
 * Reads one user certificate, `type base64` and perhaps a comment, and checks its authority's signature. Stricter than
 * sshd: no critical options, no data behind extensions, at least one principal, an end to its validity.
 */
export function parseCertificate(text: string): ParsedCertificate {
  const parts = /^([!-~]+) ([A-Za-z0-9+/]+={0,2})(?: [^\r\n]*)?\n?$/.exec(text);
  const [, name = "", base64 = ""] = parts ?? [];
  const type = KEY_TYPES.find((known) => certificateType(known) === name);
  const blob = Buffer.from(base64, "base64");
  if (type === undefined || blob.toString("base64") !== base64) {
    return { kind: "refused", says: "This is not one user certificate." };
  }
  const read = faultOf(() => readCertificate(type, blob));
  if (read.kind === "fault") return unusable(read.fault.says);
  const problem = read.value.problem ?? problemOf(read.value.certificate);
  return problem === null
    ? { kind: "ok", certificate: read.value.certificate }
    : unusable(`Of it, ${problem}.`);
}

const unusable = (says: string): ParsedCertificate => ({
  kind: "refused",
  says: `This is not a user certificate that can be used. ${says}`,
});

function readCertificate(type: KeyType, blob: Buffer): { certificate: Certificate; problem: string | null } {
  const reader = new WireReader(blob);
  const name = reader.name();
  const nonce = reader.string();
  const fields = keyFields(type, reader);
  const key = readPublicKey(Buffer.concat([wireString(type), ...fields.map(wireString)]));
  const serial = reader.take(8).readBigUInt64BE();
  const kind = reader.uint32();
  const keyId = reader.name();
  const principals = namesIn(reader.string());
  const [validAfter, validBefore] = [seconds(reader), seconds(reader)];
  const critical = reader.string();
  const pairs = namesIn(reader.string());
  const reserved = reader.string();
  const caKey = readPublicKey(reader.string());
  const signature = reader.string();
  reader.end();
  // Everything in front of the signature, which has its length before it.
  const data = blob.subarray(0, blob.length - signature.length - 4);
  requireSignature(caKey, signature, { data, policy: NO_PRESENCE });
  const extensions = pairs.filter((_, at) => at % 2 === 0);
  const hasData = pairs.length % 2 !== 0 || pairs.some((text, at) => at % 2 === 1 && text !== "");
  const problems: [boolean, string][] = [
    [name !== certificateType(type), "its type is not the one of the line"],
    [nonce.length === 0, "its nonce is empty"],
    [kind !== USER, "it is for hosts, not for users"],
    [critical.length > 0, "its critical options are not known"],
    [hasData, "its extensions carry data"],
    [reserved.length > 0, "its reserved field is not empty"],
  ];
  return {
    certificate: { key, caKey, serial, keyId, principals, validAfter, validBefore, extensions },
    problem: problems.find(([isSo]) => isSo)?.[1] ?? null,
  };
}

/** How many strings a key of this type is, behind its type. */
const FIELDS: Record<KeyType, number> = {
  "ssh-ed25519": 1,
  "ssh-rsa": 2,
  "ecdsa-sha2-nistp256": 2,
  "ecdsa-sha2-nistp384": 2,
  "ecdsa-sha2-nistp521": 2,
  "sk-ssh-ed25519@openssh.com": 2,
  "sk-ecdsa-sha2-nistp256@openssh.com": 3,
};

function keyFields(type: KeyType, reader: WireReader): Buffer[] {
  return Array.from({ length: FIELDS[type] }, () => reader.string());
}

function namesIn(bytes: Buffer): string[] {
  const names: string[] = [];
  const reader = new WireReader(bytes);
  for (let left = bytes.length; left > 0;) {
    const name = reader.name();
    names.push(name);
    left -= 4 + name.length;
  }
  return names;
}

/** A time without an end is 2^64 - 1 in the format: no safe number, and refused as one. */
const seconds = (reader: WireReader) => Number(reader.take(8).readBigUInt64BE());

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

function uint64(value: bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(value);
  return bytes;
}
