/** What the caller is told first: the stage of the locked order that refused. */
export type SignatureError = "ErrMalformed" | "ErrNamespace" | "ErrUnknownSigner" | "ErrBadSignature";

const AGAIN =
  "Nothing was accepted. Sign the downloaded bytes again with ssh-keygen and paste the whole output.";
const KEY =
  "Nothing was accepted. Use another key: ed25519, ECDSA, a security key, or RSA of 3072 bits or more.";
const LIST = "Nothing was accepted. Correct the list and read it again; no line of it was used.";

/** Every way to refuse an SSH signature or an allowed_signers file. `says` is for a person. */
export const SIGNATURE_FAULTS = {
  ARMOR_TOO_LARGE: ["ErrMalformed", `The signature is longer than 16 KiB. ${AGAIN}`],
  ARMOR_BAD_BYTE: ["ErrMalformed", `The signature holds a character that no SSH signature has. ${AGAIN}`],
  ARMOR_NO_HEADER: ["ErrMalformed", `The text does not begin with -----BEGIN SSH SIGNATURE-----. ${AGAIN}`],
  ARMOR_NO_FOOTER: [
    "ErrMalformed",
    `The line -----END SSH SIGNATURE----- is missing: the end was cut off. ${AGAIN}`,
  ],
  ARMOR_MALFORMED: [
    "ErrMalformed",
    `Between and after the two dashed lines stands more or less than one signature. ${AGAIN}`,
  ],
  ARMOR_BASE64: ["ErrMalformed", `The signature is not clean base64: it was changed on its way. ${AGAIN}`],
  BLOB_MAGIC: ["ErrMalformed", `The text holds something else than an SSH signature. ${AGAIN}`],
  BLOB_VERSION: ["ErrMalformed", `The signature has another version than 1. ${AGAIN}`],
  BLOB_TRUNCATED: ["ErrMalformed", `A part of the signature is cut off. ${AGAIN}`],
  BLOB_FIELD_TOO_LARGE: ["ErrMalformed", `A part of the signature is longer than it can be. ${AGAIN}`],
  BLOB_TRAILING: ["ErrMalformed", `Bytes are left over behind a part of the signature. ${AGAIN}`],
  RESERVED_NOT_EMPTY: ["ErrMalformed", `The reserved field of the signature is not empty. ${AGAIN}`],
  HASH_ALG: ["ErrMalformed", `The signature hashes with something else than sha256 or sha512. ${AGAIN}`],
  KEY_TYPE: ["ErrMalformed", `The type of the key is not supported. ${KEY}`],
  KEY_CERT_UNSUPPORTED: ["ErrMalformed", `A certificate signed, and only plain keys may. ${KEY}`],
  KEY_LENGTH: ["ErrMalformed", `The public key has the wrong length for its type. ${KEY}`],
  KEY_CURVE_MISMATCH: ["ErrMalformed", `The public key names another curve than its type. ${KEY}`],
  KEY_POINT: ["ErrMalformed", `The public key is not a point of its curve. ${KEY}`],
  KEY_LOW_ORDER: [
    "ErrMalformed",
    `The public key is one of those for which one signature fits every message. ${KEY}`,
  ],
  KEY_MPINT: ["ErrMalformed", `A number in the public key is not written the one right way. ${KEY}`],
  KEY_RSA_BITS: ["ErrMalformed", `The RSA key has fewer than 3072 bits. ${KEY}`],
  KEY_RSA_NUMBERS: ["ErrMalformed", `The numbers of the RSA key cannot be those of a good key. ${KEY}`],
  NAMESPACE_EMPTY: ["ErrNamespace", `The signature names no namespace. ${AGAIN}`],
  NAMESPACE_BYTES: ["ErrNamespace", `The namespace of the signature is not plain ASCII. ${AGAIN}`],
  NAMESPACE_MISMATCH: [
    "ErrNamespace",
    `The signature was made for another purpose: its namespace differs. ${AGAIN}`,
  ],
  KEY_NOT_ALLOWED: [
    "ErrUnknownSigner",
    "The key that signed is not enrolled here. Nothing was accepted. Sign with an enrolled key, or enrol this one first.",
  ],
  KEY_AMBIGUOUS: [
    "ErrUnknownSigner",
    "The key that signed is enrolled more than once, so its role is unclear. Nothing was accepted. Revoke one of the entries.",
  ],
  KEY_NOT_VALID_NOW: [
    "ErrUnknownSigner",
    "The key that signed is not valid at this time. Nothing was accepted. Sign with a key whose time is now.",
  ],
  KEY_NAMESPACE_NOT_ALLOWED: [
    "ErrUnknownSigner",
    "The key that signed may not sign for this purpose. Nothing was accepted. Sign with a key that may.",
  ],
  PRINCIPAL_NOT_ALLOWED: [
    "ErrUnknownSigner",
    "The key that signed belongs to somebody else. Nothing was accepted. Name the right person or sign with their key.",
  ],
  ALLOWLIST_LINE: ["ErrUnknownSigner", `A line of the list of allowed signers cannot be read. ${LIST}`],
  ALLOWLIST_TIME: [
    "ErrUnknownSigner",
    `A line of the list of allowed signers has a time that is not a real date in UTC, such as 20300101Z. ${LIST}`,
  ],
  SIG_TYPE: ["ErrBadSignature", `The signature is of another type than its key. ${AGAIN}`],
  SIG_LENGTH: ["ErrBadSignature", `The signature has the wrong length for its key. ${AGAIN}`],
  SIG_MPINT: ["ErrBadSignature", `A number in the signature is not written the one right way. ${AGAIN}`],
  SIG_RSA_SHA1: ["ErrBadSignature", `The signature uses SHA-1, which is broken. ${AGAIN}`],
  SIGNATURE_INVALID: [
    "ErrBadSignature",
    `The signature does not fit these bytes and this key: something else was signed, or it was changed. ${AGAIN}`,
  ],
  SK_NO_USER_PRESENCE: [
    "ErrBadSignature",
    "The security key signed without being touched. Nothing was accepted. Sign again with a key that asks for a touch.",
  ],
  SK_NO_USER_VERIFICATION: [
    "ErrBadSignature",
    "The security key signed without its PIN or fingerprint. Nothing was accepted. Sign again with verification on.",
  ],
  WEBAUTHN_FLAGS: ["ErrBadSignature", `The flags of the browser's signature contradict each other. ${AGAIN}`],
  WEBAUTHN_CLIENTDATA: ["ErrBadSignature", `The browser signed something else than these bytes. ${AGAIN}`],
  WEBAUTHN_ORIGIN: [
    "ErrBadSignature",
    "The browser signed on a page of another site. Nothing was accepted. Sign on this console's own address.",
  ],
  WEBAUTHN_CROSS_ORIGIN: [
    "ErrBadSignature",
    "The browser signed inside a page of another site. Nothing was accepted. Sign on this console's own page.",
  ],
} as const satisfies Record<string, readonly [SignatureError, string]>;

export type SignatureCode = keyof typeof SIGNATURE_FAULTS;

/** Thrown inside this folder only; every public function answers it as a value. */
export class SignatureFault extends Error {
  readonly code: SignatureCode;
  readonly error: SignatureError;
  readonly says: string;

  /** A few words of what exactly is wrong, for whoever looks closer; empty where the code says it all. */
  readonly detail: string;

  /** `says` takes the place of the code's own sentence where more is known. */
  constructor(code: SignatureCode, detail = "", says?: string) {
    const [error, sentence] = SIGNATURE_FAULTS[code];
    super(says ?? sentence);
    this.name = "SignatureFault";
    this.code = code;
    this.error = error;
    this.detail = detail;
    this.says = says ?? sentence;
  }
}

/** Throws the fault unless the condition holds. */
export function demand(condition: boolean, code: SignatureCode, detail?: string): asserts condition {
  if (!condition) throw new SignatureFault(code, detail);
}

/** Runs what may throw a fault and answers it as a value; anything else goes on up. */
export function faultOf<T>(
  run: () => T,
): { kind: "ok"; value: T } | { kind: "fault"; fault: SignatureFault } {
  try {
    return { kind: "ok", value: run() };
  } catch (error) {
    if (error instanceof SignatureFault) return { kind: "fault", fault: error };
    throw error;
  }
}
