import { and, desc, eq, gt, isNull } from "drizzle-orm";
import * as z from "zod";
import { session } from "#db/schema/person.ts";
import { PASSKEYS_MAX } from "#server/domain/passkey/limits.ts";
import { relyingPartyOf } from "#server/domain/passkey/relying-party.ts";
import { listPasskeys } from "../passkey/rows.ts";
import { SESSION_IDLE_MS } from "../person/limits.ts";
import { may } from "../may.ts";
import { query } from "../verb.ts";

const SESSIONS_SHOWN = 50;
const NOBODY = "00000000-0000-0000-0000-000000000000";

/** One's own passkeys and live sessions, the newest first. */
export const readAccount = query({
  action: "account.read",
  input: z.strictObject({}),
  run: async (ctx) => {
    const person = ctx.actor.kind === "person" ? ctx.actor : null;
    const personId = person?.personId ?? NOBODY;
    const at = ctx.clock();
    const [passkeys, sessions] = await Promise.all([
      listPasskeys(ctx.db, personId),
      ctx.db
        .select()
        .from(session)
        .where(
          and(
            eq(session.personId, personId),
            isNull(session.endedAt),
            gt(session.expiresAt, at),
            gt(session.lastActiveAt, new Date(at.getTime() - SESSION_IDLE_MS)),
          ),
        )
        .orderBy(desc(session.lastActiveAt))
        .limit(SESSIONS_SHOWN),
    ]);
    const hasName = ctx.origin !== undefined && relyingPartyOf(ctx.origin) !== null;
    return {
      passkeys: passkeys.map(({ id, name, createdAt, lastUsedAt }) => ({ id, name, createdAt, lastUsedAt })),
      sessions: sessions.map(({ id, userAgent, createdAt, lastActiveAt }) => ({
        id,
        userAgent,
        createdAt,
        lastActiveAt,
        isThis: id === person?.sessionId,
      })),
      may: { enrol: may(ctx, "passkey.enrol", { unless: obstacle(hasName, passkeys.length) }) },
    };
  },
});

function obstacle(hasName: boolean, count: number): string | null {
  if (!hasName) {
    return "A passkey belongs to a host's name, and this console is opened under an address. Whoever runs it sets COUNTERSIGN_URL.";
  }
  return count >= PASSKEYS_MAX ? `You have ${PASSKEYS_MAX} passkeys. Remove one first.` : null;
}
