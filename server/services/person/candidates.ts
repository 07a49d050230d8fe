import { and, asc, eq, isNull } from "drizzle-orm";
import type { Db } from "#db/client.ts";
import { person, roleGrant } from "#db/schema/person.ts";
import type { Action } from "#server/domain/policy/actions.ts";
import { decide, type Separation } from "#server/domain/policy/decide.ts";
import { PEOPLE_LIMIT } from "./limits.ts";

/** People who could do it right now, by the same decision function: "who could" for a dead end. */
export async function listCandidates(
  db: Db,
  of: { action: Action; separation?: Separation },
): Promise<{ id: string; name: string }[]> {
  const rows = await db
    .select({ id: person.id, name: person.name, email: person.email, role: roleGrant.role })
    .from(person)
    .innerJoin(roleGrant, eq(roleGrant.personId, person.id))
    .where(and(isNull(person.disabledAt), isNull(roleGrant.revokedAt)))
    .orderBy(asc(person.name))
    .limit(PEOPLE_LIMIT * 5);
  return [...Map.groupBy(rows, ({ id }) => id).entries()].flatMap(([personId, own]) => {
    const [first] = own;
    if (!first) return [];
    const actor = {
      kind: "person" as const,
      personId,
      sessionId: "",
      name: first.name,
      email: first.email,
      roles: own.map(({ role }) => role),
    };
    const decision = decide({ actor, ...of });
    return decision.effect === "allow" ? [{ id: personId, name: first.name }] : [];
  });
}
