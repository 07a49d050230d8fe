import { and, asc, eq, isNull } from "drizzle-orm";
import type { Db, Tx } from "#db/client.ts";
import { blockAttestation } from "#db/schema/check.ts";
import { person } from "#db/schema/person.ts";

export interface Attester {
  id: string;
  personId: string;
  name: string;
  reason: string;
  at: Date;
}

/** Who attests exactly this digest now, the first to do so first. Accounts that are disabled do not count. */
export async function listAttesters(db: Db | Tx, digest: string): Promise<Attester[]> {
  return db
    .select({
      id: blockAttestation.id,
      personId: blockAttestation.personId,
      name: person.name,
      reason: blockAttestation.reason,
      at: blockAttestation.at,
    })
    .from(blockAttestation)
    .innerJoin(person, eq(person.id, blockAttestation.personId))
    .where(
      and(
        eq(blockAttestation.digest, digest),
        isNull(blockAttestation.withdrawnAt),
        isNull(person.disabledAt),
      ),
    )
    .orderBy(asc(blockAttestation.at));
}
