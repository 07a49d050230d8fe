import { verifyAuthenticationResponse, verifyRegistrationResponse } from "@simplewebauthn/server";
import { decodeAttestationObject, isoBase64URL } from "@simplewebauthn/server/helpers";
import type { passkey } from "#db/schema/passkey.ts";
import { type Assertion, clientDataSchema, type Enrolment } from "#server/domain/passkey/schema.ts";
import type { RelyingParty } from "#server/domain/passkey/relying-party.ts";

/** COSE algorithms that we ask for and take: ES256, EdDSA, RS256. */
export const ALGORITHMS = [-7, -8, -257];

/**
 * The challenge inside client data, or null for data of another shape and for a page inside a foreign frame (WebAuthn,
 * 7.1 and 7.2: `crossOrigin`), which is never ours.
 */
export function challengeIn(clientDataJson: string): string | null {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(clientDataJson, "base64url").toString("utf8"));
    const data = clientDataSchema.parse(parsed);
    return data.crossOrigin === true || data.topOrigin !== undefined ? null : data.challenge;
  } catch {
    // Not JSON, or not the JSON of a browser.
    return null;
  }
}

/** A new passkey as it is kept, or null when anything about it is not as asked. */
export async function verifyEnrolment(given: {
  response: Enrolment;
  challenge: string;
  party: RelyingParty;
}): Promise<{ credentialId: string; publicKey: Uint8Array; counter: number } | null> {
  const { response, challenge, party } = given;
  try {
    if (!isUnattested(response)) return null;
    const { registrationInfo } = await verifyRegistrationResponse({
      response: { ...response, clientExtensionResults: {}, response: withoutTransports(response) },
      expectedChallenge: challenge,
      expectedOrigin: party.origin,
      expectedRPID: party.id,
      requireUserVerification: true,
      supportedAlgorithmIDs: ALGORITHMS,
    });
    if (registrationInfo === undefined) return null;
    const { id, publicKey, counter } = registrationInfo.credential;
    return id === response.id ? { credentialId: id, publicKey, counter } : null;
  } catch {
    // The library throws for each thing that is not as expected, in words for developers.
    return null;
  }
}

/**
 * The counter that a passkey has reached with this answer, or null when the answer is not that passkey's, to this
 * challenge, on this origin, with its person verified. Whether the counter went on is left to the caller.
 */
export async function verifyAssertion(given: {
  response: Assertion;
  challenge: string;
  party: RelyingParty;
  kept: typeof passkey.$inferSelect;
}): Promise<number | null> {
  const { response, challenge, party, kept } = given;
  const { clientDataJSON, authenticatorData, signature } = response.response;
  try {
    const { verified, authenticationInfo } = await verifyAuthenticationResponse({
      response: {
        id: response.id,
        rawId: response.rawId,
        type: response.type,
        clientExtensionResults: {},
        response: { clientDataJSON, authenticatorData, signature },
      },
      expectedChallenge: challenge,
      expectedOrigin: party.origin,
      expectedRPID: party.id,
      requireUserVerification: true,
      // With 0 the library leaves the comparison to us, after the signature: only then does a fall mean a copy.
      credential: { id: kept.credentialId, publicKey: new Uint8Array(kept.publicKey), counter: 0 },
    });
    return verified ? authenticationInfo.newCounter : null;
  } catch {
    // As above.
    return null;
  }
}

/**
 * We ask for no attestation, and a browser then sends `none`, or `packed` without a certificate (WebAuthn, 5.1.3, step 22).
 * Certificates would name addresses of revocation lists, which the library would fetch.
 */
function isUnattested({ response }: Enrolment): boolean {
  const attestation = decodeAttestationObject(isoBase64URL.toBuffer(response.attestationObject));
  const format = attestation.get("fmt");
  return format === "none" || (format === "packed" && attestation.get("attStmt").get("x5c") === undefined);
}

function withoutTransports({ response }: Enrolment) {
  const { clientDataJSON, attestationObject } = response;
  return { clientDataJSON, attestationObject };
}
