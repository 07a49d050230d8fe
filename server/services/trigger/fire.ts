import { and, asc, desc, eq, inArray, isNotNull, isNull, sql } from "drizzle-orm";
import type { Tx } from "#db/client.ts";
import { item, ruling } from "#db/schema/register.ts";
import { readTrigger } from "#server/domain/register/lifecycle/trigger-schema.ts";
import { firedBecause, type Trigger } from "#server/domain/register/lifecycle/trigger.ts";
import type { RecordKind, RecordState } from "#server/domain/register/record.ts";
import { changeItem, type ItemRow } from "../item/change-item.ts";
import { readTriggerFacts } from "./facts.ts";

/** States in which something waits for its trigger. */
const WAITING: readonly RecordState[] = ["waiting", "deferred"];

/** Where a fired trigger takes an item. Work stays deferred, and in the inbox, until a person opens it. */
function firedState(kind: RecordKind, state: RecordState): RecordState {
  if (kind === "deferred") return "fired";
  if (kind === "R") return "open";
  return kind === "decision" ? "proposed" : state;
}

/** That it waits and has not fired; what its register lost fires nothing. */
export const isWaiting = and(
  isNotNull(item.trigger),
  isNull(item.firedBecause),
  isNull(item.removedAt),
  inArray(item.state, [...WAITING]),
);

/**
 * Fires what is due among these items, which are locked here: each once, with the reason as a sentence. Answers those
 * that fired.
 */
export async function fireDue(tx: Tx, ids: readonly string[], now: Date): Promise<ItemRow[]> {
  if (ids.length === 0) return [];
  const rows = await tx
    .select()
    .from(item)
    .where(and(inArray(item.id, [...ids]), isWaiting))
    .orderBy(asc(item.id))
    .for("update", { skipLocked: true });
  const byItem = await triggersOf(tx, rows);
  const facts = await readTriggerFacts(tx, [...byItem.values()].flat(), now);
  const fired: ItemRow[] = [];
  for (const row of rows) {
    const because = (byItem.get(row.id) ?? [])
      .map((one) => firedBecause(one, facts))
      .find((one) => one !== null);
    if (because === undefined || because === null) continue;
    fired.push(
      await changeItem(tx, row, {
        act: "fired",
        set: { state: firedState(row.kind, row.state), firedBecause: because },
        seen: null,
        personId: null,
        reason: because,
        at: now,
      }),
    );
  }
  return fired;
}

/** The triggers of each item: its own, and of a decision those of every point that was put off. */
async function triggersOf(tx: Tx, rows: readonly ItemRow[]): Promise<Map<string, Trigger[]>> {
  const found = new Map(rows.map((row) => [row.id, [readTrigger(row.trigger)]]));
  const decisions = rows.filter(({ kind }) => kind === "decision").map(({ id }) => id);
  if (decisions.length > 0) {
    const newest = await tx
      .selectDistinctOn([ruling.itemId, ruling.point], { itemId: ruling.itemId, trigger: ruling.trigger })
      .from(ruling)
      .where(inArray(ruling.itemId, decisions))
      .orderBy(ruling.itemId, ruling.point, desc(ruling.seq));
    for (const { itemId, trigger } of newest) found.get(itemId)?.push(readTrigger(trigger));
  }
  return new Map(
    [...found].map(([id, own]) => [id, own.flatMap((trigger) => (trigger === null ? [] : [trigger]))]),
  );
}

/** Fires whatever waits for this very item. */
export async function fireWaitingFor(tx: Tx, code: string, now: Date): Promise<ItemRow[]> {
  const rows = await tx
    .select({ id: item.id })
    .from(item)
    .where(and(isWaiting, eq(sql`${item.trigger}->>'id'`, code)))
    .limit(1000);
  return fireDue(
    tx,
    rows.map(({ id }) => id),
    now,
  );
}
