import { desc, inArray } from "drizzle-orm";
import type { Db, Tx } from "#db/client.ts";
import { type item, ruling } from "#db/schema/register.ts";
import { pointsOf } from "#server/domain/register/decision/view.ts";
import { isHolding } from "#server/domain/register/gate/gate.ts";
import { ruledState, type Ruling, statusAfterRulings } from "#server/domain/register/lifecycle/ruling.ts";

type Of = Pick<typeof item.$inferSelect, "id" | "kind" | "state" | "content">;

/**
 * Ids of those items that let go what they held back: their state says so, and the rulings on record come to the same.
 * A document that is imported may call an item ruled; that is no ruling, and lets nothing go.
 */
export async function listLetGo(db: Db | Tx, items: readonly Of[]): Promise<Set<string>> {
  const candidates = [...new Map(items.map((one) => [one.id, one])).values()].filter(
    ({ state }) => !isHolding(state),
  );
  if (candidates.length === 0) return new Set();
  const given = await db
    .selectDistinctOn([ruling.itemId, ruling.point], {
      itemId: ruling.itemId,
      point: ruling.point,
      ruling: ruling.ruling,
    })
    .from(ruling)
    .where(
      inArray(
        ruling.itemId,
        candidates.map(({ id }) => id),
      ),
    )
    .orderBy(ruling.itemId, ruling.point, desc(ruling.seq));
  const byItem = Map.groupBy(given, ({ itemId }) => itemId);
  return new Set(
    candidates.flatMap((one) => {
      const ruled = new Map((byItem.get(one.id) ?? []).map((row) => [row.point, row.ruling]));
      return isHolding(stateByRulings(one, ruled)) ? [] : [one.id];
    }),
  );
}

/** Whether a single item still holds back what it covers. */
export async function isStillHolding(db: Db | Tx, row: Of): Promise<boolean> {
  return !(await listLetGo(db, [row])).has(row.id);
}

function stateByRulings({ content }: Of, ruled: ReadonlyMap<string, Ruling>) {
  if (content.kind === "decision") {
    const points = pointsOf(content.decision).map(({ mark }) => mark);
    return statusAfterRulings({ points, ruled });
  }
  const whole = ruled.get("");
  return whole === undefined ? ("open" as const) : ruledState(whole);
}
