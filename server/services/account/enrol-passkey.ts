import { randomUUID } from "node:crypto";
import { passkey } from "#db/schema/passkey.ts";
import { DomainError } from "#server/domain/error/domain-error.ts";
import { enrolPasskeySchema } from "#server/domain/passkey/schema.ts";
import { spendChallenge } from "../passkey/challenge.ts";
import { challengeIn, verifyEnrolment } from "../passkey/verify.ts";
import { verb } from "../verb.ts";
import { accountObject, endOthers, lockAccount, requireParty } from "./rows.ts";

const REFUSED = new DomainError(
  "invalid",
  "This is no new passkey for this page, or its time is over. Nothing was enrolled; begin again.",
  { reason: "passkey_refused" },
);

/**
 * Keeps the passkey that the browser made. From now on this person proves who they are by a passkey and nothing less;
 * their other sessions end.
 */
export const enrolPasskey = verb({
  action: "passkey.enrol",
  input: enrolPasskeySchema,
  load: (tx, _input, ctx) => lockAccount(tx, ctx),
  object: accountObject,
  stepUp: true,
  run: async (tx, { person, input: { name, response }, row, at }) => {
    const party = requireParty(row);
    const challenge = challengeIn(response.response.clientDataJSON);
    const asked = { sessionId: person.sessionId, purpose: "enrol", at } as const;
    if (challenge === null || !(await spendChallenge(tx, asked, challenge))) throw REFUSED;
    const made = await verifyEnrolment({ response, challenge, party });
    // The challenge stays spent.
    if (made === null) return { refusal: REFUSED, audit: { name } };
    const id = randomUUID();
    const transports = response.response.transports;
    await tx.insert(passkey).values({ id, personId: row.id, ...made, transports, name, createdAt: at });
    const endedSessions = await endOthers(tx, person, { at, reason: "a passkey was enrolled" });
    return {
      output: { passkeyId: id, endedSessions },
      object: { kind: "passkey", id },
      audit: { step: "enrolled", name, endedSessions },
    };
  },
});
