import { generateAuthenticationOptions } from "@simplewebauthn/server";
import { DomainError } from "#server/domain/error/domain-error.ts";
import { CHALLENGE_MAX_MS } from "#server/domain/passkey/limits.ts";
import { beginProofSchema } from "#server/domain/passkey/schema.ts";
import { issueChallenge } from "../passkey/challenge.ts";
import { verb } from "../verb.ts";
import { accountObject, type AccountRow, lockAccount, requireParty } from "./rows.ts";

/**
 * Begins a proof of who is at the keyboard, for this session. Answers what `navigator.credentials.get` takes; for single
 * sign-on nothing, and the next answer of the provider to this session counts as the proof.
 */
export const beginProof = verb({
  action: "session.prove",
  input: beginProofSchema,
  load: (tx, _input, ctx) => lockAccount(tx, ctx),
  object: accountObject,
  run: async (tx, { person, input: { way }, row, at }) => {
    const purpose = way === "sso" ? "sso" : "prove";
    const party = way === "sso" ? null : requireParty(row);
    if (party !== null && row.passkeys.length === 0) {
      throw new DomainError("conflict", "You have no passkey. Prove it in another way.", {
        reason: "no_passkey",
      });
    }
    const challenge = await issueChallenge(tx, { sessionId: person.sessionId, purpose, at });
    const options = party === null ? null : await requestOptions(party.id, challenge, row);
    return { output: { options }, audit: { way } };
  },
});

function requestOptions(rpID: string, challenge: string, { passkeys }: AccountRow) {
  return generateAuthenticationOptions({
    rpID,
    challenge: new Uint8Array(Buffer.from(challenge, "base64url")),
    timeout: CHALLENGE_MAX_MS,
    userVerification: "required",
    allowCredentials: passkeys.map(({ credentialId }) => ({ id: credentialId })),
  });
}
