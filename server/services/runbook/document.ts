import { randomUUID } from "node:crypto";
import { desc, eq } from "drizzle-orm";
import * as z from "zod";
import { person } from "#db/schema/person.ts";
import { runbookDocument } from "#db/schema/runbook.ts";
import { DomainError } from "#server/domain/error/domain-error.ts";
import { CATALOGUE } from "#server/domain/operation/catalogue.ts";
import { readRunbookText } from "#server/domain/runbook/foreign/document.ts";
import { contentHash } from "#server/domain/runbook/hash.ts";
import { importDocumentSchema } from "#server/domain/runbook/schema.ts";
import { type Ctx, query, verb } from "../verb.ts";
import { outlineOf } from "./outline.ts";

const DOCUMENTS_LIMIT = 200;

/** Keeps a runbook of another form as it came. The same text is kept once. */
export const importDocument = verb({
  action: "runbook.edit",
  input: importDocumentSchema,
  load: async (tx, { source }) => {
    const hash = contentHash(source);
    const [known] = await tx
      .select({ id: runbookDocument.id, name: runbookDocument.name })
      .from(runbookDocument)
      .where(eq(runbookDocument.contentHash, hash));
    return { hash, known };
  },
  object: ({ known }) => ({ kind: "runbook_document", id: known?.id ?? "new" }),
  run: async (tx, { person: { personId }, input: { source, name }, row: { hash, known }, at }) => {
    if (known) {
      const says = `This text is here already, as ${known.name}. Nothing was imported.`;
      throw new DomainError("conflict", says, {
        reason: "already_imported",
        facts: { documentId: known.id },
      });
    }
    const { document } = readRunbookText(source, CATALOGUE);
    if (document.pieces.length === 0 || document.form === "steps") {
      const says =
        document.form === "steps"
          ? "This is a runbook of our own form: begin a draft with it. Nothing was imported."
          : "This cannot be read as a runbook. Nothing was imported.";
      throw new DomainError("invalid", says, { reason: "not_foreign", field: "source" });
    }
    const id = randomUUID();
    await tx
      .insert(runbookDocument)
      .values({ id, name, contentHash: hash, source, importedBy: personId, importedAt: at });
    const blocks = document.stages.reduce((sum, stage) => sum + stage.blocks.length, 0);
    return {
      output: { documentId: id },
      object: { kind: "runbook_document", id },
      audit: { name, contentHash: hash, stages: document.stages.length, blocks },
    };
  },
});

export async function listDocuments(ctx: Ctx) {
  return ctx.db
    .select({
      id: runbookDocument.id,
      name: runbookDocument.name,
      contentHash: runbookDocument.contentHash,
      importedAt: runbookDocument.importedAt,
      importedBy: person.name,
    })
    .from(runbookDocument)
    .innerJoin(person, eq(person.id, runbookDocument.importedBy))
    .orderBy(desc(runbookDocument.importedAt))
    .limit(DOCUMENTS_LIMIT);
}

/** A document as it was imported, with what is in it. */
export const readDocument = query({
  action: "runbook.read",
  input: z.strictObject({ documentId: z.uuid() }),
  run: async (ctx, { documentId }) => {
    const [row] = await ctx.db
      .select({ document: runbookDocument, importedBy: person.name })
      .from(runbookDocument)
      .innerJoin(person, eq(person.id, runbookDocument.importedBy))
      .where(eq(runbookDocument.id, documentId));
    if (!row) throw new DomainError("not_found", "There is no such document.", { reason: "not_found" });
    const { document, runbook: _none } = readRunbookText(row.document.source, CATALOGUE);
    return { ...row.document, importedBy: row.importedBy, outline: outlineOf(document) };
  },
});
