import { and, desc, eq } from "drizzle-orm";
import { alias } from "drizzle-orm/pg-core";
import * as z from "zod";
import { cloud } from "#db/schema/cloud.ts";
import { job } from "#db/schema/job.ts";
import { person } from "#db/schema/person.ts";
import { standingApproval } from "#db/schema/standing.ts";
import { tenant } from "#db/schema/tenant.ts";
import { planEffect } from "#server/domain/approval/decide.ts";
import { stagePlanSchema } from "#server/domain/plan/schema.ts";
import { parametersOf } from "#server/domain/standing/cover.ts";
import { standingContentSchema } from "#server/domain/standing/schema.ts";
import { may } from "../may.ts";
import { query } from "../verb.ts";
import { countUses } from "./rows.ts";
import { describeStanding } from "./words.ts";

const LIST_LIMIT = 100;
const PATTERNS_LIMIT = 30;

/** Every standing approval, newest first, with who made it, what is left of it, and what it allows in sentences. */
export const readStandings = query({
  action: "standing.read",
  input: z.strictObject({}),
  run: async (ctx) => {
    const maker = alias(person, "maker");
    const agreer = alias(person, "agreer");
    const [rows, clouds, tenants] = await Promise.all([
      ctx.db
        .select({ row: standingApproval, madeBy: maker.name, agreedBy: agreer.name })
        .from(standingApproval)
        .innerJoin(maker, eq(maker.id, standingApproval.madeBy))
        .innerJoin(agreer, eq(agreer.id, standingApproval.agreedBy))
        .orderBy(desc(standingApproval.number))
        .limit(LIST_LIMIT),
      ctx.db.select({ id: cloud.id, name: cloud.name }).from(cloud),
      ctx.db.select({ id: tenant.id, name: tenant.slug }).from(tenant),
    ]);
    const names = new Map([...clouds, ...tenants].map(({ id, name }) => [id, name]));
    const now = ctx.clock();
    const standings = [];
    for (const { row, madeBy, agreedBy } of rows) {
      const content = standingContentSchema.parse(row.content);
      const used = await countUses(ctx.db, row.id);
      const state =
        row.withdrawnAt !== null
          ? ("withdrawn" as const)
          : now >= row.validUntil
            ? ("over" as const)
            : used >= row.maxUses
              ? ("used_up" as const)
              : ("in_force" as const);
      standings.push({
        id: row.id,
        number: row.number,
        name: content.name,
        proposalId: row.proposalId,
        madeBy,
        agreedBy,
        used,
        maxUses: row.maxUses,
        validUntil: row.validUntil,
        state,
        sentences: describeStanding(content, (id) => names.get(id) ?? id),
      });
    }
    return { standings, may: { propose: may(ctx, "standing.propose") } };
  },
});

/** Changes that succeeded lately: what a standing approval can be made after, so that its shape is one that was run. */
export const readStandingPatterns = query({
  action: "standing.propose",
  input: z.strictObject({}),
  run: async (ctx) => {
    const rows = await ctx.db
      .select({ job, tenant: { id: tenant.id, slug: tenant.slug } })
      .from(job)
      .innerJoin(tenant, eq(tenant.id, job.tenantId))
      .where(and(eq(job.state, "succeeded"), eq(job.effect, "mutate")))
      .orderBy(desc(job.number))
      .limit(PATTERNS_LIMIT);
    return rows.flatMap(({ job: row, tenant: of }) => {
      const plan = stagePlanSchema.parse(row.plan);
      if (planEffect(plan) !== "mutate") return [];
      const bounds = plan.steps.flatMap(({ operation, parameters }) =>
        [...parametersOf(parameters)].map(([name, value]) => ({ operation, name, value })),
      );
      const distinct = new Map(bounds.map((bound) => [`${bound.operation} ${bound.name}`, bound]));
      return [
        {
          jobId: row.id,
          number: row.number,
          stageKey: row.stageKey,
          stageTitle: row.stageTitle,
          stageHash: plan.stage.hash,
          cloudId: plan.cloud.id,
          tenant: of,
          operations: [...new Set(plan.steps.map(({ operation }) => operation))],
          parameters: [...distinct.values()],
        },
      ];
    });
  },
});
