import type { Tx } from "#db/client.ts";
import { lostBreakGlass } from "#server/domain/break-glass/decide.ts";
import type { Separation } from "#server/domain/policy/decide.ts";
import { findBreakGlass } from "#server/services/break-glass/rows.ts";
import { listPeopleNow } from "#server/services/person/people-now.ts";
import { findRules } from "#server/services/rules/current.ts";
import type { AuthorityFacts } from "./authority.ts";
import type { JobRow } from "./run.ts";

/** The emergency that let a job go, and whether whoever did so still could. Null: it went the usual way. */
export async function readEmergencyNow(
  tx: Tx,
  row: JobRow,
  separation: Separation,
): Promise<AuthorityFacts["emergency"]> {
  const broken = await findBreakGlass(tx, row.id);
  if (broken === null || broken.digest !== row.digest) return null;
  const person = (await listPeopleNow(tx, [broken.person.id])).get(broken.person.id);
  const lost = person
    ? lostBreakGlass({ person, set: await findRules(tx).then((now) => now?.set ?? null) }, separation)
    : "";
  return { personId: broken.person.id, lost };
}
