import { and, desc, eq, inArray, isNotNull, lt } from "drizzle-orm";
import * as z from "zod";
import type { Db } from "#db/client.ts";
import { cloud } from "#db/schema/cloud.ts";
import { approval, job } from "#db/schema/job.ts";
import { person } from "#db/schema/person.ts";
import { runbookVersion } from "#db/schema/runbook.ts";
import { tenant } from "#db/schema/tenant.ts";
import { slugSchema } from "#server/domain/runbook/schema.ts";
import { listPasters } from "../hand/pasters.ts";
import { may } from "../may.ts";
import { query } from "../verb.ts";
import { getNewestVersion, readRunbook } from "./published.ts";

const PAGE = 100;

/**
 * The run log of a runbook, newest first: every job of it that was started, with who, when, for whom, in which version
 * and how it ended. What a run printed is not in it.
 */
export const listRuns = query({
  action: "runbook.read",
  input: z.strictObject({
    slug: slugSchema,
    stageKey: z.string().min(1).max(20).nullable(),
    /** Only jobs with a smaller number: the last one of the page before. */
    before: z.number().int().positive().nullable(),
  }),
  run: async (ctx, { slug, stageKey, before }) => {
    const newest = await getNewestVersion(ctx.db, slug);
    const { title, stages } = readRunbook(newest);
    const [versions, rows] = await Promise.all([
      listNumbers(ctx.db, slug),
      ctx.db
        .select({
          id: job.id,
          number: job.number,
          versionId: job.runbookVersionId,
          contentHash: runbookVersion.contentHash,
          stageKey: job.stageKey,
          stageTitle: job.stageTitle,
          state: job.state,
          effect: job.effect,
          tenant: { id: tenant.id, slug: tenant.slug },
          cloud: cloud.name,
          requestedBy: person.name,
          startedAt: job.startedAt,
          finishedAt: job.finishedAt,
        })
        .from(job)
        .innerJoin(runbookVersion, eq(runbookVersion.id, job.runbookVersionId))
        .innerJoin(tenant, eq(tenant.id, job.tenantId))
        .innerJoin(cloud, eq(cloud.id, job.cloudId))
        .innerJoin(person, eq(person.id, job.requestedBy))
        .where(
          and(
            eq(runbookVersion.slug, slug),
            isNotNull(job.startedAt),
            stageKey === null ? undefined : eq(job.stageKey, stageKey),
            before === null ? undefined : lt(job.number, before),
          ),
        )
        .orderBy(desc(job.number))
        .limit(PAGE + 1),
    ]);
    const page = rows.slice(0, PAGE);
    const ids = page.map(({ id }) => id);
    const [approvers, pasters] = await Promise.all([listApprovers(ctx.db, ids), listPasters(ctx.db, ids)]);
    return {
      slug,
      title,
      stages: stages.map(({ key, title: words }) => ({ key, title: words })),
      runs: page.map((row) => ({
        ...row,
        version: versions.get(row.versionId) ?? null,
        approvedBy: approvers.get(row.id) ?? [],
        pastedBy: pasters.get(row.id) ?? [],
      })),
      nextBefore: rows.length > PAGE ? (page.at(-1)?.number ?? null) : null,
      mayReadOutput: may(ctx, "job.read_output"),
    };
  },
});

/** Numbers of versions as the page of the versions counts them, the oldest being 1. */
async function listNumbers(db: Db, slug: string): Promise<ReadonlyMap<string, number>> {
  const rows = await db
    .select({ id: runbookVersion.id })
    .from(runbookVersion)
    .where(eq(runbookVersion.slug, slug))
    .orderBy(runbookVersion.publishedAt);
  return new Map(rows.map(({ id }, at) => [id, at + 1]));
}

async function listApprovers(db: Db, jobIds: readonly string[]): Promise<ReadonlyMap<string, string[]>> {
  const rows = await db
    .select({ jobId: approval.jobId, name: person.name })
    .from(approval)
    .innerJoin(person, eq(person.id, approval.personId))
    .where(and(inArray(approval.jobId, [...jobIds]), eq(approval.decision, "approve")));
  const byJob = Map.groupBy(rows, ({ jobId }) => jobId);
  return new Map([...byJob].map(([jobId, own]) => [jobId, own.map(({ name }) => name)]));
}
