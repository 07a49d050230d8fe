import { faultOf, type SignatureCode } from "../sshsig/fault.ts";
import { isPrivateKey, KEY_TYPES, PRIVATE_KEY, type PublicKey, readKeyField } from "../sshsig/public-key.ts";

/** Longer than any public key of a type that is taken. In characters. */
const TEXT_LIMIT = 8_192;

const NOTHING = "Nothing was signed.";
const PASTE = "Give the one line of a file that ends in .pub: type, key, comment.";

/** Every way to refuse a key that a certificate is asked for. None of the sentences repeats what was given. */
const USER_KEY_FAULTS = {
  private_key: `${PRIVATE_KEY} ${NOTHING}`,
  empty: `No public key was given. ${NOTHING} ${PASTE}`,
  too_long: `This is longer than any public key. ${NOTHING} ${PASTE}`,
  several_lines: `This is more than one line. ${NOTHING} A certificate is for one key: give one line.`,
  not_a_key: `This is not a public key. ${NOTHING} ${PASTE}`,
  certificate: `This is a certificate already, not a key. ${NOTHING} Give the public key that it was made for.`,
  wrong_type: `Keys of this type get no certificate. ${NOTHING} Use ed25519, ECDSA, a security key, or RSA of 3072 bits or more.`,
  type_mismatch: `The line names one type and the key is of another. ${NOTHING} ${PASTE}`,
  not_base64: `The key is not clean base64: it was changed on its way. ${NOTHING} Copy the line again.`,
  cut: `A part of the key is cut off. ${NOTHING} Copy the whole line again.`,
  trailing_bytes: `Bytes are left over behind the key. ${NOTHING} Copy the line again.`,
  weak_key: `The RSA key has fewer than 3072 bits, or numbers that no good key has. ${NOTHING} Make a new key: ssh-keygen -t ed25519.`,
  bad_key: `The key is not a good key of its type. ${NOTHING} Make a new key: ssh-keygen -t ed25519.`,
} as const;

export type UserKeyFault = keyof typeof USER_KEY_FAULTS;

export type UserKey =
  { kind: "ok"; key: PublicKey; line: string } | { kind: "refused"; code: UserKeyFault; says: string };

/**
 * The public key that a certificate is asked for: the text of a .pub file. `line` is `type base64`, without the comment.
 * A private key is refused before anything else is looked at, and no sentence repeats it.
 */
export function readUserKey(text: string): UserKey {
  if (isPrivateKey(text)) return refused("private_key");
  if (text.length > TEXT_LIMIT) return refused("too_long");
  const line = text.replace(/^[ \t]+/, "").replace(/[ \t]*(?:\r?\n[ \t]*)*$/, "");
  if (line === "") return refused("empty");
  if (/[\r\n]/.test(line)) return refused("several_lines");
  const parts = /^([!-~]+)[ \t]+([!-~]+)(?:[ \t]+(.*))?$/.exec(line);
  const [, type = "", base64 = "", comment = ""] = parts ?? [];
  if (parts === null || /\p{Cc}/u.test(comment.replaceAll("\t", " "))) return refused("not_a_key");
  if (type.includes("-cert-v0")) return refused("certificate");
  if (!KEY_TYPES.some((known) => known === type)) {
    return refused(/^(?:ssh|ecdsa|sk|rsa|x509|webauthn)-[!-~]*$/.test(type) ? "wrong_type" : "not_a_key");
  }
  const read = faultOf(() => readKeyField(type, base64));
  if (read.kind === "ok") return { kind: "ok", key: read.value, line: `${type} ${base64}` };
  // KEY_TYPE: the type that the line names is a good one, so the key's own differs from it.
  return refused(FAULTS[read.fault.code] ?? "bad_key");
}

/** What is wrong with the bytes of a key; whatever else is, the key is bad. */
const FAULTS: Partial<Record<SignatureCode, UserKeyFault>> = {
  KEY_TYPE: "type_mismatch",
  KEY_CERT_UNSUPPORTED: "certificate",
  ARMOR_BASE64: "not_base64",
  BLOB_TRUNCATED: "cut",
  BLOB_TRAILING: "trailing_bytes",
  KEY_RSA_BITS: "weak_key",
  KEY_RSA_NUMBERS: "weak_key",
};

function refused(code: UserKeyFault): UserKey {
  return { kind: "refused", code, says: USER_KEY_FAULTS[code] };
}
