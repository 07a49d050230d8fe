import { and, inArray, isNull } from "drizzle-orm";
import type { Tx } from "#db/client.ts";
import { person, roleGrant } from "#db/schema/person.ts";
import type { PersonNow } from "#server/domain/policy/right-now.ts";

/** People with their live roles, locked so that a revocation waits for the decision or comes before it. */
export async function listPeopleNow(tx: Tx, ids: readonly string[]): Promise<Map<string, PersonNow>> {
  const wanted = [...new Set(ids)].sort();
  const people = await tx.select().from(person).where(inArray(person.id, wanted)).for("share");
  const grants = await tx
    .select({ personId: roleGrant.personId, role: roleGrant.role })
    .from(roleGrant)
    .where(and(inArray(roleGrant.personId, wanted), isNull(roleGrant.revokedAt)))
    .for("share");
  return new Map(
    people.map(({ id, name, email, disabledAt }) => {
      const roles = grants.filter(({ personId }) => personId === id).map(({ role }) => role);
      return [id, { id, name, email, isDisabled: disabledAt !== null, roles }];
    }),
  );
}
