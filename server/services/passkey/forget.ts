import { and, eq, isNull } from "drizzle-orm";
import { passkey } from "#db/schema/passkey.ts";
import { person } from "#db/schema/person.ts";
import { DomainError } from "#server/domain/error/domain-error.ts";
import { forgetPasskeysSchema, proposeForgetSchema } from "#server/domain/passkey/schema.ts";
import { endAllSessions } from "../person/disable.ts";
import { lockPerson } from "../person/rows.ts";
import { proposalKind } from "../proposal/handler.ts";
import { proposeVerb } from "../proposal/propose.ts";
import { listPasskeys } from "./rows.ts";

/**
 * Removes the passkeys of a person who has lost them: two people, neither of them the one who lost them. From then on a
 * password or single sign-on is enough again, so every session of that person ends.
 */
export const passkeyForget = proposalKind({
  kind: "passkey.forget",
  actions: { propose: "passkey.propose_forget", decide: "passkey.decide_forget" },
  content: forgetPasskeysSchema,
  describe: async (tx, { personId }) => {
    const [row] = await tx.select().from(person).where(eq(person.id, personId));
    if (!row) throw new DomainError("not_found", "There is no such person.", { reason: "not_found" });
    const kept = await listPasskeys(tx, personId);
    if (kept.length === 0) {
      throw new DomainError("conflict", `${row.name} has no passkey. Nothing was asked for.`, {
        reason: "no_passkey",
      });
    }
    const whose = `${row.name} (${row.email})`;
    return {
      title: `Remove the lost passkeys of ${row.name}`,
      says: "For somebody who cannot use any of them any more. Make sure that it is really they who ask: by voice or face, not by mail.",
      before: [
        `${whose} proves who they are by passkey and by nothing less.`,
        ...kept.map(({ name, createdAt }) => `${name}, made ${createdAt.toISOString()}, counts.`),
      ],
      after: [
        `None of these passkeys counts any more, for good. All sessions of ${row.name} end.`,
        `${row.name} proves it by password or single sign-on, until they enrol a passkey again.`,
      ],
    };
  },
  apply: async (tx, { personId }, { requestedBy, decidedBy, at }) => {
    const row = await lockPerson(tx, personId);
    if (requestedBy === row.id || decidedBy === row.id) {
      throw new DomainError(
        "forbidden",
        `${row.name} is the one whose passkeys these are. Two other people ask and agree. Nothing was changed.`,
        { reason: "own_passkeys" },
      );
    }
    const removed = await tx
      .update(passkey)
      .set({ removedAt: at })
      .where(and(eq(passkey.personId, personId), isNull(passkey.removedAt)))
      .returning({ name: passkey.name });
    const reason = "lost passkeys were removed";
    const endedSessions = await endAllSessions(tx, personId, { at, reason });
    return { personId, removed: removed.map(({ name }) => name), endedSessions };
  },
});

/** Asks for the lost passkeys of somebody else to be removed. */
export const proposeForget = proposeVerb(passkeyForget, proposeForgetSchema);
