import { asc } from "drizzle-orm";
import * as z from "zod";
import { cloud } from "#db/schema/cloud.ts";
import { DomainError } from "#server/domain/error/domain-error.ts";
import { computeMarkers } from "#server/domain/marker/compute.ts";
import { validationTable, withTable } from "#server/domain/marker/table.ts";
import { slugSchema } from "#server/domain/runbook/schema.ts";
import { getNewestVersion, readRunbook } from "../runbook/published.ts";
import { query } from "../verb.ts";
import { chainedStages, loadEvidence } from "./evidence.ts";

/** The validation table of the newest version on a cloud (the first by name when none is given), alone and in the document. */
export const readTable = query({
  action: "runbook.read",
  input: z.strictObject({ slug: slugSchema, cloud: z.string().min(1).max(63).nullable() }),
  run: async (ctx, { slug, cloud: name }) => {
    const version = await getNewestVersion(ctx.db, slug);
    const runbook = readRunbook(version);
    const clouds = await ctx.db
      .select({ id: cloud.id, name: cloud.name })
      .from(cloud)
      .orderBy(asc(cloud.name));
    const chosen = name === null ? clouds[0] : clouds.find((one) => one.name === name);
    if (!chosen) throw new DomainError("not_found", "There is no such cloud.", { reason: "not_found" });
    const evidence = await loadEvidence(ctx.db, { slug, cloudId: chosen.id, tenants: "none" });
    const markers = computeMarkers(chainedStages(runbook), evidence, { cloud: chosen, runbookSlug: slug });
    const table = validationTable(runbook, markers, chosen.name);
    return { cloud: chosen.name, table, document: withTable(version.source, table) };
  },
});
