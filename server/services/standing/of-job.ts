import { eq } from "drizzle-orm";
import { alias } from "drizzle-orm/pg-core";
import type { Db, Tx } from "#db/client.ts";
import { person } from "#db/schema/person.ts";
import { standingApproval, standingUse } from "#db/schema/standing.ts";
import type { StagePlan } from "#server/domain/plan/plan.ts";
import type { Separation } from "#server/domain/policy/decide.ts";
import type { Requirement } from "#server/domain/rule/requirement.ts";
import { standingObstacle } from "#server/domain/standing/decide.ts";
import { standingContentSchema } from "#server/domain/standing/schema.ts";
import type { Ctx } from "../verb.ts";
import { countUses, listLiveStandings, readStandingFacts } from "./rows.ts";

/** The standing approval that a job went on under, with who made it; null when it did not. */
export async function findStandingOfJob(db: Db | Tx, jobId: string) {
  const maker = alias(person, "maker");
  const agreer = alias(person, "agreer");
  const [row] = await db
    .select({
      standing: standingApproval,
      use: standingUse.use,
      at: standingUse.at,
      madeBy: { id: maker.id, name: maker.name },
      agreedBy: { id: agreer.id, name: agreer.name },
    })
    .from(standingUse)
    .innerJoin(standingApproval, eq(standingApproval.id, standingUse.standingId))
    .innerJoin(maker, eq(maker.id, standingApproval.madeBy))
    .innerJoin(agreer, eq(agreer.id, standingApproval.agreedBy))
    .where(eq(standingUse.jobId, jobId));
  if (!row) return null;
  const { standing, ...rest } = row;
  const content = standingContentSchema.parse(standing.content);
  const { id, number, proposalId } = standing;
  return { id, number, proposalId, content, ...rest };
}

/** Standing approvals that would take the place of an approval of this waiting job, with what is left of them. */
export async function listStandingOffers(
  ctx: Ctx,
  of: { plan: StagePlan; requirement: Requirement | null; separation: Separation },
) {
  const at = ctx.clock();
  return ctx.db.transaction(async (tx) => {
    const offers = [];
    for (const row of await listLiveStandings(tx, at)) {
      const facts = await readStandingFacts(tx, row);
      if (standingObstacle(facts, { ...of, at }) !== null) continue;
      const left = row.maxUses - (await countUses(tx, row.id));
      if (left <= 0) continue;
      const { name, until } = facts.content;
      offers.push({ id: row.id, number: row.number, name, left, maxUses: row.maxUses, until });
    }
    return offers;
  });
}
