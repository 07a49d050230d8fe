import { createHash, randomUUID } from "node:crypto";
import { eq, max, sql } from "drizzle-orm";
import * as z from "zod";
import type { Tx } from "#db/client.ts";
import { item, registerDocument, registerDocumentVersion } from "#db/schema/register.ts";
import { DomainError } from "#server/domain/error/domain-error.ts";
import { type ImportPlan, planImport, type RecordUpdate } from "#server/domain/register/import/plan.ts";
import {
  documentPathSchema,
  importAnswersSchema,
  type ImportAnswers,
} from "#server/domain/register/import/schema.ts";
import { numbersIn } from "#server/domain/register/numbers/claims.ts";
import { marksIn } from "#server/domain/register/numbers/scan.ts";
import { planProse, type ProsePlan } from "#server/domain/register/prose/compare.ts";
import type { DocumentRecord } from "#server/domain/register/records.ts";
import type { ReadFile } from "#server/domain/register/read.ts";
import type { PersonActor } from "#server/domain/policy/decide.ts";
import { changeItem, type ItemRow, lockItem } from "../item/change-item.ts";
import { keepFurtherMarks, keepMarks, lockAllSeries, takeOverNumbers } from "../number/take-over.ts";
import { type Ctx, verb } from "../verb.ts";
import { lockPath } from "./document.ts";
import { insertItems, insertLinks, placeBehind, positionOf } from "./insert-items.ts";
import { type Look, lookAt, placesOf, readForImport } from "./look.ts";
import { keepProse } from "./prose.ts";

/** What a person commits: bytes that he sends again, and the digest of the preview that he saw of them. */
export interface ImportCommit {
  bytes: Uint8Array;
  path: string;
  seen: string;
  /** By path of the document. */
  answers: Record<string, ImportAnswers>;
}

/** What an import did to one document. */
export interface ImportedDocument {
  path: string;
  documentId: string;
  kind: string;
  version: number;
  inserted: number;
  updated: number;
  removed: number;
  numbers: number;
  contended: number;
}

/**
 * Takes over documents that a person has looked at: texts, items, links and numbers in one transaction, or nothing. What
 * was seen must still be so, every conflict answered, and nothing is taken out that he did not agree to.
 */
export async function commitImport(ctx: Ctx, { bytes, ...given }: ImportCommit) {
  const file = await readForImport(ctx, { bytes, path: given.path });
  return commitRead(ctx, { file, ...given });
}

const commitRead = verb({
  action: "register.import",
  input: z.strictObject({
    file: z.custom<ReadFile>((file) => typeof file === "object"),
    path: documentPathSchema,
    seen: z.string().regex(/^sha256:[0-9a-f]{64}$/),
    answers: z.record(documentPathSchema, importAnswersSchema),
  }),
  load: async (tx, { file, path, seen }, { actor }) => {
    const places = placesOf(file, path);
    for (const one of places.map((place) => place.path).sort()) await lockPath(tx, one);
    await lockAllSeries(
      tx,
      places.flatMap(({ path: own, document }) =>
        [...numbersIn(own, document), ...marksIn(document)].map(({ series }) => series),
      ),
    );
    const personId = actor.kind === "person" ? actor.personId : "";
    const looked = await lookAt(tx, file, { path, personId });
    refuseUnseen(looked.seen, seen);
    return looked.looks;
  },
  object: (_, { path }) => ({ kind: "document", id: path }),
  run: async (tx, { person, input, row: looks, at }) => {
    if (!input.file.isExact || !looks.some(isTaken)) {
      throw new DomainError(
        "invalid",
        "There is nothing in it that could be taken over and given back as it is. Nothing was imported.",
        { reason: "not_exact" },
      );
    }
    const documents: ImportedDocument[] = [];
    for (const look of looks.filter(isTaken)) {
      documents.push(await importLook(tx, look, { person, at, answers: input.answers[look.path] ?? {} }));
    }
    const [only, ...more] = documents;
    const isOne = only !== undefined && more.length === 0;
    return {
      output: { documents },
      ...(isOne ? { object: { kind: "document", id: only.documentId } } : {}),
      audit: { seen: input.seen, documents: documents.map((one) => ({ ...one })) },
    };
  },
});

/** A part of a file that no register has anything of is left out. */
const isTaken = ({ isPart, theirs }: Look): boolean => !isPart || theirs.length > 0;

function refuseUnseen(is: string, seen: string): void {
  if (is === seen) return;
  throw new DomainError(
    "conflict",
    "The document or the registers are not as they were when you looked: somebody imported or changed something meanwhile. Nothing was imported; look again.",
    { reason: "seen_other" },
  );
}

interface Importing {
  person: Pick<PersonActor, "personId" | "name">;
  at: Date;
  answers: ImportAnswers;
}

/** Takes over one document that was compared, within the transaction of whoever locked its path and its series. */
export async function importLook(tx: Tx, look: Look, importing: Importing): Promise<ImportedDocument> {
  const { path, document, obstacle } = look;
  if (obstacle !== null) {
    throw new DomainError("invalid", `${path}: ${obstacle} Nothing was imported.`, { reason: "obstacle" });
  }
  const plan = planImport(look, look.changes, importing.answers);
  const prose = planProse(look.prose, importing.answers);
  const open = [...plan.unanswered, ...prose.unanswered];
  if (look.known !== null && open.length > 0) throw unanswered(path, open);
  if (prose.gone.length > 0) throw gone(path, prose);
  const { person, at } = importing;
  const { personId } = person;
  const documentId = look.known?.id ?? randomUUID();
  const kind = document.content.kind;
  if (look.known === null) {
    await tx
      .insert(registerDocument)
      .values({ id: documentId, path, kind, createdBy: personId, createdAt: at });
  }
  const version = look.isPart
    ? (look.newest?.number ?? 0)
    : await keepVersion(tx, look, { documentId, personId, at });
  const isNew = look.known === null;
  const records = isNew ? look.theirs : plan.insert;
  const inserted = look.isPart ? await behindAll(tx, documentId, records) : records;
  await insertItems(tx, inserted, { documentId, act: "imported", personId, at });
  if (!isNew && !look.isPart) {
    await changeHeld(tx, look, { plan, personId, at, documentId });
    const words = { document, before: look.prose.words, after: prose.words };
    await keepProse(tx, words, { documentId, personId, at });
  }
  const by = { path, personId, personName: person.name, at };
  const numbers = await takeOverNumbers(tx, look.judged, by);
  if (look.isPart) await keepFurtherMarks(tx, marksIn(document), documentId);
  else if (version !== look.newest?.number) await keepMarks(tx, marksIn(document), { documentId, version });
  return {
    path,
    documentId,
    kind,
    version,
    inserted: inserted.length,
    updated: isNew ? 0 : plan.update.length,
    removed: isNew ? 0 : plan.remove.length,
    numbers: numbers.taken,
    contended: numbers.contended,
  };
}

/** Records at places behind everything that the document has. */
async function behindAll(
  tx: Tx,
  documentId: string,
  records: readonly DocumentRecord[],
): Promise<DocumentRecord[]> {
  const [row] = await tx
    .select({ last: max(item.position) })
    .from(item)
    .where(eq(item.documentId, documentId));
  const from = placeBehind(row?.last ?? 0);
  return records.map((record, at) => ({ ...record, position: from + at }));
}

function gone(path: string, { gone: titles }: ProsePlan): DomainError {
  return new DomainError(
    "conflict",
    `${path} no longer has the part "${titles[0] ?? ""}", so what the console says there has no place. Nothing was imported; take the document's, or put the part back into it.`,
    { reason: "part_gone", facts: { titles: titles.slice(0, 100) } },
  );
}

function unanswered(path: string, codes: readonly string[]): DomainError {
  const named = codes.slice(0, 5).join(", ");
  const more = codes.length > 5 ? ` and ${codes.length - 5} more` : "";
  return new DomainError(
    "conflict",
    `${path}: say what is to hold for ${named}${more}. Nothing was imported.`,
    { reason: "unanswered", facts: { codes: codes.slice(0, 100), count: codes.length } },
  );
}

/** The text as it came; one that is the newest already makes no further version. */
async function keepVersion(
  tx: Tx,
  { document, newest }: Look,
  of: { documentId: string; personId: string; at: Date },
): Promise<number> {
  const { text } = document.text.source;
  if (newest?.text === text) return newest.number;
  const number = (newest?.number ?? 0) + 1;
  await tx.insert(registerDocumentVersion).values({
    id: randomUUID(),
    documentId: of.documentId,
    number,
    text,
    digest: createHash("sha256").update(text, "utf8").digest("hex"),
    importedBy: of.personId,
    at: of.at,
  });
  return number;
}

interface Changing {
  plan: ImportPlan;
  documentId: string;
  personId: string;
  at: Date;
}

async function changeHeld(tx: Tx, look: Look, { plan, documentId, personId, at }: Changing): Promise<void> {
  const held = new Map(look.ours.map((item) => [item.key, item.row]));
  for (const key of plan.remove) {
    const row = await lockHeld(tx, held, key);
    const reason = `${look.path} no longer has it.`;
    await changeItem(tx, row, {
      act: "removed",
      set: { removedAt: at },
      seen: row.revision,
      personId,
      reason,
      at,
    });
  }
  for (const update of plan.update)
    await updateHeld(tx, await lockHeld(tx, held, update.key), { update, personId, at });
  const placed = look.theirs.map((record) => {
    return { key: record.key, position: positionOf(record), section: record.section };
  });
  // Where an item stands is the document's, and no change of the item.
  await tx.execute(sql`
    update item set position = r.position, section = r.section
    from jsonb_to_recordset(${JSON.stringify(placed)}::text::jsonb) as r(key text, position bigint, section integer)
    where item.document_id = ${documentId} and item.document_key = r.key and item.removed_at is null
      and (item.position, item.section) is distinct from (r.position, r.section)`);
}

/** The row as it was looked at, locked; whoever was quicker changed its revision. */
async function lockHeld(tx: Tx, held: ReadonlyMap<string, ItemRow>, key: string): Promise<ItemRow> {
  const seen = held.get(key);
  if (seen === undefined) throw new Error(`No item of the key ${key} is held.`);
  const row = await lockItem(tx, seen.id);
  if (row.revision === seen.revision) return row;
  throw new DomainError(
    "conflict",
    `${row.code} was changed by somebody while you imported. Nothing was imported; look again.`,
    { reason: "seen_other" },
  );
}

async function updateHeld(
  tx: Tx,
  row: ItemRow,
  { update, personId, at }: { update: RecordUpdate; personId: string; at: Date },
): Promise<void> {
  const { content, state, theirs } = update;
  // A trigger that somebody confirmed stays for as long as the words that it was read from.
  const isOther = JSON.stringify(theirs.trigger) !== JSON.stringify(row.trigger);
  const isTaken = content === theirs.content && isOther && theirs.trigger !== null;
  await changeItem(tx, row, {
    act: "imported",
    set: {
      content,
      ...(state === row.state ? {} : { state }),
      ...(isTaken ? { trigger: theirs.trigger } : {}),
    },
    seen: row.revision,
    personId,
    at,
  });
  await insertLinks(
    tx,
    theirs.links.map((link) => ({ ...link, itemId: row.id })),
  );
}
