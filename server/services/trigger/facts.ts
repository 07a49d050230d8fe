import { and, count, eq, inArray, isNull } from "drizzle-orm";
import type { Db, Tx } from "#db/client.ts";
import { person, roleGrant } from "#db/schema/person.ts";
import { item } from "#db/schema/register.ts";
import type { Trigger, TriggerFacts } from "#server/domain/register/lifecycle/trigger.ts";
import { isSettled } from "#server/domain/register/record-state.ts";

/**
 * What triggers are judged by, as it is now. A code that several items have is closed when all of them are, and has a
 * status or a result when all of them agree: of two that differ nobody knows which one is meant.
 */
export async function readTriggerFacts(
  db: Db | Tx,
  triggers: readonly Trigger[],
  now: Date,
): Promise<TriggerFacts> {
  const codes = triggers.flatMap((trigger) => ("id" in trigger ? [trigger.id] : []));
  const asksPeople = triggers.some(({ kind }) => kind === "people_with_role");
  const named =
    codes.length === 0
      ? []
      : await db
          .select({ code: item.code, kind: item.kind, state: item.state })
          .from(item)
          .where(and(inArray(item.code, [...new Set(codes)]), isNull(item.removedAt)));
  const byCode = Map.groupBy(named, ({ code }) => code);
  const closedItems = new Set<string>();
  const decisionStatus = new Map<string, string>();
  const checkResults = new Map<string, string>();
  for (const [code, own] of byCode) {
    const [first] = own;
    if (first === undefined) continue;
    if (own.every(({ kind, state }) => isSettled(kind, state))) closedItems.add(code);
    if (!own.every(({ kind, state }) => kind === first.kind && state === first.state)) continue;
    if (first.kind === "decision") decisionStatus.set(code, first.state);
    if (first.kind === "V") checkResults.set(code, first.state);
  }
  return {
    now,
    closedItems,
    decisionStatus,
    checkResults,
    peopleByRole: asksPeople ? await countPeople(db) : new Map(),
  };
}

/** People who may sign in, by role. */
async function countPeople(db: Db | Tx): Promise<Map<string, number>> {
  const rows = await db
    .select({ role: roleGrant.role, people: count() })
    .from(roleGrant)
    .innerJoin(person, eq(person.id, roleGrant.personId))
    .where(and(isNull(person.disabledAt), isNull(roleGrant.revokedAt)))
    .groupBy(roleGrant.role);
  return new Map(rows.map(({ role, people }) => [role, people]));
}
