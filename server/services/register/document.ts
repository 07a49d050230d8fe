import { and, desc, eq, isNull, sql } from "drizzle-orm";
import type { Db, Tx } from "#db/client.ts";
import { person } from "#db/schema/person.ts";
import { item, registerDocument, registerDocumentVersion } from "#db/schema/register.ts";
import type { HeldRecord } from "#server/domain/register/import/plan.ts";
import { withStanding } from "#server/domain/register/record-standing.ts";
import type { ItemRow } from "../item/change-item.ts";

export type DocumentRow = typeof registerDocument.$inferSelect;
export type VersionRow = typeof registerDocumentVersion.$inferSelect;

/** First key of the advisory locks of documents; the second is made of the path. */
const DOCUMENT_LOCKS = 7_203_444;

/** Until the transaction ends nobody else imports a document of this path. */
export async function lockPath(tx: Tx, path: string): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock(${DOCUMENT_LOCKS}, hashtext(${path}))`);
}

export async function findDocument(db: Db | Tx, path: string): Promise<DocumentRow | null> {
  const [row] = await db.select().from(registerDocument).where(eq(registerDocument.path, path));
  return row ?? null;
}

/** The newest text of a document; null for one that was made in the console and never imported. */
export async function findNewest(db: Db | Tx, documentId: string): Promise<VersionRow | null> {
  const [row] = await db
    .select()
    .from(registerDocumentVersion)
    .where(eq(registerDocumentVersion.documentId, documentId))
    .orderBy(desc(registerDocumentVersion.number))
    .limit(1);
  return row ?? null;
}

/** An item of a document as an import or an export sees it. */
export interface HeldItem extends HeldRecord {
  row: ItemRow;
}

/** Items of a document that are in force, in its order, with where they stand written into them. */
export async function listHeldItems(db: Db | Tx, documentId: string): Promise<HeldItem[]> {
  const rows = await db
    .select({ item, ownerName: person.name })
    .from(item)
    .leftJoin(person, eq(person.id, item.ownerId))
    .where(and(eq(item.documentId, documentId), isNull(item.removedAt)))
    .orderBy(item.position, item.id);
  return rows.map(({ item: row, ownerName }) => {
    const { documentKey: key, code, content, state, dueOn } = row;
    const on = (row.closedAt ?? row.changedAt).toISOString().slice(0, 10);
    const shown = withStanding(content, { state, ownerName, dueOn, on });
    return { key, code, content, shown, state, row };
  });
}
