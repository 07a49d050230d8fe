import { randomUUID } from "node:crypto";
import { and, asc, eq, inArray, isNull, max, sql } from "drizzle-orm";
import * as z from "zod";
import type { Tx } from "#db/client.ts";
import { job } from "#db/schema/job.ts";
import { item, registerDocument } from "#db/schema/register.ts";
import { isKeepable } from "#server/domain/canonical/text.ts";
import { assert, DomainError } from "#server/domain/error/domain-error.ts";
import { recordOfEntry } from "#server/domain/register/changelog/entry.ts";
import { changeItem, lockItem } from "../item/change-item.ts";
import { linkOnce } from "../link/rows.ts";
import { insertItems } from "../register/insert-items.ts";
import { verb } from "../verb.ts";

const words = (says: string, most: number) =>
  z.string().trim().min(1, says).max(most).refine(isKeepable, "This cannot be kept.");

const addChangeSchema = z.strictObject({
  /** The changelog; null for the first one, which is made where there is none. */
  documentId: z.uuid().nullable(),
  what: words("Say what was changed.", 300),
  idText: z
    .string()
    .trim()
    .max(200)
    .regex(
      /^(?:[A-Z][A-Z0-9]*-[0-9]+[a-z]?(?: *[,/+&] *[A-Z][A-Z0-9]*-[0-9]+[a-z]?){0,8})?$/,
      "Give numbers such as DOCFIX-070, with commas between them.",
    ),
  files: words("Name the files or parts that were changed.", 2000),
  why: words("Say why it was changed.", 8000),
  revert: words("Say how it is taken back.", 8000),
  /** Items that this is the change of. */
  itemIds: z.array(z.uuid()).max(50),
  jobs: z.array(z.int().min(1)).max(50),
});

/** The id of an advisory lock: numbers of entries follow one another without a gap. */
const CHANGELOG_LOCK = 7_203_493;
const NEW_PATH = "docs/changelog.md";
/** Positions of a document's items leave room for later ones. */
const POSITION_STEP = 1000;

/**
 * Adds an entry with the next number of its changelog. One that does not say what, why, which files and how it is taken
 * back is refused, and so is one whose words would not come back from the document as they were given.
 */
export const addChange = verb({
  action: "change.add",
  input: addChangeSchema,
  load: async (tx) => {
    await tx.execute(sql`select pg_advisory_xact_lock(${CHANGELOG_LOCK})`);
    return null;
  },
  object: () => ({ kind: "item", id: "new" }),
  run: async (tx, { person: { personId }, input, at }) => {
    await requireJobs(tx, input.jobs);
    const documentId = await findChangelog(tx, input.documentId, { personId, at });
    const { number, position } = await nextPlace(tx, documentId);
    const record = recordOfEntry({ ...input, number });
    if (record === null) {
      throw new DomainError(
        "invalid",
        "An entry in these words could not be read back: a line in it looks like the beginning of another part. Nothing was added; write it in another way.",
        { reason: "not_writable" },
      );
    }
    const [id] = await insertItems(tx, [{ ...record, position }], {
      documentId,
      act: "created",
      personId,
      at,
    });
    assert(id, "an entered record has an id");
    const items = await tieItems(tx, input.itemIds, { id, code: record.code, personId, at });
    return {
      output: { itemId: id, code: record.code, number },
      object: { kind: "item", id },
      audit: { code: record.code, number, documentId, items, jobs: input.jobs },
    };
  },
});

async function requireJobs(tx: Tx, numbers: readonly number[]): Promise<void> {
  if (numbers.length === 0) return;
  const known = await tx
    .select({ number: job.number })
    .from(job)
    .where(inArray(job.number, [...numbers]));
  const missing = numbers.find((number) => !known.some((row) => row.number === number));
  if (missing === undefined) return;
  throw new DomainError("invalid", `There is no job ${missing}. Nothing was added.`, {
    reason: "unknown_job",
    field: "jobs",
  });
}

async function findChangelog(
  tx: Tx,
  documentId: string | null,
  by: { personId: string; at: Date },
): Promise<string> {
  const [found] = await tx
    .select({ id: registerDocument.id })
    .from(registerDocument)
    .where(
      and(
        eq(registerDocument.kind, "changelog"),
        documentId === null ? undefined : eq(registerDocument.id, documentId),
      ),
    )
    .orderBy(asc(registerDocument.createdAt), asc(registerDocument.id))
    .limit(1);
  if (found) return found.id;
  if (documentId !== null) {
    throw new DomainError("not_found", "There is no such changelog. Nothing was added.", {
      reason: "not_found",
      field: "documentId",
    });
  }
  const id = randomUUID();
  const made = { id, path: NEW_PATH, kind: "changelog" as const };
  await tx.insert(registerDocument).values({ ...made, createdBy: by.personId, createdAt: by.at });
  return id;
}

/** The number behind the highest one, and the place behind the last one. */
async function nextPlace(tx: Tx, documentId: string): Promise<{ number: number; position: number }> {
  const rows = await tx
    .select({ content: item.content })
    .from(item)
    .where(and(eq(item.documentId, documentId), eq(item.kind, "change"), isNull(item.removedAt)));
  const numbers = rows.flatMap(({ content }) =>
    content.kind === "change" && !content.entry.isAddendum ? [content.entry.number ?? 0] : [],
  );
  const [last] = await tx
    .select({ position: max(item.position) })
    .from(item)
    .where(eq(item.documentId, documentId));
  const position = Math.floor((last?.position ?? 0) / POSITION_STEP) + 1;
  return { number: numbers.reduce((so, one) => Math.max(so, one), 0) + 1, position };
}

async function tieItems(
  tx: Tx,
  itemIds: readonly string[],
  entry: { id: string; code: string; personId: string; at: Date },
): Promise<string[]> {
  const { id, code, personId, at } = entry;
  const codes: string[] = [];
  for (const itemId of [...new Set(itemIds)].sort()) {
    const row = await lockItem(tx, itemId);
    const because = `Entry ${code} of the changelog.`;
    await linkOnce(tx, row, { kind: "changed_by", to: { id, code }, because, personId, at });
    const also = { [`is changed by ${code}`]: { from: null, to: "confirmed" } };
    await changeItem(tx, row, { act: "linked", set: {}, also, seen: null, personId, at });
    codes.push(row.code);
  }
  return codes;
}
