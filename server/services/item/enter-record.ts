import type { Tx } from "#db/client.ts";
import { assert } from "#server/domain/error/domain-error.ts";
import type { GateCover } from "#server/domain/register/gate/gate.ts";
import type { DocumentRecord } from "#server/domain/register/records.ts";
import { nextPosition } from "../register/begin.ts";
import { insertItems } from "../register/insert-items.ts";
import { changeItem, lockItem } from "./change-item.ts";

/** Enters a record behind all others of its document, with whom it belongs to and until when. Answers its id. */
export async function enterRecord(
  tx: Tx,
  record: DocumentRecord,
  {
    documentId,
    ownerId,
    dueOn,
    target,
    ...by
  }: {
    documentId: string;
    ownerId: string | null;
    dueOn: string | null;
    target?: GateCover;
    personId: string;
    at: Date;
  },
): Promise<string> {
  const placed = { ...record, position: await nextPosition(tx, documentId) };
  const [itemId] = await insertItems(tx, [placed], { documentId, act: "created", ...by });
  assert(itemId, "an entered record has an id");
  if (ownerId === null && dueOn === null && target === undefined) return itemId;
  const entered = await lockItem(tx, itemId);
  await changeItem(tx, entered, { act: "edited", set: { ownerId, dueOn, target }, seen: null, ...by });
  return itemId;
}
