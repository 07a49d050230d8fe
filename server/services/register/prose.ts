import { createHash } from "node:crypto";
import { and, asc, desc, eq, max } from "drizzle-orm";
import * as z from "zod";
import type { Db, Tx } from "#db/client.ts";
import { person } from "#db/schema/person.ts";
import { registerDocument } from "#db/schema/register.ts";
import { registerProse } from "#db/schema/register-prose.ts";
import { DomainError } from "#server/domain/error/domain-error.ts";
import { keepable } from "#server/domain/item/schema.ts";
import type { RegisterDocument } from "#server/domain/register/document.ts";
import { marksIn } from "#server/domain/register/numbers/scan.ts";
import {
  findProseRefusal,
  PROSE_MAX,
  type ProseWords,
  trimmedProse,
  withProse,
} from "#server/domain/register/prose/edit.ts";
import { type ProsePart, prosePartsIn } from "#server/domain/register/prose/parts.ts";
import { readPlain } from "#server/domain/register/read.ts";
import { may } from "../may.ts";
import { keepFurtherMarks, lockAllSeries } from "../number/take-over.ts";
import { query, verb } from "../verb.ts";
import { type DocumentRow, findNewest, lockPath } from "./document.ts";

/** What the console made of parts of a document's own words, by their keys. */
export async function listProse(db: Db | Tx, documentId: string): Promise<Map<string, string>> {
  const rows = await db
    .selectDistinctOn([registerProse.part], { part: registerProse.part, words: registerProse.words })
    .from(registerProse)
    .where(eq(registerProse.documentId, documentId))
    .orderBy(asc(registerProse.part), desc(registerProse.number));
  return new Map(rows.flatMap(({ part, words }) => (words === null ? [] : [[part, words]])));
}

/** The newest text of a document with the console's words in it, its records as they were imported. */
export async function findOwnText(db: Db | Tx, row: DocumentRow): Promise<string | null> {
  const newest = await findNewest(db, row.id);
  if (newest === null) return null;
  const words = await listProse(db, row.id);
  return words.size === 0 ? newest.text : withProse(readPlain(newest.text, row.path), words);
}

interface WrittenBy {
  documentId: string;
  personId: string;
  reason: string | null;
  at: Date;
}

/** Writes what a part says from now on, null for the document's own words. Its path must be locked. */
async function writeProse(
  tx: Tx,
  { part, was, words }: { part: string; was: string; words: string | null },
  by: WrittenBy,
): Promise<void> {
  const [row] = await tx
    .select({ last: max(registerProse.number) })
    .from(registerProse)
    .where(eq(registerProse.documentId, by.documentId));
  await tx.insert(registerProse).values({ ...by, part, was, words, number: (row?.last ?? 0) + 1 });
}

/** Has the console say these words over a version that was just imported, and nothing else. */
export async function keepProse(
  tx: Tx,
  { document, before, after }: { document: RegisterDocument; before: ProseWords; after: ProseWords },
  by: Omit<WrittenBy, "reason">,
): Promise<void> {
  const own = new Map(prosePartsIn(document).map((part) => [part.key, part.text]));
  for (const [part, words] of after) {
    if (before.get(part) === words) continue;
    const refusal = findProseRefusal(document, part, words);
    if (refusal !== null) {
      throw new DomainError(
        "invalid",
        `What the console says in ${part} cannot stand in this version of the document. ${refusal.says} Nothing was imported; take the document's words there, or change them in it first.`,
        { reason: "prose_not_kept" },
      );
    }
    const was = before.get(part) ?? own.get(part) ?? "";
    await writeProse(tx, { part, was, words }, { ...by, reason: "Kept over an import." });
  }
  for (const [part, was] of before) {
    if (after.has(part)) continue;
    await writeProse(tx, { part, was, words: null }, { ...by, reason: "The document says it itself now." });
  }
}

const digestOf = (text: string) => `sha256:${createHash("sha256").update(text).digest("hex")}`;

const partSchema = z.strictObject({
  documentId: z.uuid(),
  part: z.string().min(1).max(400).refine(keepable),
});

/** Changes the own words of a document in one part, on the words that were seen. */
export const editProse = verb({
  action: "register.edit",
  input: partSchema.extend({
    /** Digest of the words that the person began with. */
    seen: z.string().regex(/^sha256:[0-9a-f]{64}$/, "Name the digest of the words that you began with."),
    words: z.string().max(PROSE_MAX, `A part has at most ${PROSE_MAX} characters.`),
    reason: z.string().trim().max(2000).refine(keepable, "This cannot be kept.").nullable(),
  }),
  load: async (tx, { documentId }) => {
    const row = await getDocument(tx, documentId);
    await lockPath(tx, row.path);
    return row;
  },
  object: (row) => ({ kind: "document", id: row.id }),
  run: async (tx, { person: { personId }, input, row, at }) => {
    const { document, part, imported } = await getPart(tx, row, input.part);
    if (digestOf(part.text) !== input.seen) throw stale(row, part);
    const words = trimmedProse(input.words);
    const refusal = findProseRefusal(document, part.key, words);
    if (refusal !== null) {
      throw new DomainError("invalid", `${refusal.says} Nothing was changed; put it in other words.`, {
        reason: "not_in_form",
        field: "words",
        facts: { line: refusal.line },
      });
    }
    const audit = { path: row.path, part: part.key, was: input.seen, is: digestOf(words) };
    if (words !== part.text) {
      const kept = words === imported ? null : words;
      const { reason } = input;
      await writeProse(
        tx,
        { part: part.key, was: part.text, words: kept },
        { documentId: row.id, personId, reason, at },
      );
      await keepNewMarks(tx, row, { document, text: withProse(document, new Map([[part.key, words]])) });
    }
    return { output: { documentId: row.id, part: part.key, seen: digestOf(words) }, audit };
  },
});

function stale(row: DocumentRow, part: ProsePart): DomainError {
  return new DomainError(
    "conflict",
    `"${part.title}" of ${row.path} was changed by somebody else meanwhile. Nothing of yours was saved; look at both and choose.`,
    { reason: "stale_part", facts: { part: part.key, seen: digestOf(part.text) } },
  );
}

/** A number that these words name and that no earlier ones did is known from now on. */
async function keepNewMarks(
  tx: Tx,
  row: DocumentRow,
  { document, text }: { document: RegisterDocument; text: string },
): Promise<void> {
  const known = new Map(marksIn(document).map(({ series, largest }) => [series, largest]));
  const marks = marksIn(readPlain(text, row.path)).filter(
    ({ series, largest }) => largest > (known.get(series) ?? -1),
  );
  if (marks.length === 0) return;
  await lockAllSeries(
    tx,
    marks.map(({ series }) => series),
  );
  await keepFurtherMarks(tx, marks, row.id);
}

async function getDocument(db: Db | Tx, documentId: string): Promise<DocumentRow> {
  const [row] = await db.select().from(registerDocument).where(eq(registerDocument.id, documentId));
  if (row) return row;
  throw new DomainError("not_found", "There is no such document.", { reason: "not_found" });
}

/** A part as the console says it, the document around it, and the words that were imported. */
async function getPart(db: Db | Tx, row: DocumentRow, key: string) {
  const newest = await findNewest(db, row.id);
  const read = readPlain(newest?.text ?? "", row.path);
  const words = await listProse(db, row.id);
  const document = words.size === 0 ? read : readPlain(withProse(read, words), row.path);
  const part = prosePartsIn(document).find((one) => one.key === key);
  if (part === undefined) {
    throw new DomainError(
      "not_found",
      "The document has no such part. It may have been imported in another form meanwhile.",
      { reason: "no_such_part", field: "part" },
    );
  }
  const imported = words.has(key) ? prosePartsIn(read).find((one) => one.key === key)?.text : part.text;
  return { document, part, imported: imported ?? part.text };
}

const HISTORY_MAX = 100;

/** A part with its words, what was imported, and who wrote what before. */
export const readProsePart = query({
  action: "register.read",
  input: partSchema,
  run: async (ctx, { documentId, part: key }) => {
    const row = await getDocument(ctx.db, documentId);
    const { part, imported } = await getPart(ctx.db, row, key);
    const history = await ctx.db
      .select({
        number: registerProse.number,
        was: registerProse.was,
        words: registerProse.words,
        reason: registerProse.reason,
        by: person.name,
        at: registerProse.at,
      })
      .from(registerProse)
      .innerJoin(person, eq(person.id, registerProse.personId))
      .where(and(eq(registerProse.documentId, documentId), eq(registerProse.part, key)))
      .orderBy(desc(registerProse.number))
      .limit(HISTORY_MAX);
    const { title, text, lines, isMachines } = part;
    return {
      documentId,
      path: row.path,
      key,
      title,
      text,
      imported,
      lines,
      isMachines,
      seen: digestOf(text),
      history,
      may: { edit: may(ctx, "register.edit") },
    };
  },
});
