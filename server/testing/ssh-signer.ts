import { createHash, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { writeArmor } from "#server/domain/sshsig/armor.ts";
import { type MessageHash, signedData } from "#server/domain/sshsig/blob.ts";
import { WEBAUTHN_TYPE } from "#server/domain/sshsig/webauthn.ts";
import { wireString } from "#server/domain/sshsig/wire-reader.ts";

/** A key pair that signs as ssh-keygen, a security key or a browser would, and in whatever wrong way a test wants. */
export interface SshSigner {
  type: string;
  blob: Buffer;
  /** Line of a .pub file. */
  line: string;
  sign(message: Uint8Array | string, options?: SignOptions): string;
  /** The `signature` field over some signed data. */
  signatureOf(data: Buffer, options?: SignOptions): Buffer;
}

export interface SignOptions {
  namespace?: string;
  hash?: MessageHash;
  /** Security keys: 1 touched, 4 verified. */
  flags?: number;
  counter?: number;
  /** Makes it a browser's signature. `rest`: what follows the origin in the client data. */
  browser?: {
    origin?: string;
    writtenOrigin?: string;
    challenge?: string;
    rest?: string;
    extensions?: string;
  };
}

export const NAMESPACE = "countersign-op-v1";

export function ed25519Signer(): SshSigner {
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  return signerOf("ssh-ed25519", wireString(ed25519Point(publicKey)), (data) => sign(null, data, privateKey));
}

export function ecdsaSigner(curve: "nistp256" | "nistp384" | "nistp521"): SshSigner {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: CURVES[curve].openssl });
  return signerOf(
    `ecdsa-sha2-${curve}`,
    Buffer.concat([wireString(curve), wireString(ecPoint(publicKey))]),
    (data) => ecdsaPair(CURVES[curve].hash, data, privateKey),
  );
}

export function rsaSigner(bits: number, publicExponent = 65537): SshSigner {
  const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: bits, publicExponent });
  const jwk = publicKey.export({ format: "jwk" });
  const fields = Buffer.concat([mpint(fromBase64url(jwk.e)), mpint(fromBase64url(jwk.n))]);
  const signer = signerOf("ssh-rsa", fields, (data) => sign("sha512", data, privateKey));
  const signatureOf = (data: Buffer, { hash = "sha512" }: SignOptions = {}) =>
    Buffer.concat([
      wireString(hash === "sha512" ? "rsa-sha2-512" : "rsa-sha2-256"),
      wireString(sign(hash, data, privateKey)),
    ]);
  return { ...signer, ...withSignature(signer.blob, signatureOf) };
}

export function securityKeySigner(kind: "ed25519" | "ecdsa", application = "ssh:"): SshSigner {
  const isEdwards = kind === "ed25519";
  const { privateKey, publicKey } = isEdwards
    ? generateKeyPairSync("ed25519")
    : generateKeyPairSync("ec", { namedCurve: CURVES.nistp256.openssl });
  const type = isEdwards ? "sk-ssh-ed25519@openssh.com" : "sk-ecdsa-sha2-nistp256@openssh.com";
  const point = isEdwards
    ? wireString(ed25519Point(publicKey))
    : Buffer.concat([wireString("nistp256"), wireString(ecPoint(publicKey))]);
  const blob = Buffer.concat([wireString(type), point, wireString(application)]);
  const raw = (data: Buffer) =>
    isEdwards ? sign(null, data, privateKey) : ecdsaPair("sha256", data, privateKey);
  const signatureOf = (data: Buffer, options: SignOptions = {}) => {
    const { flags = 1, counter = 7, browser } = options;
    const header = Buffer.alloc(5);
    header.writeUInt8(flags);
    header.writeUInt32BE(counter, 1);
    const app = sha256(Buffer.from(application));
    if (browser === undefined) {
      const signature = raw(Buffer.concat([app, header, sha256(data)]));
      return Buffer.concat([wireString(type), wireString(signature), header]);
    }
    const { origin, clientData, extensions } = browserFields(data, browser);
    const signature = raw(Buffer.concat([app, header, extensions, sha256(clientData)]));
    const fields = [origin, clientData, extensions].map(wireString);
    return Buffer.concat([wireString(WEBAUTHN_TYPE), wireString(signature), header, ...fields]);
  };
  return { type, blob, line: lineOf(type, blob), ...withSignature(blob, signatureOf) };
}

function browserFields(data: Buffer, browser: NonNullable<SignOptions["browser"]>) {
  const { origin = "https://console.example", rest = ',"crossOrigin":false}', extensions = "" } = browser;
  const { writtenOrigin = origin, challenge = data.toString("base64url") } = browser;
  const start = `{"type":"webauthn.get","challenge":"${challenge}","origin":"${writtenOrigin}"`;
  return {
    origin: Buffer.from(origin),
    clientData: Buffer.from(start + rest),
    extensions: Buffer.from(extensions),
  };
}

/** Blob of a signature in the format of PROTOCOL.sshsig, field by field. */
export function signatureBlob(fields: {
  publicKey: Uint8Array;
  signature: Uint8Array;
  namespace?: string;
  hash?: string;
  reserved?: string;
  version?: number;
}): Buffer {
  const version = Buffer.alloc(4);
  version.writeUInt32BE(fields.version ?? 1);
  return Buffer.concat([
    Buffer.from("SSHSIG"),
    version,
    wireString(fields.publicKey),
    wireString(fields.namespace ?? NAMESPACE),
    wireString(fields.reserved ?? ""),
    wireString(fields.hash ?? "sha512"),
    wireString(fields.signature),
  ]);
}

/** RFC 4251 section 5: a positive `mpint` in its shortest form. */
export function mpint(number: Uint8Array): Buffer {
  const first = number.findIndex((byte) => byte !== 0);
  const digits = Buffer.from(first === -1 ? [] : number.subarray(first));
  const needsSign = (digits[0] ?? 0) >= 0x80;
  return wireString(needsSign ? Buffer.concat([Buffer.alloc(1), digits]) : digits);
}

const CURVES = {
  nistp256: { openssl: "P-256", hash: "sha256" },
  nistp384: { openssl: "P-384", hash: "sha384" },
  nistp521: { openssl: "P-521", hash: "sha512" },
} as const;

function signerOf(type: string, fields: Buffer, raw: (data: Buffer) => Buffer): SshSigner {
  const blob = Buffer.concat([wireString(type), fields]);
  const signatureOf = (data: Buffer) => Buffer.concat([wireString(type), wireString(raw(data))]);
  return { type, blob, line: lineOf(type, blob), ...withSignature(blob, signatureOf) };
}

function withSignature(blob: Buffer, signatureOf: SshSigner["signatureOf"]) {
  const signMessage = (message: Uint8Array | string, options: SignOptions = {}) => {
    const { namespace = NAMESPACE, hash = "sha512" } = options;
    const data = signedData(Buffer.from(message), { namespace, hash });
    return writeArmor(
      signatureBlob({ publicKey: blob, signature: signatureOf(data, options), namespace, hash }),
    );
  };
  return { signatureOf, sign: signMessage };
}

function ecdsaPair(hash: string, data: Buffer, key: KeyObject): Buffer {
  const pair = sign(hash, data, { key, dsaEncoding: "ieee-p1363" });
  const half = pair.length / 2;
  return Buffer.concat([mpint(pair.subarray(0, half)), mpint(pair.subarray(half))]);
}

const lineOf = (type: string, blob: Buffer) => `${type} ${blob.toString("base64")} test@countersign`;
const sha256 = (bytes: Buffer) => createHash("sha256").update(bytes).digest();
const fromBase64url = (text: string | undefined) => Buffer.from(text ?? "", "base64url");
const ed25519Point = (key: KeyObject) => fromBase64url(key.export({ format: "jwk" }).x);

function ecPoint(key: KeyObject): Buffer {
  const { x, y } = key.export({ format: "jwk" });
  return Buffer.concat([Buffer.of(4), fromBase64url(x), fromBase64url(y)]);
}
