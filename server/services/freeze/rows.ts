import { eq, isNull, sql } from "drizzle-orm";
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

/** The id of an advisory lock: whoever starts changes shares it, whoever freezes them takes it alone. */
const FREEZE_LOCK = 7_203_442;

/** Until the transaction ends nobody freezes: what starts in it has started before the freeze. */
export async function holdFreeze(tx: Tx): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock_shared(${FREEZE_LOCK})`);
}

/** Waits for everybody who is about to start a change; whoever comes later sees the freeze. */
export async function takeFreezeLock(tx: Tx): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock(${FREEZE_LOCK})`);
}
