import { and, asc, eq, inArray, sql } from "drizzle-orm";
import type { Db, Tx } from "#db/client.ts";
import { handRecord } from "#db/schema/hand.ts";
import { person } from "#db/schema/person.ts";

/** Of each job the people who ran blocks of it elsewhere and pasted what they printed; jobs without any are left out. */
export async function listPasters(
  db: Db | Tx,
  jobIds: readonly string[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  if (jobIds.length === 0) return new Map();
  const rows = await db
    .selectDistinct({ jobId: handRecord.jobId, name: person.name })
    .from(handRecord)
    .innerJoin(person, eq(person.id, handRecord.personId))
    .where(
      and(
        inArray(handRecord.jobId, [...jobIds]),
        sql`coalesce(${handRecord.kept}, ${handRecord.given}) -> 'pasted' is not null`,
      ),
    )
    .orderBy(asc(person.name));
  const byJob = Map.groupBy(rows, ({ jobId }) => jobId);
  return new Map([...byJob].map(([jobId, own]) => [jobId, own.map(({ name }) => name)]));
}
