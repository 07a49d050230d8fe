import type { Tx } from "#db/client.ts";
import { DomainError } from "#server/domain/error/domain-error.ts";
import { exportDocument } from "#server/domain/register/export/export.ts";
import { readPlain } from "#server/domain/register/read.ts";
import { isSameContent } from "#server/domain/register/record-standing.ts";
import { recordsIn } from "#server/domain/register/records.ts";
import { type DocumentRow, listHeldItems } from "./document.ts";
import { findOwnText } from "./prose.ts";

/**
 * Refuses with `not_writable` when the whole document, given back with a record that was just entered, would not hold
 * this record as it is: because of its own words, or of what stands before it, such as a block that never ends.
 */
export async function requireGivenBack(tx: Tx, document: DocumentRow, key: string): Promise<void> {
  const held = await listHeldItems(tx, document.id);
  const entered = held.find((one) => one.key === key);
  const own = await findOwnText(tx, document);
  const records = held.map(({ key: each, shown, row: { section } }) => ({ key: each, shown, section }));
  // Entered twice: a block that never ends would only take what comes behind it.
  const twin = records.flatMap((one) => (one.key === key ? [{ ...one, key: `${key} (2)` }] : []));
  const given = exportDocument({ path: document.path, text: own ?? "" }, [...records, ...twin]);
  const found = recordsIn(readPlain(given, document.path));
  const back = new Map(found.map((record) => [record.key, record]));
  const isSame = (one: string) => {
    const read = back.get(one);
    return entered !== undefined && read !== undefined && isSameContent(entered.shown, read.content);
  };
  if (isSame(key) && isSame(`${key} (2)`) && held.every((one) => back.has(one.key))) return;
  throw new DomainError(
    "invalid",
    `In these words it could not be read back from ${document.path}: a line in it looks like the beginning of something else, or what stands before it never ends. Nothing was entered; write it in another way.`,
    { reason: "not_writable" },
  );
}
