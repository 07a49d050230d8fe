import { and, eq, isNull } from "drizzle-orm";
import type { Tx } from "#db/client.ts";
import { person, session } from "#db/schema/person.ts";
import { DomainError } from "#server/domain/error/domain-error.ts";
import { personIdSchema } from "#server/domain/person/schema.ts";
import { verb } from "../verb.ts";
import { OWN_ACCOUNT } from "./own-account.ts";
import { lockPerson } from "./rows.ts";

/** Disables a person: every session ends now, waiting requests of theirs can no longer be approved. */
export const disablePerson = verb({
  action: "person.disable",
  input: personIdSchema,
  load: (tx, { personId }) => lockPerson(tx, personId),
  object: (row) => ({ kind: "person", id: row.id }),
  run: async (tx, { person: actor, row, at }) => {
    if (row.id === actor.personId) {
      throw new DomainError("forbidden", OWN_ACCOUNT, {
        reason: "own_account",
      });
    }
    await tx.update(person).set({ disabledAt: at }).where(eq(person.id, row.id));
    const ended = await endAllSessions(tx, row.id, { at, reason: "person disabled" });
    return { output: { endedSessions: ended }, audit: { endedSessions: ended } };
  },
});

/** Lets a disabled person sign in again. */
export const enablePerson = verb({
  action: "person.enable",
  input: personIdSchema,
  load: (tx, { personId }) => lockPerson(tx, personId),
  object: (row) => ({ kind: "person", id: row.id }),
  run: async (tx, { row }) => {
    await tx.update(person).set({ disabledAt: null }).where(eq(person.id, row.id));
    return { output: {}, audit: {} };
  },
});

/** Ends every session of a person, who may sign in again. */
export const endSessions = verb({
  action: "session.end",
  input: personIdSchema,
  load: (tx, { personId }) => lockPerson(tx, personId),
  object: (row) => ({ kind: "person", id: row.id }),
  run: async (tx, { row, at }) => {
    const ended = await endAllSessions(tx, row.id, { at, reason: "ended by an admin" });
    return { output: { endedSessions: ended }, audit: { endedSessions: ended } };
  },
});

/** Ends every session of a person and answers how many there were. */
export async function endAllSessions(
  tx: Tx,
  personId: string,
  end: { at: Date; reason: string },
): Promise<number> {
  const rows = await tx
    .update(session)
    .set({ endedAt: end.at, endedReason: end.reason })
    .where(and(eq(session.personId, personId), isNull(session.endedAt)))
    .returning({ id: session.id });
  return rows.length;
}
