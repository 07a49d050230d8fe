import { and, asc, eq, inArray, isNull } from "drizzle-orm";
import * as z from "zod";
import type { Db } from "#db/client.ts";
import { item, registerDocument } from "#db/schema/register.ts";
import { DomainError } from "#server/domain/error/domain-error.ts";
import { exportDocument } from "#server/domain/register/export/export.ts";
import { generateHandoff } from "#server/domain/register/export/generate-handoff.ts";
import { newSessionLedger, reseeded, seeded } from "#server/domain/register/ledger/machine-derived.ts";
import { isSettled } from "#server/domain/register/record-state.ts";
import { listNextFree } from "../number/next-free.ts";
import { query } from "../verb.ts";
import { type DocumentRow, listHeldItems } from "./document.ts";
import { findOwnText } from "./prose.ts";
import { scanRegisters } from "./scan.ts";

/**
 * A document as it is now: what nobody changed byte for byte as it came, the rest in its native form. What a session
 * ledger has from a machine is the console's to say.
 */
export async function textNow(db: Db, row: DocumentRow, at: Date): Promise<string> {
  const own = await findOwnText(db, row);
  const held = (await listHeldItems(db, row.id)).map(({ key, shown, row: { section } }) => {
    return { key, shown, section };
  });
  const beginning = row.kind === "session_index" ? "# As-executed index\n" : `# ${row.path}\n`;
  const text = exportDocument({ path: row.path, text: own ?? beginning }, held);
  return row.kind === "session_ledger"
    ? reseeded({ path: row.path, text }, await scanRegisters(db, at))
    : text;
}

export const exportText = query({
  action: "register.export",
  input: z.strictObject({ documentId: z.uuid() }),
  run: async (ctx, { documentId }) => {
    const [row] = await ctx.db.select().from(registerDocument).where(eq(registerDocument.id, documentId));
    if (!row) throw new DomainError("not_found", "There is no such document.", { reason: "not_found" });
    return { path: row.path, text: await textNow(ctx.db, row, ctx.clock()) };
  },
});

/** The session ledger with what is open now; one that the console writes where no document is one. */
export const exportSessionLedger = query({
  action: "register.export",
  input: z.strictObject({}),
  run: async (ctx) => {
    const [row] = await ctx.db
      .select()
      .from(registerDocument)
      .where(eq(registerDocument.kind, "session_ledger"))
      .orderBy(asc(registerDocument.path))
      .limit(1);
    const facts = await scanRegisters(ctx.db, ctx.clock());
    if (!row) return { path: "session-ledger.md", text: newSessionLedger(facts, facts.open) };
    const { path } = row;
    return { path, text: seeded({ path, text: await textNow(ctx.db, row, ctx.clock()) }, facts) };
  },
});

const NAMED_MAX = 100;

/** A handoff of everything that is open now, over all registers. */
export const exportHandoff = query({
  action: "register.export",
  input: z.strictObject({}),
  run: async (ctx) => {
    const day = ctx.clock().toISOString().slice(0, 10);
    const documents = await ctx.db
      .select()
      .from(registerDocument)
      .where(eq(registerDocument.kind, "handoff"))
      .orderBy(asc(registerDocument.path));
    const held = [];
    for (const { id } of documents) held.push(...(await listHeldItems(ctx.db, id)));
    const open = held.filter(({ row: { kind, state } }) => !isSettled(kind, state) || isKept(kind, state));
    const owned = open.filter(({ row }) => row.ownerId !== null);
    const text = generateHandoff({
      day,
      items: open.flatMap(({ shown }) => (shown.kind === "item" ? [shown.item] : [])),
      nextFree: await listNextFree(ctx.db),
      openDecisions: await listCodes(ctx.db, "decision", ["proposed", "deferred"]),
      openRows: await listCodes(ctx.db, "ledger_row", ["open", "expired"]),
      failingChecks: await listCodes(ctx.db, "V", ["failed", "stale", "expired"]),
      overdue: open.filter(({ row: { dueOn } }) => dueOn !== null && dueOn < day).length,
      unowned: open.length - owned.length,
    });
    return { path: `handoff-${day}.md`, text };
  },
});

/** Checks that were retired stay in sight, and those that passed are still to be kept fresh. */
const isKept = (kind: string, state: string) =>
  kind === "V" && ["retired", "passed", "risk_accepted"].includes(state);

async function listCodes(
  db: Db,
  kind: "decision" | "ledger_row" | "V",
  states: readonly (typeof item.$inferSelect)["state"][],
): Promise<string[]> {
  const rows = await db
    .selectDistinct({ code: item.code })
    .from(item)
    .where(and(eq(item.kind, kind), inArray(item.state, [...states]), isNull(item.removedAt)))
    .orderBy(item.code)
    .limit(NAMED_MAX);
  return rows.map(({ code }) => code);
}
