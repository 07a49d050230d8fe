import { and, asc, eq, inArray, isNull, or } from "drizzle-orm";
import type { Tx } from "#db/client.ts";
import { item, itemGate, itemLink } from "#db/schema/register.ts";
import { describeCover, isHolding } from "#server/domain/register/gate/gate.ts";
import { isSettled } from "#server/domain/register/record-state.ts";
import { changeItem, type ItemRow } from "../item/change-item.ts";
import { fireWaitingFor } from "../trigger/fire.ts";
import { readBlockers } from "./blockers.ts";

export interface Followed {
  itemId: string;
  code: string;
  title: string;
}

/** What a move set free: shown to whoever made it, and in each item's own history. */
export interface Consequences {
  /** Items that waited for this one and now wait for nothing. */
  unblocked: Followed[];
  /** Put-off items that came back because of it. */
  fired: (Followed & { because: string })[];
  /** What was held back in the cloud and is so no longer, in words. */
  released: string[];
}

/** Items that one closing is told to, at most. */
const FOLLOWED_MAX = 1000;

/**
 * Judges everything anew that hung on an item, in the transaction of its move. What it finds is written into the
 * history of each item it sets free.
 */
export async function followMove(
  tx: Tx,
  { before, after, at }: { before: ItemRow; after: ItemRow; at: Date },
): Promise<Consequences> {
  const isNewlySettled = isSettled(after.kind, after.state) && !isSettled(before.kind, before.state);
  const fired = before.state === after.state ? [] : await fireWaitingFor(tx, after.code, at);
  return {
    unblocked: isNewlySettled ? await unblock(tx, after, at) : [],
    fired: fired.map((row) => ({ ...shown(row), because: row.firedBecause ?? "" })),
    released: isHolding(before.state) && !isHolding(after.state) ? await listCovers(tx, after.id) : [],
  };
}

const shown = ({ id, code, title }: ItemRow): Followed => ({ itemId: id, code, title });

async function unblock(tx: Tx, settled: ItemRow, at: Date): Promise<Followed[]> {
  const waiting = await tx
    .selectDistinct({ itemId: itemLink.itemId })
    .from(itemLink)
    .where(
      and(
        eq(itemLink.kind, "blocked_by"),
        eq(itemLink.state, "confirmed"),
        or(
          eq(itemLink.toItemId, settled.id),
          and(isNull(itemLink.toItemId), eq(itemLink.toCode, settled.code)),
        ),
      ),
    )
    .limit(FOLLOWED_MAX);
  const blockers = await readBlockers(
    tx,
    waiting.map(({ itemId }) => itemId),
  );
  const free = waiting.map(({ itemId }) => itemId).filter((id) => !blockers.has(id));
  if (free.length === 0) return [];
  const rows = await tx
    .select()
    .from(item)
    .where(and(inArray(item.id, free), isNull(item.removedAt)))
    .orderBy(asc(item.id))
    .for("update");
  const open = rows.filter(({ kind, state }) => !isSettled(kind, state));
  for (const row of open) {
    await changeItem(tx, row, {
      act: "unblocked",
      set: {},
      also: { "waits for": { from: settled.code, to: null } },
      seen: null,
      personId: null,
      reason: `${settled.code} is ${settled.state}. Nothing holds this back any more.`,
      at,
    });
  }
  return open.map(shown);
}

async function listCovers(tx: Tx, itemId: string): Promise<string[]> {
  const gates = await tx
    .select()
    .from(itemGate)
    .where(and(eq(itemGate.itemId, itemId), isNull(itemGate.withdrawnAt)))
    .orderBy(asc(itemGate.at));
  return gates.map(describeCover);
}
