import { and, eq, inArray, isNull } from "drizzle-orm";
import * as z from "zod";
import type { Tx } from "#db/client.ts";
import { job } from "#db/schema/job.ts";
import { item } from "#db/schema/register.ts";
import { isKeepable } from "#server/domain/canonical/text.ts";
import { DomainError } from "#server/domain/error/domain-error.ts";
import type { PersonActor } from "#server/domain/policy/decide.ts";
import { recordOfEntry } from "#server/domain/register/changelog/entry.ts";
import { claimed } from "#server/domain/register/numbers/claims.ts";
import { conflictWords } from "#server/domain/register/numbers/ledger.ts";
import { seriesSchema } from "#server/domain/register/numbers/schema.ts";
import { isItemId, partsOf, uniqueIdentifiers } from "#server/domain/register/text/identifiers.ts";
import { changeItem, lockItem } from "../item/change-item.ts";
import { enterRecord } from "../item/enter-record.ts";
import { linkOnce } from "../link/rows.ts";
import { takeNext } from "../number/take.ts";
import { judgeNumbers, lockAllSeries, takeOverNumbers } from "../number/take-over.ts";
import { beginRegister, lockRegister } from "../register/begin.ts";
import { requireGivenBack } from "../register/given-back.ts";
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
  /** A series of which the entry takes the next free number; null for none. */
  takes: seriesSchema.nullable().default(null),
  files: words("Name the files or parts that were changed.", 2000),
  why: words("Say why it was changed.", 8000),
  revert: words("Say how it is taken back.", 8000),
  /** Items that this is the change of. */
  itemIds: z.array(z.uuid()).max(50),
  jobs: z.array(z.int().min(1)).max(50),
});

/**
 * Adds an entry with the next number of its changelog. One that does not say what, why, which files and how it is taken
 * back is refused, and so is one whose words would not come back from the document as they were given.
 */
export const addChange = verb({
  action: "change.add",
  input: addChangeSchema,
  load: async (tx, { documentId, idText, takes }) => {
    const row = await lockRegister(tx, { kind: "changelog", documentId });
    const named = uniqueIdentifiers(idText).map((id) => partsOf(id).series);
    await lockAllSeries(tx, takes === null ? named : [...named, takes]);
    return row;
  },
  object: () => ({ kind: "item", id: "new" }),
  run: async (tx, { person, input, row, at }) => {
    const by = { personId: person.personId, at };
    await requireJobs(tx, input.jobs);
    const document = row ?? (await beginRegister(tx, "changelog", by));
    const { id: documentId, path } = document;
    await takeNamed(tx, input, { path, personName: person.name, ...by });
    const taken = input.takes === null ? [] : await takeOne(tx, { person, input, path, at }, input.takes);
    const idText = [...taken, ...(input.idText === "" ? [] : [input.idText])].join(", ");
    const place = await nextPlace(tx, documentId);
    const { number } = place;
    const record = recordOfEntry({ ...input, ...place, idText });
    if (record === null) {
      throw new DomainError(
        "invalid",
        "An entry in these words could not be read back: a line in it looks like the beginning of another part. Nothing was added; write it in another way.",
        { reason: "not_writable" },
      );
    }
    const id = await enterRecord(tx, record, { documentId, ownerId: null, dueOn: null, ...by });
    await requireGivenBack(tx, document, record.key);
    const items = await tieItems(tx, input.itemIds, { id, code: record.code, ...by });
    return {
      output: { itemId: id, code: record.code, number, documentId },
      object: { kind: "item", id },
      audit: { code: record.code, number, documentId, items, jobs: input.jobs },
    };
  },
});

async function takeOne(
  tx: Tx,
  by: { person: PersonActor; input: z.output<typeof addChangeSchema>; path: string; at: Date },
  series: string,
): Promise<string[]> {
  const { person, input, path, at } = by;
  const asked = { series, state: "assigned" as const, purpose: input.what, number: null, count: 1 };
  return takeNext(tx, { person, asked, path, at });
}

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

/**
 * Numbers that the entry names are used from now on. One that a person holds is refused to everybody else, and one that
 * was given up to everybody; one that another document defines is only cited.
 */
async function takeNamed(
  tx: Tx,
  input: z.output<typeof addChangeSchema>,
  by: { path: string; personId: string; personName: string; at: Date },
): Promise<void> {
  const claims = uniqueIdentifiers(input.idText)
    .filter((id) => !isItemId(id))
    .flatMap((id) => claimed(id, { state: "assigned", source: "definition", purpose: input.what, line: 1 }));
  const judged = await judgeNumbers(tx, claims, by);
  const refused = judged.find(
    ({ held, verdict }) =>
      verdict.kind === "taken" && (held?.source === "person" || held?.state === "relinquished"),
  );
  if (refused?.held) {
    throw new DomainError(
      "conflict",
      `${conflictWords(refused.held)} Nothing was added; take another number.`,
      { reason: "taken", field: "idText" },
    );
  }
  await takeOverNumbers(
    tx,
    judged.filter(({ verdict }) => verdict.kind !== "taken"),
    by,
  );
}

/** The number behind the highest one, in the block of the last one. */
async function nextPlace(tx: Tx, documentId: string): Promise<{ number: number; block: number | null }> {
  const rows = await tx
    .select({ content: item.content })
    .from(item)
    .where(and(eq(item.documentId, documentId), eq(item.kind, "change"), isNull(item.removedAt)))
    .orderBy(item.position);
  const entries = rows.flatMap(({ content }) => (content.kind === "change" ? [content.entry] : []));
  const numbers = entries.map(({ isAddendum, number }) => (isAddendum ? 0 : (number ?? 0)));
  return {
    number: numbers.reduce((so, one) => Math.max(so, one), 0) + 1,
    block: entries.at(-1)?.block ?? null,
  };
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
