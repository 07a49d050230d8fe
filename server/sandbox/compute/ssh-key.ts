import { createHash, generateKeyPairSync } from "node:crypto";

export interface GeneratedKey {
  privateKeyPem: string;
  publicKey: string;
  fingerprint: string;
}

/** A 2048-bit RSA key, as Nova before microversion 2.92 makes it. Takes a few hundred milliseconds. */
export function generateSshKey(): GeneratedKey {
  const pair = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const { n, e } = pair.publicKey.export({ format: "jwk" });
  if (n === undefined || e === undefined) throw new Error("An RSA key has a modulus and an exponent.");
  const blob = Buffer.concat([
    sshString(Buffer.from("ssh-rsa")),
    sshInteger(Buffer.from(e, "base64url")),
    sshInteger(Buffer.from(n, "base64url")),
  ]);
  return {
    privateKeyPem: pair.privateKey.export({ type: "pkcs1", format: "pem" }).toString(),
    publicKey: `ssh-rsa ${blob.toString("base64")} Generated-by-Nova`,
    fingerprint: md5Fingerprint(blob),
  };
}

/** The MD5 fingerprint of an OpenSSH public key line; null when the line is not one. */
export function findFingerprint(publicKey: string): string | null {
  const [type, encoded] = publicKey.trim().split(/\s+/);
  if (type === undefined || encoded === undefined || !/^[A-Za-z0-9+/]+=*$/.test(encoded)) return null;
  const blob = Buffer.from(encoded, "base64");
  if (blob.length < 4 + type.length || !blob.subarray(4, 4 + type.length).equals(Buffer.from(type)))
    return null;
  return md5Fingerprint(blob);
}

function md5Fingerprint(blob: Buffer): string {
  const digest = createHash("md5").update(blob).digest("hex");
  return (digest.match(/../g) ?? []).join(":");
}

function sshString(bytes: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

/** RFC 4251 section 5: an mpint whose top bit is set gets a leading zero byte. */
function sshInteger(bytes: Buffer): Buffer {
  const isHigh = ((bytes[0] ?? 0) & 0x80) !== 0;
  return sshString(isHigh ? Buffer.concat([Buffer.alloc(1), bytes]) : bytes);
}
