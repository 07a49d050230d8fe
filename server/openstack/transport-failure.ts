import type { CloudErrorCode } from "./cloud-error.ts";

export interface TransportFailure {
  readonly code: CloudErrorCode;
  readonly causeCode: string | null;
  /** What happened, without the request: the caller adds which one and what it means. */
  readonly what: string;
}

const UNREACHABLE: Readonly<Record<string, string>> = {
  ENOTFOUND: "the host name is not known",
  EAI_AGAIN: "the name service did not answer",
  EHOSTUNREACH: "there is no route to the host",
  ENETUNREACH: "there is no route to the network",
  EADDRNOTAVAIL: "this machine has no address to call from",
  ETIMEDOUT: "nobody answered the connection in time",
  UND_ERR_CONNECT_TIMEOUT: "nobody answered the connection in time",
};

const TIMEOUTS: Readonly<Record<string, string>> = {
  UND_ERR_HEADERS_TIMEOUT: "no answer began in time",
  UND_ERR_BODY_TIMEOUT: "the answer stopped half way and did not go on in time",
  CALL_DEADLINE: "the call did not finish within its deadline",
};

const UNKNOWN_CA =
  'its certificate is not signed by the configured certificate authority (unknown CA); check that "cacert" is this cloud\'s';

// Codes of OpenSSL's verification and Node's host name check.
// https://nodejs.org/api/tls.html#x509-certificate-error-codes
const TLS: Readonly<Record<string, string>> = {
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: UNKNOWN_CA,
  UNABLE_TO_GET_ISSUER_CERT: UNKNOWN_CA,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: UNKNOWN_CA,
  SELF_SIGNED_CERT_IN_CHAIN: UNKNOWN_CA,
  DEPTH_ZERO_SELF_SIGNED_CERT: UNKNOWN_CA,
  CERT_SIGNATURE_FAILURE: UNKNOWN_CA,
  CERT_UNTRUSTED: UNKNOWN_CA,
  INVALID_CA: "its certificate was signed by one that is not a certificate authority",
  CERT_HAS_EXPIRED: "its certificate, or its authority's, has expired; have it renewed",
  CERT_NOT_YET_VALID: "its certificate is not valid yet; is this machine's clock right?",
  CERT_REVOKED: "its certificate was revoked",
  ERR_TLS_CERT_ALTNAME_INVALID:
    "its certificate is for another host name (name mismatch); correct the address or the certificate",
};

/** The code of a Node or undici error, or null. */
export function causeCodeOf(error: unknown): string | null {
  if (!(error instanceof Error) || !("code" in error)) return null;
  return typeof error.code === "string" ? error.code : null;
}

/**
 * Sorts a failure of the transport. `sent` tells whether the request reached a proven peer:
 * the same ECONNRESET is a refused connection before, and a cut call after.
 */
export function classifyFailure(error: unknown, sent: boolean): TransportFailure {
  const causeCode = causeCodeOf(error);
  const key = causeCode ?? "";
  const tls = TLS[key];
  if (tls !== undefined) return { code: "tls", causeCode, what: tls };
  const timeout = TIMEOUTS[key];
  if (timeout !== undefined) return { code: "timeout", causeCode, what: timeout };
  if (key === "UND_ERR_RES_EXCEEDED_MAX_SIZE") {
    return { code: "bad_body", causeCode, what: "the answer is larger than is read here" };
  }
  if (sent) return { code: "cut", causeCode, what: "the connection was cut before the answer was complete" };
  if (key === "EPROTO" || key.startsWith("ERR_SSL_")) {
    return { code: "tls", causeCode, what: "it does not speak TLS as expected; is this an https port?" };
  }
  const unreachable = UNREACHABLE[key];
  if (unreachable !== undefined) return { code: "unreachable", causeCode, what: unreachable };
  return { code: "refused", causeCode, what: "the connection was refused" };
}
