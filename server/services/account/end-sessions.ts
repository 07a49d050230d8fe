import { and, eq, isNull } from "drizzle-orm";
import { session } from "#db/schema/person.ts";
import { DomainError } from "#server/domain/error/domain-error.ts";
import { endOwnSessionsSchema } from "#server/domain/passkey/schema.ts";
import { verb } from "../verb.ts";
import { accountObject, endOthers, lockAccount } from "./rows.ts";

/** Ends one other session of one's own, or all of them. This one ends by signing out. */
export const endOwnSessions = verb({
  action: "session.end_other",
  input: endOwnSessionsSchema,
  load: (tx, _input, ctx) => lockAccount(tx, ctx),
  object: accountObject,
  run: async (tx, { person, input: { sessionId }, at }) => {
    const end = { at, reason: "ended by its own person" };
    if (sessionId === null) {
      const endedSessions = await endOthers(tx, person, end);
      return { output: { endedSessions }, audit: { endedSessions } };
    }
    if (sessionId === person.sessionId) {
      throw new DomainError("conflict", "This is the session you are in. Sign out to end it.", {
        reason: "own_session",
      });
    }
    const ended = await tx
      .update(session)
      .set({ endedAt: end.at, endedReason: end.reason })
      .where(and(eq(session.id, sessionId), eq(session.personId, person.personId), isNull(session.endedAt)))
      .returning({ id: session.id });
    if (ended.length === 0) {
      throw new DomainError("not_found", "You have no such session. Nothing was changed.", {
        reason: "not_found",
      });
    }
    return {
      output: { endedSessions: 1 },
      object: { kind: "session", id: sessionId },
      audit: { endedSessions: 1 },
    };
  },
});
