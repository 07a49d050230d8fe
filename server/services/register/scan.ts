import { and, asc, eq, inArray, isNull } from "drizzle-orm";
import type { Db } from "#db/client.ts";
import { item } from "#db/schema/register.ts";
import type { ScanFacts } from "#server/domain/register/ledger/machine-derived.ts";
import { listNextFree } from "../number/next-free.ts";

/** What one section names at most; a section that leaves something out would be a lie, so there is room. */
const OPEN_MAX = 20_000;

/** What is open in the registers, by code, as a session ledger says it. */
export async function scanRegisters(db: Db, at: Date): Promise<ScanFacts & { open: Open[] }> {
  const decisions = await listOpen(db, "decision", ["proposed"]);
  const rows = await listOpen(db, "ledger_row", ["open", "expired"]);
  return {
    day: at.toISOString().slice(0, 10),
    openDecisions: decisions?.map(({ code }) => code) ?? null,
    openRows: rows?.map(({ code }) => code) ?? null,
    nextFree: await listNextFree(db),
    open: [...(decisions ?? []), ...(rows ?? [])],
  };
}

interface Open {
  code: string;
  title: string;
}

/** Null where there is no line of this kind at all. */
async function listOpen(
  db: Db,
  kind: "decision" | "ledger_row",
  states: readonly (typeof item.$inferSelect)["state"][],
): Promise<Open[] | null> {
  const isOfKind = and(eq(item.kind, kind), isNull(item.removedAt));
  if ((await db.select({ id: item.id }).from(item).where(isOfKind).limit(1)).length === 0) return null;
  const rows = await db
    .select({ code: item.code, title: item.title })
    .from(item)
    .where(and(isOfKind, inArray(item.state, [...states])))
    .orderBy(asc(item.codeOrder), asc(item.id))
    .limit(OPEN_MAX);
  return [...new Map(rows.map((row) => [row.code, row])).values()];
}
