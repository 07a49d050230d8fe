import { createHash, randomUUID } from "node:crypto";
import { and, asc, eq, max } from "drizzle-orm";
import type { Tx } from "#db/client.ts";
import { item, registerDocument, registerDocumentVersion } from "#db/schema/register.ts";
import { assert, DomainError } from "#server/domain/error/domain-error.ts";
import { emptyRegister } from "#server/domain/register/handoff/new-item.ts";
import { writeHandoff } from "#server/domain/register/handoff/write.ts";
import { LEDGER_HEAD } from "#server/domain/register/ledger/new-row.ts";
import { writeTable } from "#server/domain/register/table/table.ts";
import { type DocumentRow, findDocument, lockPath } from "./document.ts";
import { placeBehind } from "./insert-items.ts";

/** Documents that the console begins itself where there is none: where they stand and what is in them. */
const BEGINNINGS = {
  handoff: { path: "docs/handoff.md", text: () => writeHandoff(emptyRegister()) },
  decisions: { path: "docs/design-decisions.md", text: () => "# Design decisions\n" },
  changelog: { path: "docs/changelog.md", text: () => "# Changelog\n" },
  security_ledger: {
    path: "docs/security-ledger.md",
    text: () => `# Security ledger\n\n${writeTable(LEDGER_HEAD, [])}\n`,
  },
} as const;
type Begun = keyof typeof BEGINNINGS;

export const newPathOf = (kind: Begun): string => BEGINNINGS[kind].path;

/**
 * The document of this kind that is named, else the oldest one, or null where there is none yet. Until the transaction
 * ends nobody else enters anything into it, imports it or begins it.
 */
export async function lockRegister(
  tx: Tx,
  { kind, documentId }: { kind: Begun; documentId: string | null },
): Promise<DocumentRow | null> {
  if (documentId === null) await lockPath(tx, newPathOf(kind));
  const [row] = await tx
    .select()
    .from(registerDocument)
    .where(
      and(
        eq(registerDocument.kind, kind),
        documentId === null ? undefined : eq(registerDocument.id, documentId),
      ),
    )
    .orderBy(asc(registerDocument.createdAt), asc(registerDocument.id))
    .limit(1);
  if (row === undefined && documentId !== null) {
    throw new DomainError("not_found", "There is no such register. Nothing was entered.", {
      reason: "not_found",
      field: "documentId",
    });
  }
  if (row !== undefined) await lockPath(tx, row.path);
  return row ?? null;
}

/** Begins a document with nothing in it. Its path must be locked. */
export async function beginRegister(
  tx: Tx,
  kind: Begun,
  { personId, at }: { personId: string; at: Date },
): Promise<DocumentRow> {
  const { path } = BEGINNINGS[kind];
  if ((await findDocument(tx, path)) !== null) {
    throw new DomainError(
      "conflict",
      `${path} is there already and was read as something else. Nothing was entered; import it under another path first.`,
      { reason: "path_taken", field: "documentId" },
    );
  }
  const [row] = await tx
    .insert(registerDocument)
    .values({ id: randomUUID(), path, kind, createdBy: personId, createdAt: at })
    .returning();
  assert(row, "a register that was begun is there");
  const text = BEGINNINGS[kind].text();
  await tx.insert(registerDocumentVersion).values({
    id: randomUUID(),
    documentId: row.id,
    number: 1,
    text,
    digest: createHash("sha256").update(text).digest("hex"),
    importedBy: personId,
    at,
  });
  return row;
}

/** The place behind everything that a document has. */
export async function nextPosition(tx: Tx, documentId: string): Promise<number> {
  const [row] = await tx
    .select({ last: max(item.position) })
    .from(item)
    .where(eq(item.documentId, documentId));
  return placeBehind(row?.last ?? 0);
}
