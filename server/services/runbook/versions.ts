import { and, count, desc, eq, inArray } from "drizzle-orm";
import { alias } from "drizzle-orm/pg-core";
import * as z from "zod";
import type { Db } from "#db/client.ts";
import { job } from "#db/schema/job.ts";
import { person } from "#db/schema/person.ts";
import { proposal } from "#db/schema/proposal.ts";
import { runbookVersion } from "#db/schema/runbook.ts";
import { tenant } from "#db/schema/tenant.ts";
import { DomainError } from "#server/domain/error/domain-error.ts";
import { type PartChange, compareRunbooks } from "#server/domain/runbook/compare.ts";
import { slugSchema } from "#server/domain/runbook/schema.ts";
import { query } from "../verb.ts";
import { readRunbook, type RunbookVersionRow } from "./published.ts";

const VERSIONS_LIMIT = 200;

/** Versions of a runbook, the newest first: who wrote, published and agreed, and what runs on each. */
export const listVersions = query({
  action: "runbook.read",
  input: z.strictObject({ slug: slugSchema }),
  run: async (ctx, { slug }) => {
    const [author, publisher, decider] = [
      alias(person, "author"),
      alias(person, "publisher"),
      alias(person, "decider"),
    ];
    const rows = await ctx.db
      .select({
        id: runbookVersion.id,
        title: runbookVersion.title,
        contentHash: runbookVersion.contentHash,
        publishedAt: runbookVersion.publishedAt,
        author: author.name,
        publisher: publisher.name,
        decider: decider.name,
        proposalId: runbookVersion.proposalId,
      })
      .from(runbookVersion)
      .leftJoin(author, eq(author.id, runbookVersion.authoredBy))
      .leftJoin(publisher, eq(publisher.id, runbookVersion.publishedBy))
      .leftJoin(proposal, eq(proposal.id, runbookVersion.proposalId))
      .leftJoin(decider, eq(decider.id, proposal.decidedBy))
      .where(eq(runbookVersion.slug, slug))
      .orderBy(desc(runbookVersion.publishedAt))
      .limit(VERSIONS_LIMIT);
    if (rows.length === 0)
      throw new DomainError("not_found", "There is no such runbook.", { reason: "not_found" });
    const uses = await countUses(
      ctx.db,
      rows.map(({ id }) => id),
    );
    return rows.map((row, index) => ({ ...row, number: rows.length - index, ...uses(row.id) }));
  },
});

async function countUses(db: Db, ids: readonly string[]) {
  const [tenants, jobs] = await Promise.all([
    db
      .select({ id: tenant.runbookVersionId, count: count() })
      .from(tenant)
      .where(inArray(tenant.runbookVersionId, [...ids]))
      .groupBy(tenant.runbookVersionId),
    db
      .select({ id: job.runbookVersionId, count: count() })
      .from(job)
      .where(inArray(job.runbookVersionId, [...ids]))
      .groupBy(job.runbookVersionId),
  ]);
  return (id: string) => ({
    tenants: tenants.find((one) => one.id === id)?.count ?? 0,
    jobs: jobs.find((one) => one.id === id)?.count ?? 0,
  });
}

/** What differs between two versions of one runbook, by block. */
export const compareVersions = query({
  action: "runbook.read",
  input: z.strictObject({ slug: slugSchema, from: z.uuid(), to: z.uuid() }),
  run: async (ctx, { slug, from, to }): Promise<{ changes: PartChange[] }> => {
    const rows = await ctx.db
      .select()
      .from(runbookVersion)
      .where(and(eq(runbookVersion.slug, slug), inArray(runbookVersion.id, [from, to])));
    const textOf = (id: string) => asText(rows.find((row) => row.id === id));
    return { changes: compareRunbooks(textOf(from), textOf(to)) };
  },
});

function asText(row: RunbookVersionRow | undefined) {
  if (!row)
    throw new DomainError("not_found", "There is no such version of this runbook.", { reason: "not_found" });
  return { runbook: readRunbook(row), source: row.source };
}
