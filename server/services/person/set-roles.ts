import { randomUUID } from "node:crypto";
import { and, eq, isNull } from "drizzle-orm";
import { roleGrant } from "#db/schema/person.ts";
import { DomainError } from "#server/domain/error/domain-error.ts";
import { setRolesSchema } from "#server/domain/person/schema.ts";
import { verb } from "../verb.ts";
import { OWN_ROLES } from "./own-account.ts";
import { lockPerson } from "./rows.ts";

/** Sets somebody else's roles. They count from the next request on: nothing caches them. */
export const setRoles = verb({
  action: "person.set_roles",
  input: setRolesSchema,
  load: (tx, { personId }) => lockPerson(tx, personId),
  object: (row) => ({ kind: "person", id: row.id }),
  run: async (tx, { person: actor, input, row, at }) => {
    if (row.id === actor.personId) {
      throw new DomainError("forbidden", OWN_ROLES, {
        reason: "own_roles",
      });
    }
    const live = await tx
      .select()
      .from(roleGrant)
      .where(and(eq(roleGrant.personId, row.id), isNull(roleGrant.revokedAt)));
    const wanted = new Set(input.roles);
    const gone = live.filter(({ role }) => !wanted.has(role));
    const fresh = [...wanted].filter((role) => !live.some((grant) => grant.role === role));
    for (const { id } of gone) {
      await tx
        .update(roleGrant)
        .set({ revokedAt: at, revokedBy: actor.personId })
        .where(eq(roleGrant.id, id));
    }
    if (fresh.length > 0) {
      await tx.insert(roleGrant).values(
        fresh.map((role) => ({
          id: randomUUID(),
          personId: row.id,
          role,
          grantedBy: actor.personId,
          grantedAt: at,
        })),
      );
    }
    return {
      output: { roles: [...wanted] },
      audit: { before: live.map(({ role }) => role), after: [...wanted] },
    };
  },
});
