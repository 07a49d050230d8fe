import { createPrivateKey, generateKeyPairSync, type KeyObject, randomInt, sign } from "node:crypto";
import { assert } from "#server/domain/error/domain-error.ts";
import { type PublicKey, readPublicKey } from "#server/domain/sshsig/public-key.ts";
import { wireString } from "#server/domain/sshsig/wire-reader.ts";

/** A key pair that lives in this process: what it signs, and its public half as SSH has it. */
export interface KeyPair {
  publicKey: PublicKey;
  /** `type base64`. */
  line: string;
  sign: (data: Uint8Array) => Uint8Array;
  /** 32 bytes, base64: what is sealed. */
  seed: () => string;
}

export function makeKeyPair(): KeyPair {
  return pairOf(generateKeyPairSync("ed25519").privateKey);
}

/** DER in front of the 32 bytes of an ed25519 private key (RFC 8410 section 7). */
const PKCS8_PREFIX = Buffer.from("302e020100300506032b657004220420", "hex");

/** The pair of a seed as `seed()` gave it. */
export function openKeyPair(seed: string): KeyPair {
  const bytes = Buffer.from(seed, "base64");
  assert(bytes.length === 32, "a sealed ed25519 seed has 32 bytes");
  return pairOf(
    createPrivateKey({ key: Buffer.concat([PKCS8_PREFIX, bytes]), format: "der", type: "pkcs8" }),
  );
}

function pairOf(key: KeyObject): KeyPair {
  const { x = "", d = "" } = key.export({ format: "jwk" });
  const blob = Buffer.concat([wireString("ssh-ed25519"), wireString(Buffer.from(x, "base64url"))]);
  return {
    publicKey: readPublicKey(blob),
    line: `ssh-ed25519 ${blob.toString("base64")}`,
    sign: (data) => sign(null, data, key),
    seed: () => Buffer.from(d, "base64url").toString("base64"),
  };
}

/** The pair as a file that ssh(1) reads: PROTOCOL.key of OpenSSH, without a passphrase. */
export function privateKeyFile(pair: KeyPair): string {
  const point = Buffer.from(pair.publicKey.blob).subarray(-32);
  const check = Buffer.alloc(4);
  check.writeUInt32BE(randomInt(2 ** 32));
  const inner = Buffer.concat([
    check,
    check,
    wireString("ssh-ed25519"),
    wireString(point),
    wireString(Buffer.concat([Buffer.from(pair.seed(), "base64"), point])),
    wireString("countersign"),
  ]);
  // 1, 2, 3, ... up to a whole number of blocks of 8.
  const padding = Buffer.from(Array.from({ length: (8 - (inner.length % 8)) % 8 }, (_, at) => at + 1));
  const one = Buffer.alloc(4);
  one.writeUInt32BE(1);
  const blob = Buffer.concat([
    Buffer.from("openssh-key-v1\0", "latin1"),
    wireString("none"),
    wireString("none"),
    wireString(""),
    one,
    wireString(pair.publicKey.blob),
    wireString(Buffer.concat([inner, padding])),
  ]);
  const lines = blob.toString("base64").match(/.{1,70}/g) ?? [];
  return `-----BEGIN OPENSSH PRIVATE KEY-----\n${lines.join("\n")}\n-----END OPENSSH PRIVATE KEY-----\n`;
}
