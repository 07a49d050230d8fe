import { asc, desc } from "drizzle-orm";
import * as z from "zod";
import { cloud } from "#db/schema/cloud.ts";
import { runbookVersion } from "#db/schema/runbook.ts";
import { computeMarkers } from "#server/domain/marker/compute.ts";
import { listGreenRuns } from "../tenant/stage-jobs.ts";
import { query } from "../verb.ts";
import { describeOperations } from "./operations.ts";
import { getNewestVersion, readRunbook } from "./published.ts";

/** Published runbooks, the newest version of each. */
export const listRunbooks = query({
  action: "runbook.read",
  input: z.strictObject({}),
  run: async (ctx) =>
    ctx.db
      .selectDistinctOn([runbookVersion.slug], {
        slug: runbookVersion.slug,
        title: runbookVersion.title,
        contentHash: runbookVersion.contentHash,
        publishedAt: runbookVersion.publishedAt,
      })
      .from(runbookVersion)
      .orderBy(runbookVersion.slug, desc(runbookVersion.publishedAt)),
});

/** One runbook for reading: prose, blocks, gates, and each stage's marker on each cloud. */
export const readRunbookPage = query({
  action: "runbook.read",
  input: z.strictObject({ slug: z.string().min(1).max(100) }),
  run: async (ctx, { slug }) => {
    const version = await getNewestVersion(ctx.db, slug);
    const runbook = readRunbook(version);
    const clouds = await ctx.db
      .select({ id: cloud.id, name: cloud.name })
      .from(cloud)
      .orderBy(asc(cloud.name));
    const markers = await Promise.all(
      clouds.map(async ({ id, name }) => {
        const computed = computeMarkers(runbook.stages, await listGreenRuns(ctx.db, id), id);
        return { cloud: name, stages: [...computed.entries()].map(([key, marker]) => ({ key, marker })) };
      }),
    );
    return {
      runbook,
      operations: describeOperations(runbook.stages),
      publishedAt: version.publishedAt,
      markers,
    };
  },
});
