import { and, count, desc, eq, inArray } from "drizzle-orm";
import * as z from "zod";
import type { Db, Tx } from "#db/client.ts";
import { person } from "#db/schema/person.ts";
import { runbookVersion, shippedRunbook } from "#db/schema/runbook.ts";
import { DomainError } from "#server/domain/error/domain-error.ts";
import { readAuthors, writtenBy } from "#server/domain/runbook/authors.ts";
import { readMargins } from "../marker/margin.ts";
import { may } from "../may.ts";
import { query } from "../verb.ts";
import { listDocuments } from "./document.ts";
import { listOpenDrafts } from "./draft-read.ts";
import { describeOperations } from "./operations.ts";
import { getNewestVersion, readRunbook, type RunbookVersionRow } from "./published.ts";

/** Published runbooks, the newest version of each, with what is being written and what came from elsewhere. */
export const listRunbooks = query({
  action: "runbook.read",
  input: z.strictObject({}),
  run: async (ctx) => {
    const [newest, counts, drafts, documents] = await Promise.all([
      ctx.db
        .selectDistinctOn([runbookVersion.slug], {
          slug: runbookVersion.slug,
          title: runbookVersion.title,
          contentHash: runbookVersion.contentHash,
          publishedAt: runbookVersion.publishedAt,
        })
        .from(runbookVersion)
        .orderBy(runbookVersion.slug, desc(runbookVersion.publishedAt)),
      ctx.db
        .select({ slug: runbookVersion.slug, versions: count() })
        .from(runbookVersion)
        .groupBy(runbookVersion.slug),
      listOpenDrafts(ctx),
      listDocuments(ctx),
    ]);
    const runbooks = newest.map((row) => ({
      ...row,
      versions: counts.find(({ slug }) => slug === row.slug)?.versions ?? 1,
    }));
    return { runbooks, drafts, documents, may: { edit: may(ctx, "runbook.edit") } };
  },
});

/** One runbook for reading: prose, blocks, gates, and each stage's marker on each cloud. */
export const readRunbookPage = query({
  action: "runbook.read",
  input: z.strictObject({ slug: z.string().min(1).max(100), versionId: z.uuid().optional() }),
  run: async (ctx, { slug, versionId }) => {
    const newest = await getNewestVersion(ctx.db, slug);
    const version = versionId === undefined ? newest : await getVersion(ctx.db, { slug, versionId });
    const runbook = readRunbook(version);
    const markers = await readMargins(ctx.db, version, runbook);
    return {
      runbook,
      versionId: version.id,
      operations: describeOperations(runbook.stages),
      publishedAt: version.publishedAt,
      markers,
      isNewest: version.id === newest.id,
      /** What this console was shipped with and did not publish over what people published; null where there is none. */
      keptBack: await findKeptBack(ctx.db, slug),
      authors: await namedAuthors(ctx.db, version),
      /** Parts that whoever looks has written: somebody else has to read them. */
      written: writtenBy(version, ctx.actor.kind === "person" ? ctx.actor.personId : null),
      may: { edit: may(ctx, "runbook.edit"), readThrough: may(ctx, "runbook.read_through") },
    };
  },
});

/** The newest shipped text of a runbook, unless it is published as a version. */
async function findKeptBack(db: Db, slug: string): Promise<{ source: string; shippedAt: Date } | null> {
  const [newest] = await db
    .select({
      source: shippedRunbook.source,
      shippedAt: shippedRunbook.shippedAt,
      versionId: runbookVersion.id,
    })
    .from(shippedRunbook)
    .leftJoin(
      runbookVersion,
      and(
        eq(runbookVersion.slug, shippedRunbook.slug),
        eq(runbookVersion.contentHash, shippedRunbook.contentHash),
      ),
    )
    .where(eq(shippedRunbook.slug, slug))
    .orderBy(desc(shippedRunbook.shippedAt))
    .limit(1);
  return newest === undefined || newest.versionId !== null ? null : newest;
}

export async function getVersion(
  db: Db | Tx,
  { slug, versionId }: { slug?: string; versionId: string },
): Promise<RunbookVersionRow> {
  const [row] = await db
    .select()
    .from(runbookVersion)
    .where(
      and(slug === undefined ? undefined : eq(runbookVersion.slug, slug), eq(runbookVersion.id, versionId)),
    );
  if (!row)
    throw new DomainError("not_found", "There is no such version of this runbook.", { reason: "not_found" });
  return row;
}

/** Who wrote each part last, by the part's name; null for what is shipped with the console. */
async function namedAuthors(db: Db, { authors }: Pick<RunbookVersionRow, "authors">) {
  const parts = Object.entries(readAuthors(authors)?.parts ?? {}).filter(([, { by }]) => by.length > 0);
  if (parts.length === 0) return {};
  const ids = [...new Set(parts.flatMap(([, { by }]) => by))];
  const people = await db
    .select({ id: person.id, name: person.name })
    .from(person)
    .where(inArray(person.id, ids));
  const nameOf = (id: string) => people.find((one) => one.id === id)?.name ?? "somebody";
  return Object.fromEntries(
    parts.map(([part, { by, at }]) => [part, { by: by.map(nameOf), at: new Date(at) }]),
  );
}
