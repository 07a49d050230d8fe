import { and, asc, gt, inArray, isNull, lte, sql } from "drizzle-orm";
import type { Db, Tx } from "#db/client.ts";
import { item } from "#db/schema/register.ts";
import type { Actor } from "#server/domain/policy/decide.ts";
import { appendAudit } from "../audit/append.ts";
import { changeItem, type ItemRow } from "../item/change-item.ts";
import { fireDue, isWaiting } from "./fire.ts";
import { listStale } from "./stale.ts";

/** Items looked at in one transaction. */
const PAGE = 500;
/** Transactions of one sweep: what is left comes with the next one, which goes on where this one stopped. */
const PAGES = 20;

/** The id of an advisory lock: of several runners one sweeps. */
const SWEEP_LOCK = 7_203_489;

interface By {
  actor: Actor;
  at: Date;
}

/**
 * Brings back what time or something else that happened has made due: triggers, results that are too old or whose
 * target has changed, accepted risks at their end. Time only ever opens things. Idempotent; answers how many came back
 * and where the next sweep goes on.
 */
export async function sweepRegisters(
  db: Db,
  { after, ...by }: By & { after: string | null },
): Promise<{ brought: number; next: string | null }> {
  let brought = (await alone(db, (tx) => lapse(tx, by))) ?? 0;
  let cursor = after;
  for (let page = 0; page < PAGES; page += 1) {
    const from = cursor;
    const done = await alone(db, (tx) => firePage(tx, from, by));
    if (done === null) return { brought, next: cursor };
    brought += done.fired;
    cursor = done.next;
    if (cursor === null) break;
  }
  return { brought, next: cursor };
}

/** Null when another runner is at it. */
async function alone<T>(db: Db, work: (tx: Tx) => Promise<T>): Promise<T | null> {
  return db.transaction(async (tx) => {
    const [row] = await tx.execute<{ mine: boolean }>(
      sql`select pg_try_advisory_xact_lock(${SWEEP_LOCK}) as mine`,
    );
    return row?.mine === true ? work(tx) : null;
  });
}

async function firePage(
  tx: Tx,
  after: string | null,
  by: By,
): Promise<{ fired: number; next: string | null }> {
  const rows = await tx
    .select({ id: item.id })
    .from(item)
    .where(and(isWaiting, after === null ? undefined : gt(item.id, after)))
    .orderBy(asc(item.id))
    .limit(PAGE);
  const fired = await fireDue(
    tx,
    rows.map(({ id }) => id),
    by.at,
  );
  for (const row of fired) await auditReturn(tx, row, by);
  return { fired: fired.length, next: rows.length < PAGE ? null : (rows.at(-1)?.id ?? null) };
}

/** Results that no longer count and risks that are no longer accepted. */
async function lapse(tx: Tx, by: By): Promise<number> {
  const [ended, stale] = [await listEnded(tx, by.at), await listStale(tx, PAGE)];
  const known = new Set(ended.map(({ id }) => id));
  const because = new Map([
    ...ended.map((row) => [row.id, endedBecause(row)] as const),
    ...stale.filter(({ row }) => !known.has(row.id)).map((one) => [one.row.id, one.because] as const),
  ]);
  if (because.size === 0) return 0;
  const rows = await tx
    .select()
    .from(item)
    .where(and(inArray(item.id, [...because.keys()]), inArray(item.state, [...COUNTING])))
    .orderBy(asc(item.id))
    .for("update", { skipLocked: true });
  for (const row of rows) {
    const reason = because.get(row.id) ?? "";
    const state = row.state === "passed" ? ("stale" as const) : ("expired" as const);
    const set = { state, firedBecause: reason };
    const change = { act: "fired" as const, set, seen: null, personId: null, reason, at: by.at };
    await auditReturn(tx, await changeItem(tx, row, change), by);
  }
  return rows.length;
}

const COUNTING = ["passed", "risk_accepted"] as const;

function listEnded(tx: Tx, at: Date): Promise<ItemRow[]> {
  return tx
    .select()
    .from(item)
    .where(
      and(
        inArray(item.kind, ["V", "ledger_row"]),
        inArray(item.state, [...COUNTING]),
        lte(item.countsUntil, at),
        isNull(item.removedAt),
      ),
    )
    .orderBy(asc(item.countsUntil))
    .limit(PAGE);
}

function endedBecause({ state, countsUntil }: ItemRow): string {
  const day = countsUntil?.toISOString().slice(0, 10) ?? "";
  return state === "passed" ? `Its result counted until ${day}.` : `Its risk was accepted until ${day}.`;
}

async function auditReturn(tx: Tx, row: ItemRow, { actor, at }: By): Promise<void> {
  await appendAudit(tx, {
    actor,
    at,
    action: "item.returned",
    outcome: "done",
    objectKind: "item",
    objectId: row.id,
    details: { code: row.code, state: row.state, because: row.firedBecause },
  });
}
