import { and, asc, eq, gt, isNull } from "drizzle-orm";
import type { Db, Tx } from "#db/client.ts";
import { standingApproval, standingUse } from "#db/schema/standing.ts";
import { assert, DomainError } from "#server/domain/error/domain-error.ts";
import type { PersonNow } from "#server/domain/policy/right-now.ts";
import { standingContentSchema } from "#server/domain/standing/schema.ts";
import type { StandingFacts } from "#server/domain/standing/decide.ts";
import { listPeopleNow } from "../person/people-now.ts";

export type StandingRow = typeof standingApproval.$inferSelect;

/** Standing approvals that may be offered for one job. */
const OFFERS_MAX = 50;

export async function getStanding(tx: Db | Tx, standingId: string): Promise<StandingRow> {
  const [row] = await tx.select().from(standingApproval).where(eq(standingApproval.id, standingId));
  if (!row)
    throw new DomainError("not_found", "There is no such standing approval.", { reason: "not_found" });
  return row;
}

/** Locked: users of one standing approval queue here, and so does its withdrawal. */
export async function lockStanding(tx: Tx, standingId: string): Promise<StandingRow> {
  await tx
    .select({ id: standingApproval.id })
    .from(standingApproval)
    .where(eq(standingApproval.id, standingId))
    .for("no key update");
  return getStanding(tx, standingId);
}

/** Those in force now, oldest first. */
export function listLiveStandings(tx: Db | Tx, at: Date): Promise<StandingRow[]> {
  return tx
    .select()
    .from(standingApproval)
    .where(and(isNull(standingApproval.withdrawnAt), gt(standingApproval.validUntil, at)))
    .orderBy(asc(standingApproval.number))
    .limit(OFFERS_MAX);
}

export async function countUses(tx: Db | Tx, standingId: string): Promise<number> {
  return tx.$count(standingUse, eq(standingUse.standingId, standingId));
}

/** The facts that a standing approval is judged by, with its two people as they are now. */
export async function readStandingFacts(tx: Tx, row: StandingRow): Promise<StandingFacts> {
  const people = await listPeopleNow(tx, [row.madeBy, row.agreedBy]);
  return standingFacts(row, people);
}

export function standingFacts(row: StandingRow, people: ReadonlyMap<string, PersonNow>): StandingFacts {
  const madeBy = people.get(row.madeBy);
  const agreedBy = people.get(row.agreedBy);
  assert(madeBy && agreedBy, "the people of a standing approval exist");
  return {
    content: standingContentSchema.parse(row.content),
    madeBy,
    agreedBy,
    isWithdrawn: row.withdrawnAt !== null,
  };
}
