import { and, eq, isNull, ne } from "drizzle-orm";
import type { Tx } from "#db/client.ts";
import { session } from "#db/schema/person.ts";
import { DomainError } from "#server/domain/error/domain-error.ts";
import { type RelyingParty, relyingPartyOf } from "#server/domain/passkey/relying-party.ts";
import type { PersonActor } from "#server/domain/policy/decide.ts";
import { listPasskeys } from "../passkey/rows.ts";
import { lockPerson } from "../person/rows.ts";
import type { Ctx } from "../verb.ts";

/** One's own account, locked: passkeys, password and sessions change one after the other. */
export async function lockAccount(tx: Tx, ctx: Ctx) {
  const personId = ctx.actor.kind === "person" ? ctx.actor.personId : "";
  const row = await lockPerson(tx, personId);
  return { ...row, passkeys: await listPasskeys(tx, row.id), origin: ctx.origin ?? null };
}
export type AccountRow = Awaited<ReturnType<typeof lockAccount>>;

export const accountObject = (row: AccountRow) => ({ kind: "person", id: row.id });

/** Whose passkeys are made here, or `conflict` where the console is opened under a bare address. */
export function requireParty(row: AccountRow): RelyingParty {
  const party = row.origin === null ? null : relyingPartyOf(row.origin);
  if (party !== null) return party;
  throw new DomainError(
    "conflict",
    "A passkey belongs to a host's name, and this console is opened under an address. Nothing was changed; set COUNTERSIGN_URL to a name.",
    { reason: "no_host_name" },
  );
}

/** Ends every other session of this person and answers how many there were. */
export async function endOthers(
  tx: Tx,
  person: PersonActor,
  end: { at: Date; reason: string },
): Promise<number> {
  const rows = await tx
    .update(session)
    .set({ endedAt: end.at, endedReason: end.reason })
    .where(
      and(eq(session.personId, person.personId), ne(session.id, person.sessionId), isNull(session.endedAt)),
    )
    .returning({ id: session.id });
  return rows.length;
}
