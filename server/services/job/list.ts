import { and, desc, eq, inArray, lt } from "drizzle-orm";
import * as z from "zod";
import { job } from "#db/schema/job.ts";
import { person } from "#db/schema/person.ts";
import { tenant } from "#db/schema/tenant.ts";
import { JOB_STATES, OPEN_JOB_STATES } from "#server/domain/job/states.ts";
import { markBroken } from "../break-glass/rows.ts";
import { query } from "../verb.ts";

const PAGE = 100;

/** Jobs, newest first, in pages by number. */
export const listJobs = query({
  action: "job.read",
  input: z.strictObject({
    filter: z.enum(["all", "open", "finished"]),
    tenantId: z.uuid().nullable(),
    /** Only jobs with a smaller number: the last one of the page before. */
    before: z.number().int().positive().nullable(),
  }),
  run: async (ctx, { filter, tenantId, before }) => {
    const finished = JOB_STATES.filter((state) => !OPEN_JOB_STATES.some((open) => open === state));
    const rows = await ctx.db
      .select({
        id: job.id,
        number: job.number,
        tenantId: job.tenantId,
        tenantSlug: tenant.slug,
        stageKey: job.stageKey,
        stageTitle: job.stageTitle,
        effect: job.effect,
        state: job.state,
        requestedBy: person.name,
        requestedAt: job.requestedAt,
        startedAt: job.startedAt,
        finishedAt: job.finishedAt,
        outcomeSays: job.outcomeSays,
        resolvedAt: job.resolvedAt,
      })
      .from(job)
      .innerJoin(person, eq(person.id, job.requestedBy))
      .innerJoin(tenant, eq(tenant.id, job.tenantId))
      .where(
        and(
          filter === "all"
            ? undefined
            : inArray(job.state, filter === "open" ? [...OPEN_JOB_STATES] : finished),
          tenantId === null ? undefined : eq(job.tenantId, tenantId),
          before === null ? undefined : lt(job.number, before),
        ),
      )
      .orderBy(desc(job.number))
      .limit(PAGE + 1);
    const page = rows.slice(0, PAGE);
    const broken = await markBroken(
      ctx.db,
      page.map(({ id }) => id),
    );
    const jobs = page.map((row) => ({ ...row, isEmergency: broken.has(row.id) }));
    return { jobs, nextBefore: rows.length > PAGE ? (jobs.at(-1)?.number ?? null) : null };
  },
});
