import { eq } from "drizzle-orm";
import { person as personTable, session } from "#db/schema/person.ts";
import { DomainError } from "#server/domain/error/domain-error.ts";
import { changePasswordSchema } from "#server/domain/passkey/schema.ts";
import { hashPassword, passwordMatches } from "../person/password.ts";
import { hasTooManyFailures, insertAttempt } from "../person/attempts.ts";
import { verb } from "../verb.ts";
import { accountObject, endOthers, lockAccount } from "./rows.ts";

/** Where attempts are counted that come from inside a session, beside the address of the account. */
const ADDRESS = "own account";

/**
 * Changes one's own password. Whoever knew the old one is out: the other sessions end, and what this one had proven
 * counts no more. Guesses are throttled together with those of the sign-in.
 */
export const changePassword = verb({
  action: "password.change",
  input: changePasswordSchema,
  load: (tx, _input, ctx) => lockAccount(tx, ctx),
  object: accountObject,
  // The present password is asked for in any case; a passkey is more than that.
  stepUp: (row) => row.passkeys.length > 0,
  run: async (tx, { person, input, row, at }) => {
    if (row.passwordHash === null) {
      throw new DomainError("conflict", "You sign in by single sign-on and have no password here.", {
        reason: "no_password",
      });
    }
    if (await hasTooManyFailures(tx, row.email, at)) {
      throw new DomainError(
        "limit",
        "Too many wrong passwords. Nothing was changed; wait a quarter of an hour, then try again.",
        { reason: "throttled" },
      );
    }
    const isRight = await passwordMatches(input.current, row.passwordHash);
    await insertAttempt(tx, { email: row.email, address: ADDRESS, succeeded: isRight, at });
    if (!isRight) {
      return {
        refusal: new DomainError("forbidden", "That is not the password you have now. Nothing was changed.", {
          reason: "wrong_password",
          field: "current",
        }),
        audit: {},
      };
    }
    refuseWeak(input, row);
    await tx
      .update(personTable)
      .set({ passwordHash: await hashPassword(input.wanted) })
      .where(eq(personTable.id, row.id));
    const endedSessions = await endOthers(tx, person, { at, reason: "the password was changed" });
    await tx.update(session).set({ steppedUpAt: null }).where(eq(session.id, person.sessionId));
    return { output: { endedSessions }, audit: { endedSessions } };
  },
});

/** What everybody who knows the person would try first, and what is no change. */
function refuseWeak(
  { current, wanted }: { current: string; wanted: string },
  { email, name }: { email: string; name: string },
): void {
  const plain = wanted.trim().toLowerCase();
  const isGuessable =
    new Set(plain).size < 5 || plain.includes(email) || plain === name.toLowerCase() || wanted === current;
  if (!isGuessable) return;
  throw new DomainError(
    "invalid",
    "Choose a password that is new, is not your name or address, and is not one letter many times over. Nothing was changed.",
    { reason: "weak_password", field: "wanted" },
  );
}
