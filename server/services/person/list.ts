import { and, asc, desc, gt, isNull } from "drizzle-orm";
import * as z from "zod";
import { passkey } from "#db/schema/passkey.ts";
import { person, roleGrant, session } from "#db/schema/person.ts";
import { may } from "../may.ts";
import { type Ctx, query } from "../verb.ts";
import { PEOPLE_LIMIT } from "./limits.ts";
import { OWN_ACCOUNT, OWN_PASSKEYS, OWN_ROLES } from "./own-account.ts";

/** People with their roles and live sessions. */
export const listPeople = query({
  action: "person.read",
  input: z.strictObject({}),
  run: async (ctx) => {
    const [people, grants, passkeys, sessions] = await Promise.all([
      ctx.db.select().from(person).orderBy(asc(person.name)).limit(PEOPLE_LIMIT),
      ctx.db.select().from(roleGrant).where(isNull(roleGrant.revokedAt)),
      ctx.db.select({ personId: passkey.personId }).from(passkey).where(isNull(passkey.removedAt)),
      ctx.db
        .select()
        .from(session)
        .where(and(isNull(session.endedAt), gt(session.expiresAt, ctx.clock())))
        .orderBy(desc(session.lastActiveAt)),
    ]);
    return {
      may: { add: may(ctx, "person.add") },
      people: people.map((row) => ({
        id: row.id,
        name: row.name,
        email: row.email,
        disabledAt: row.disabledAt,
        createdAt: row.createdAt,
        signIn: row.oidcSubject === null ? ("password" as const) : ("oidc" as const),
        roles: grants.filter(({ personId }) => personId === row.id).map(({ role }) => role),
        passkeyCount: passkeys.filter(({ personId }) => personId === row.id).length,
        sessionCount: sessions.filter(({ personId }) => personId === row.id).length,
        lastActiveAt: sessions.find(({ personId }) => personId === row.id)?.lastActiveAt ?? null,
        may: mayOf(ctx, row),
      })),
    };
  },
});

/** What I may do with one person; the verbs refuse the same with the same words. */
function mayOf(ctx: Ctx, row: { id: string; disabledAt: Date | null }) {
  const isMe = ctx.actor.kind === "person" && ctx.actor.personId === row.id;
  return {
    setRoles: may(ctx, "person.set_roles", { unless: isMe ? OWN_ROLES : null }),
    disable: may(ctx, "person.disable", { unless: isMe ? OWN_ACCOUNT : null }),
    enable: may(ctx, "person.enable"),
    endSessions: may(ctx, "session.end"),
    forgetPasskeys: may(ctx, "passkey.propose_forget", { unless: isMe ? OWN_PASSKEYS : null }),
  };
}
