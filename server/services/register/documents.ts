import { and, asc, count, desc, eq, isNull, lt, sql } from "drizzle-orm";
import * as z from "zod";
import type { Db } from "#db/client.ts";
import { person } from "#db/schema/person.ts";
import { item, registerDocument, registerDocumentVersion } from "#db/schema/register.ts";
import { DomainError } from "#server/domain/error/domain-error.ts";
import { prosePartsIn } from "#server/domain/register/prose/parts.ts";
import { readPlain } from "#server/domain/register/read.ts";
import { may } from "../may.ts";
import { query } from "../verb.ts";
import type { DocumentRow } from "./document.ts";
import { textNow } from "./export.ts";
import { findOwnText, listProse } from "./prose.ts";

const DOCUMENTS_MAX = 500;
const VERSIONS_MAX = 200;
const PARTS_MAX = 300;
/** Two texts that are shown beside each other; longer ones are downloaded. In characters. */
const COMPARED_MAX = 300_000;

/** Documents of the registers, each with its newest version and how many records are in force. */
export const listDocuments = query({
  action: "register.read",
  input: z.strictObject({}),
  run: async (ctx) => {
    const newest = ctx.db
      .selectDistinctOn([registerDocumentVersion.documentId], {
        documentId: registerDocumentVersion.documentId,
        number: registerDocumentVersion.number,
        at: registerDocumentVersion.at,
        importedBy: registerDocumentVersion.importedBy,
      })
      .from(registerDocumentVersion)
      .orderBy(registerDocumentVersion.documentId, desc(registerDocumentVersion.number))
      .as("newest");
    const counted = ctx.db
      .select({ documentId: item.documentId, records: count().as("records") })
      .from(item)
      .where(isNull(item.removedAt))
      .groupBy(item.documentId)
      .as("counted");
    const documents = await ctx.db
      .select({
        id: registerDocument.id,
        path: registerDocument.path,
        kind: registerDocument.kind,
        version: newest.number,
        at: newest.at,
        by: person.name,
        records: sql<number>`coalesce(${counted.records}, 0)::int`,
      })
      .from(registerDocument)
      .leftJoin(newest, eq(newest.documentId, registerDocument.id))
      .leftJoin(person, eq(person.id, newest.importedBy))
      .leftJoin(counted, eq(counted.documentId, registerDocument.id))
      .orderBy(asc(registerDocument.path))
      .limit(DOCUMENTS_MAX);
    return { documents, may: { import: may(ctx, "register.import") } };
  },
});

/** A document with its versions, the newest first, and what the console would give back of it now. */
export const readDocumentPage = query({
  action: "register.read",
  input: z.strictObject({ documentId: z.uuid(), version: z.int().min(1).nullable() }),
  run: async (ctx, { documentId, version }) => {
    const [row] = await ctx.db.select().from(registerDocument).where(eq(registerDocument.id, documentId));
    if (!row) throw new DomainError("not_found", "There is no such document.", { reason: "not_found" });
    const versions = await ctx.db
      .select({
        number: registerDocumentVersion.number,
        digest: registerDocumentVersion.digest,
        at: registerDocumentVersion.at,
        by: person.name,
      })
      .from(registerDocumentVersion)
      .innerJoin(person, eq(person.id, registerDocumentVersion.importedBy))
      .where(eq(registerDocumentVersion.documentId, documentId))
      .orderBy(desc(registerDocumentVersion.number))
      .limit(VERSIONS_MAX);
    const textOf = async (number: number) => {
      const [found] = await ctx.db
        .select({ text: registerDocumentVersion.text })
        .from(registerDocumentVersion)
        .where(
          and(eq(registerDocumentVersion.documentId, documentId), eq(registerDocumentVersion.number, number)),
        );
      return found?.text ?? "";
    };
    const beforeOf = async (number: number) => {
      const [found] = await ctx.db
        .select({ text: registerDocumentVersion.text })
        .from(registerDocumentVersion)
        .where(
          and(eq(registerDocumentVersion.documentId, documentId), lt(registerDocumentVersion.number, number)),
        )
        .orderBy(desc(registerDocumentVersion.number))
        .limit(1);
      return found?.text ?? "";
    };
    // Without a version: what the console has made of the newest one.
    const newest = versions[0]?.number ?? 0;
    const before = version === null ? await textOf(newest) : await beforeOf(version);
    const after = version === null ? await textNow(ctx.db, row, ctx.clock()) : await textOf(version);
    const isLong = before.length + after.length > COMPARED_MAX;
    return {
      id: row.id,
      path: row.path,
      kind: row.kind,
      createdAt: row.createdAt,
      versions,
      shown: version,
      isChanged: before !== after,
      compared: isLong ? null : { before, after },
      parts: await listParts(ctx.db, row),
      may: { import: may(ctx, "register.import"), edit: may(ctx, "register.edit") },
    };
  },
});

/** Pieces of the document's own words, in its order, and which of them the console says otherwise than it came. */
async function listParts(db: Db, row: DocumentRow) {
  const text = await findOwnText(db, row);
  if (text === null) return { shown: [], count: 0 };
  const words = await listProse(db, row.id);
  const parts = prosePartsIn(readPlain(text, row.path));
  const shown = parts.slice(0, PARTS_MAX).map(({ key, title, lines, isMachines }) => {
    return { key, title, count: lines.last - lines.first + 1, isMachines, isChanged: words.has(key) };
  });
  return { shown, count: parts.length };
}
