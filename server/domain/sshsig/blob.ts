import { createHash } from "node:crypto";
import { demand, SignatureFault } from "./fault.ts";
import { WireReader, wireString } from "./wire-reader.ts";

const MAGIC = "SSHSIG";
const VERSION = 1;
/** In bytes. */
const LIMITS = { publicKey: 2048, namespace: 64, signature: 2048 };

export type MessageHash = "sha256" | "sha512";

export interface SignatureBlob {
  publicKey: Buffer;
  namespace: Buffer;
  hash: MessageHash;
  signature: Buffer;
}

/** PROTOCOL.sshsig of OpenSSH, "Blob format". Exactly version 1, an empty reserved field and nothing behind it. */
export function readBlob(bytes: Uint8Array): SignatureBlob {
  const magic = Buffer.from(bytes.subarray(0, MAGIC.length)).toString("latin1");
  demand(magic === MAGIC, "BLOB_MAGIC");
  const reader = new WireReader(bytes.subarray(MAGIC.length));
  const version = reader.uint32();
  demand(version === VERSION, "BLOB_VERSION", String(version));
  const publicKey = reader.string(LIMITS.publicKey);
  const namespace = reader.string(LIMITS.namespace);
  demand(reader.string().length === 0, "RESERVED_NOT_EMPTY");
  const hash = messageHash(reader.name());
  const signature = reader.string(LIMITS.signature);
  reader.end();
  return { publicKey, namespace, hash, signature };
}

function messageHash(name: string): MessageHash {
  if (name === "sha256" || name === "sha512") return name;
  throw new SignatureFault("HASH_ALG");
}

/** What a key signs: PROTOCOL.sshsig, "Signed Data". The message is hashed as it is, byte for byte. */
export function signedData(
  message: Uint8Array,
  { namespace, hash }: { namespace: Uint8Array | string; hash: MessageHash },
): Buffer {
  return Buffer.concat([
    Buffer.from(MAGIC),
    wireString(namespace),
    wireString(""),
    wireString(hash),
    wireString(createHash(hash).update(message).digest()),
  ]);
}

/** The namespace of a signature has to be exactly the one that is asked for. */
export function requireNamespace(given: Buffer, wanted: string): void {
  const text = given.toString("latin1");
  demand(text !== "", "NAMESPACE_EMPTY");
  demand(/^[\x20-\x7e]+$/.test(text), "NAMESPACE_BYTES");
  demand(text === wanted, "NAMESPACE_MISMATCH");
}
