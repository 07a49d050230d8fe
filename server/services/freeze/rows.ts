import { eq, isNull } from "drizzle-orm";
import type { Db, Tx } from "#db/client.ts";
import { person } from "#db/schema/person.ts";
import { changeFreeze } from "#db/schema/proposal.ts";

/** The freeze that is in force, with who set it, or null. */
export async function findFreeze(db: Db | Tx) {
  const [row] = await db
    .select({ id: changeFreeze.id, setBy: person.name, reason: changeFreeze.reason, at: changeFreeze.at })
    .from(changeFreeze)
    .innerJoin(person, eq(person.id, changeFreeze.setBy))
    .where(isNull(changeFreeze.liftedAt));
  return row ?? null;
}
