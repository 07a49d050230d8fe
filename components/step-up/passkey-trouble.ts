import { WebAuthnError } from "@simplewebauthn/browser";

/** Why a browser made no use of a passkey: said no, was asked too long, has none, or already has this one. */
export function passkeyTrouble(error: unknown): string {
  if (error instanceof WebAuthnError && error.code === "ERROR_AUTHENTICATOR_PREVIOUSLY_REGISTERED") {
    return "passkey_known";
  }
  const name = error instanceof Error ? error.name : "";
  return name === "NotAllowedError" || name === "AbortError" ? "passkey_not_used" : "unclear";
}
