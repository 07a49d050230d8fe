import { type HoldingItem, heldDenial } from "#server/domain/policy/decide.ts";
import { listCandidates } from "../person/candidates.ts";
import type { Ctx } from "../verb.ts";

/** Names on one notice; the rest is "and others". */
const NAMED = 5;

/** What holds something back, for its page: the items, the sentence of the denial, and people who could rule. */
export async function readHeld(
  ctx: Ctx,
  heldBy: readonly HoldingItem[],
): Promise<{ items: readonly HoldingItem[]; says: string; could: string[] } | null> {
  const denial = heldDenial(heldBy);
  if (denial === null) return null;
  const people = await listCandidates(ctx.db, { action: "item.rule" });
  return { items: heldBy, says: denial.says, could: people.slice(0, NAMED).map(({ name }) => name) };
}
