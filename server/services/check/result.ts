import { randomUUID } from "node:crypto";
import { and, desc, eq } from "drizzle-orm";
import type { Tx } from "#db/client.ts";
import { checkResult } from "#db/schema/register.ts";
import { decideCheckMove } from "#server/domain/register/lifecycle/check.ts";
import type { RegisterVerdict } from "#server/domain/register/lifecycle/verdict.ts";
import { changeItem, type ItemRow } from "../item/change-item.ts";
import { followMove } from "../item-move/after.ts";
import { readCheckFacts } from "./facts.ts";
import { OTHER_BLOCK } from "./standing.ts";
import { readCheck } from "./subject.ts";
import type { CheckRunRow } from "./run-rows.ts";

const MINUTE_MS = 60_000;

interface Result {
  item: ItemRow;
  run: CheckRunRow;
  outcome: "passed" | "failed";
  /** What was applied, or what the person says. */
  reason: string;
  personId: string;
  at: Date;
}

/** Writes a result with the run that shows it, and moves the item; or says why the lifecycle does not let it. */
export async function writeResult(tx: Tx, of: Result): Promise<RegisterVerdict> {
  const { item, run, outcome, reason, personId, at } = of;
  const subject = await readCheck(tx, item);
  const facts = await readCheckFacts(tx, { ...subject, settings: run.settings });
  const verdict = decideCheckMove(facts, { to: outcome, evidenceId: run.id, by: personId }, at);
  if (verdict.kind === "refused") return verdict;
  const countsUntil = new Date(at.getTime() + run.settings.freshMinutes * MINUTE_MS);
  await tx.insert(checkResult).values({
    id: randomUUID(),
    itemId: item.id,
    outcome,
    runId: run.id,
    observed: run.observed ?? "",
    reason,
    ownerId: null,
    countsUntil,
    personId,
    at,
  });
  const after = await changeItem(tx, item, {
    act: "checked",
    set: { state: outcome, countsUntil, firedBecause: null },
    also: { run: { from: null, to: run.id } },
    seen: null,
    personId,
    reason,
    at,
  });
  await followMove(tx, { before: item, after, at });
  return verdict;
}

/** The result that an accepted risk of this item is about, or null where none is accepted. */
export async function findAcceptedRisk(tx: Tx, item: ItemRow): Promise<{ observed: string } | null> {
  if (item.state !== "risk_accepted") return null;
  const [row] = await tx
    .select({ observed: checkResult.observed })
    .from(checkResult)
    .where(and(eq(checkResult.itemId, item.id), eq(checkResult.outcome, "risk_accepted")))
    .orderBy(desc(checkResult.seq))
    .limit(1);
  return row ?? null;
}

/** What the newest result of a check was found on is not what the check is now: it counts no more. */
export async function lapseResult(tx: Tx, of: { item: ItemRow; at: Date }): Promise<void> {
  const after = await changeItem(tx, of.item, {
    act: "fired",
    set: {
      state: of.item.state === "passed" ? "stale" : "expired",
      countsUntil: null,
      firedBecause: OTHER_BLOCK,
    },
    seen: null,
    personId: null,
    reason: OTHER_BLOCK,
    at: of.at,
  });
  await followMove(tx, { before: of.item, after, at: of.at });
}

/** A risk was accepted for what a run showed. Another result is another risk. */
export async function endRisk(tx: Tx, of: { item: ItemRow; run: CheckRunRow; at: Date }): Promise<void> {
  const after = await changeItem(tx, of.item, {
    act: "fired",
    set: { state: "expired", countsUntil: null },
    seen: null,
    personId: null,
    reason: "The check shows something else than what was accepted.",
    also: { run: { from: null, to: of.run.id } },
    at: of.at,
  });
  await followMove(tx, { before: of.item, after, at: of.at });
}
