import { eq } from "drizzle-orm";
import { passkey } from "#db/schema/passkey.ts";
import { DomainError } from "#server/domain/error/domain-error.ts";
import { passkeyIdSchema, renamePasskeySchema } from "#server/domain/passkey/schema.ts";
import { verb } from "../verb.ts";
import { accountObject, type AccountRow, endOthers, lockAccount } from "./rows.ts";

/** Gives one of one's own passkeys another name. */
export const renamePasskey = verb({
  action: "passkey.rename",
  input: renamePasskeySchema,
  load: (tx, _input, ctx) => lockAccount(tx, ctx),
  object: accountObject,
  run: async (tx, { input: { passkeyId, name }, row }) => {
    const own = requireOwn(row, passkeyId);
    await tx.update(passkey).set({ name }).where(eq(passkey.id, own.id));
    return {
      output: {},
      object: { kind: "passkey", id: own.id },
      audit: { before: own.name, after: name },
    };
  },
});

/** Removes one of one's own passkeys for good, and ends one's other sessions. */
export const removePasskey = verb({
  action: "passkey.remove",
  input: passkeyIdSchema,
  load: (tx, _input, ctx) => lockAccount(tx, ctx),
  object: accountObject,
  stepUp: true,
  run: async (tx, { person, input: { passkeyId }, row, at }) => {
    const own = requireOwn(row, passkeyId);
    await tx.update(passkey).set({ removedAt: at }).where(eq(passkey.id, own.id));
    const endedSessions = await endOthers(tx, person, { at, reason: "a passkey was removed" });
    return {
      output: { endedSessions },
      object: { kind: "passkey", id: own.id },
      audit: { name: own.name, endedSessions },
    };
  },
});

function requireOwn(row: AccountRow, passkeyId: string): AccountRow["passkeys"][number] {
  const own = row.passkeys.find(({ id }) => id === passkeyId);
  if (own) return own;
  throw new DomainError("not_found", "You have no such passkey. Nothing was changed.", {
    reason: "not_found",
  });
}
