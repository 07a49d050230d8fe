import { eq } from "drizzle-orm";
import * as z from "zod";
import type { Tx } from "#db/client.ts";
import { person } from "#db/schema/person.ts";
import { assert, DomainError } from "#server/domain/error/domain-error.ts";
import { newRowSchema } from "#server/domain/item/new-record-schema.ts";
import { daySchema } from "#server/domain/item/schema.ts";
import { LEDGER_HEAD, newRowRecord, strayCell } from "#server/domain/register/ledger/new-row.ts";
import { readPlain } from "#server/domain/register/read.ts";
import { lockSeries } from "../number/known.ts";
import { takeNext } from "../number/take.ts";
import { beginRegister, lockRegister, newPathOf } from "../register/begin.ts";
import { type DocumentRow, findNewest } from "../register/document.ts";
import { requireGivenBack } from "../register/given-back.ts";
import { verb } from "../verb.ts";
import { enterRecord } from "./enter-record.ts";
import { requireOwner } from "./owner.ts";

const SERIES = "SEC";

const createRowSchema = z.strictObject({
  /** The security ledger; null for the oldest one, which is begun where there is none. */
  documentId: z.uuid().nullable(),
  row: newRowSchema,
  /** Without an owner or a date it stands in the inbox until it has both. */
  ownerId: z.uuid().nullable(),
  dueOn: daySchema.nullable(),
});

/**
 * Enters an open row of the security ledger under the next free number, opened today, in the columns that its table has.
 * What a table has no column for is refused; owner and date are kept beside the row as well.
 */
export const createRow = verb({
  action: "item.create",
  input: createRowSchema,
  load: async (tx, { documentId }) => {
    const row = await lockRegister(tx, { kind: "security_ledger", documentId });
    await lockSeries(tx, SERIES);
    return row;
  },
  object: (row) => ({ kind: "document", id: row?.id ?? newPathOf("security_ledger") }),
  run: async (tx, { person: who, input, row, at }) => {
    const { row: given, ownerId, dueOn } = input;
    await requireOwner(tx, ownerId, "ownerId");
    const by = { personId: who.personId, at };
    const document = row ?? (await beginRegister(tx, "security_ledger", by));
    const { head, section } = await tableOf(tx, document);
    const stray = strayCell(given, head);
    if (stray !== null) {
      throw new DomainError(
        "invalid",
        `${document.path} has no column for this. Nothing was entered; leave it out, or import a version that has one.`,
        { reason: "no_column", field: `row.${stray}` },
      );
    }
    const asked = {
      series: SERIES,
      state: "assigned" as const,
      purpose: given.title,
      number: null,
      count: 1,
    };
    const [code] = await takeNext(tx, { person: who, asked, path: document.path, at });
    assert(code, "a number that was taken has a name");
    const ownerName = ownerId === null ? null : await nameOf(tx, ownerId);
    const place = { id: code, head, ownerName, dueOn, day: at.toISOString().slice(0, 10) };
    const record = newRowRecord(given, place);
    if (record === null) {
      throw new DomainError(
        "invalid",
        "A row in these words could not be read back from its table. Nothing was entered; write it without a backslash in front of a bar.",
        { reason: "not_writable" },
      );
    }
    const itemId = await enterRecord(
      tx,
      { ...record, section },
      { documentId: document.id, ownerId, dueOn, ...by },
    );
    await requireGivenBack(tx, document, record.key);
    return {
      output: { itemId, code },
      object: { kind: "item", id: itemId },
      audit: { code, documentId: document.id, kind: "ledger_row", ownerId, dueOn },
    };
  },
});

/** The first table of a ledger that is not that of closed rows: its columns, and which it is. */
async function tableOf(tx: Tx, document: DocumentRow): Promise<{ head: readonly string[]; section: number }> {
  const newest = await findNewest(tx, document.id);
  const { content } = readPlain(newest?.text ?? "", document.path);
  const tables = content.kind === "security_ledger" ? content.ledger.tables : [];
  const open = tables.findIndex(({ title }) => !/\b(?:closed|done|resolved)\b/i.test(title));
  const section = Math.max(open, 0);
  return { head: tables[section]?.head ?? LEDGER_HEAD, section };
}

async function nameOf(tx: Tx, personId: string): Promise<string | null> {
  const [row] = await tx.select({ name: person.name }).from(person).where(eq(person.id, personId));
  return row?.name ?? null;
}
