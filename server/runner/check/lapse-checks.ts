import { and, eq, inArray, isNull } from "drizzle-orm";
import { item } from "#db/schema/register.ts";
import { appendAudit } from "#server/services/audit/append.ts";
import { readCheckFacts } from "#server/services/check/facts.ts";
import { lapseResult } from "#server/services/check/result.ts";
import { readCheck } from "#server/services/check/subject.ts";
import { lockItem } from "#server/services/item/change-item.ts";
import { RUNNER_ACTOR } from "../opened-secret.ts";
import type { CheckParts } from "./check-parts.ts";

/** Checks looked at in one round; what is left comes with the next. */
const LAPSES_AT_ONCE = 300;

/**
 * Results of a text, a host or parameters that are not the check's any more: nobody may go on seeing them as passed.
 * Each in a transaction of its own, looked at again under the item's lock.
 */
export async function lapseChecks(parts: CheckParts): Promise<void> {
  const rows = await parts.db
    .select()
    .from(item)
    .where(and(eq(item.kind, "V"), inArray(item.state, ["passed", "risk_accepted"]), isNull(item.removedAt)))
    .limit(LAPSES_AT_ONCE);
  for (const row of rows) {
    const facts = await readCheckFacts(parts.db, await readCheck(parts.db, row));
    if (facts.isOtherBlock) await lapseOne(parts, row.id);
  }
}

async function lapseOne(parts: CheckParts, itemId: string): Promise<void> {
  await parts.db.transaction(async (tx) => {
    const locked = await lockItem(tx, itemId);
    const { isOtherBlock } = await readCheckFacts(tx, await readCheck(tx, locked));
    if (!isOtherBlock || (locked.state !== "passed" && locked.state !== "risk_accepted")) return;
    const at = parts.now();
    await lapseResult(tx, { item: locked, at });
    await appendAudit(tx, {
      actor: RUNNER_ACTOR,
      at,
      action: "check.lapsed",
      outcome: "done",
      objectKind: "item",
      objectId: itemId,
      details: { code: locked.code, was: locked.state },
    });
  });
}
