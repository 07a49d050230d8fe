import { and, asc, eq, gt, isNull } from "drizzle-orm";
import type { Tx } from "#db/client.ts";
import { item, itemEvent } from "#db/schema/register.ts";
import type { Json } from "#server/domain/canonical/json.ts";
import { DomainError } from "#server/domain/error/domain-error.ts";
import type { RecordContent, RecordState } from "#server/domain/register/record.ts";
import { isOpenState, recordRefs, recordTitle, recordWords } from "#server/domain/register/record-text.ts";
import { sameJson, toJson } from "./json-value.ts";

export type ItemRow = typeof item.$inferSelect;

/** What happened to an item, as its history names it. */
export const ITEM_ACTS = [
  "imported",
  "created",
  "edited",
  "moved",
  "ruled",
  "ticked",
  "linked",
  "checked",
  "fired",
  "gated",
  "unblocked",
  "removed",
] as const;
export type ItemAct = (typeof ITEM_ACTS)[number];

/** What a change may set. Title, words, cited identifiers and the day of closing follow from these. */
export type ItemSet = Partial<
  Pick<
    typeof item.$inferInsert,
    | "code"
    | "position"
    | "section"
    | "content"
    | "state"
    | "ownerId"
    | "dueOn"
    | "isChange"
    | "mustDifferFrom"
    | "trigger"
    | "firedBecause"
    | "countsUntil"
    | "target"
    | "removedAt"
  >
>;

export interface ItemChange {
  act: ItemAct;
  set: ItemSet;
  /** The revision that whoever changes it saw; null where time or another item does it. */
  seen: number | null;
  /** Null where time or another item does it. */
  personId: string | null;
  reason?: string | null;
  /** Of acts that are not columns, such as a tick: what happened, for the history. */
  also?: { readonly [field: string]: { from: Json; to: Json } };
  at: Date;
}

/** A field that others changed since a revision: what it was then, and what it is now. */
export interface StaleField {
  field: string;
  base: Json;
  theirs: Json;
}

/** The item, locked until the transaction ends. One that was taken out of its register is not found. */
export async function lockItem(tx: Tx, itemId: string): Promise<ItemRow> {
  const [row] = await tx
    .select()
    .from(item)
    .where(and(eq(item.id, itemId), isNull(item.removedAt)))
    .for("update");
  if (!row) {
    throw new DomainError("not_found", "There is no such item. It may have been taken out of its register.", {
      reason: "not_found",
    });
  }
  return row;
}

/**
 * Refuses with `conflict` what was decided on an older revision than the present one; the facts carry the fields that
 * differ, for the merge view. The row is locked.
 */
export async function requireSeen(tx: Tx, row: ItemRow, seen: number): Promise<void> {
  if (seen === row.revision) return;
  const fields = await listStaleFields(tx, row, seen);
  throw new DomainError(
    "conflict",
    `${row.code} was changed by somebody else meanwhile. Nothing of yours was saved; look at both and choose.`,
    { reason: "stale_item", facts: { itemId: row.id, code: row.code, seen, revision: row.revision, fields } },
  );
}

/** Fields in which the item is now another than at a revision. One that was changed and changed back is not among them. */
async function listStaleFields(tx: Tx, row: ItemRow, seen: number): Promise<StaleField[]> {
  const events = await tx
    .select({ changes: itemEvent.changes })
    .from(itemEvent)
    .where(and(eq(itemEvent.itemId, row.id), gt(itemEvent.revision, seen)))
    .orderBy(asc(itemEvent.revision));
  const fields = new Map<string, StaleField>();
  for (const { changes } of events) {
    for (const [field, { from, to }] of Object.entries(changes)) {
      const known = fields.get(field);
      fields.set(field, { field, base: known === undefined ? from : known.base, theirs: to });
    }
  }
  return [...fields.values()].filter(({ base, theirs }) => !sameJson(base, theirs));
}

/**
 * The one way in which an item changes: the revision rises by one and its event is written with what was and what is.
 * The row must come from `lockItem`. A change that changes nothing writes nothing and answers the row as it is.
 */
export async function changeItem(tx: Tx, row: ItemRow, change: ItemChange): Promise<ItemRow> {
  if (change.seen !== null) await requireSeen(tx, row, change.seen);
  const set = completed(row, change);
  const changes = { ...changesOf(row, set), ...change.also };
  if (Object.keys(changes).length === 0) return row;
  const revision = row.revision + 1;
  const [changed] = await tx
    .update(item)
    .set({ ...set, revision, changedAt: change.at })
    .where(and(eq(item.id, row.id), eq(item.revision, row.revision)))
    .returning();
  if (!changed) throw new DomainError("conflict", MOVED_ON, { reason: "moved_on" });
  await tx.insert(itemEvent).values({
    itemId: row.id,
    revision,
    act: change.act,
    changes,
    reason: change.reason ?? null,
    personId: change.personId,
    at: change.at,
  });
  return changed;
}

const MOVED_ON =
  "Somebody else was quicker: this item was changed meanwhile. Nothing was saved; reload and look.";

/** With what follows from the content and the state. */
function completed(row: ItemRow, { set, at }: ItemChange): Partial<typeof item.$inferInsert> {
  const { content, state } = set;
  return {
    ...set,
    ...(content === undefined ? {} : followingFrom(content, row)),
    ...(state === undefined ? {} : { closedAt: closedAtOf(row, state, at) }),
  };
}

/** Only what the new content makes another: how an import cut a title is not undone by an edit of something else. */
function followingFrom(content: RecordContent, row: ItemRow): Partial<typeof item.$inferInsert> {
  const [title, refs] = [recordTitle(content), recordRefs(content)];
  return {
    words: recordWords(content),
    ...(title === recordTitle(row.content) ? {} : { title: title === "" ? row.code : title }),
    ...(sameJson(refs, recordRefs(row.content)) ? {} : { refs }),
  };
}

function closedAtOf(row: ItemRow, state: RecordState, at: Date): Date | null {
  if (isOpenState(state)) return null;
  return row.closedAt ?? at;
}

/** Columns that follow from others say nothing of their own in a history. */
const FOLLOWS: ReadonlySet<string> = new Set(["words", "closedAt"]);

function changesOf(
  row: ItemRow,
  set: Partial<typeof item.$inferInsert>,
): { [field: string]: { from: Json; to: Json } } {
  const before: { readonly [field: string]: unknown } = row;
  return Object.fromEntries(
    Object.entries(set).flatMap(([field, value]) => {
      const change = { from: toJson(before[field]), to: toJson(value) };
      return value === undefined || FOLLOWS.has(field) || sameJson(change.from, change.to)
        ? []
        : [[field, change]];
    }),
  );
}
