import { generateRegistrationOptions } from "@simplewebauthn/server";
import * as z from "zod";
import { DomainError } from "#server/domain/error/domain-error.ts";
import { CHALLENGE_MAX_MS, PASSKEYS_MAX } from "#server/domain/passkey/limits.ts";
import { issueChallenge } from "../passkey/challenge.ts";
import { ALGORITHMS } from "../passkey/verify.ts";
import { verb } from "../verb.ts";
import { accountObject, lockAccount, requireParty } from "./rows.ts";

/** Asks the browser for a new passkey of the person who is signed in. Answers what `navigator.credentials.create` takes. */
export const beginEnrol = verb({
  action: "passkey.enrol",
  input: z.strictObject({}),
  load: (tx, _input, ctx) => lockAccount(tx, ctx),
  object: accountObject,
  stepUp: true,
  run: async (tx, { person, row, at }) => {
    const party = requireParty(row);
    if (row.passkeys.length >= PASSKEYS_MAX) {
      throw new DomainError(
        "limit",
        `You have ${PASSKEYS_MAX} passkeys, and no more can be kept. Remove one first.`,
        { reason: "too_many_passkeys" },
      );
    }
    const challenge = await issueChallenge(tx, { sessionId: person.sessionId, purpose: "enrol", at });
    const output = await generateRegistrationOptions({
      rpName: "Countersign",
      rpID: party.id,
      userID: new Uint8Array(Buffer.from(row.id.replaceAll("-", ""), "hex")),
      userName: row.email,
      userDisplayName: row.name,
      challenge: new Uint8Array(Buffer.from(challenge, "base64url")),
      timeout: CHALLENGE_MAX_MS,
      attestationType: "none",
      excludeCredentials: row.passkeys.map(({ credentialId }) => ({ id: credentialId })),
      authenticatorSelection: { residentKey: "preferred", userVerification: "required" },
      supportedAlgorithmIDs: ALGORITHMS,
    });
    return { output, audit: { step: "asked" } };
  },
});
