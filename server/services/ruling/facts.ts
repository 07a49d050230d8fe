import { and, desc, eq, isNull } from "drizzle-orm";
import type { Db, Tx } from "#db/client.ts";
import { itemGate, ruling } from "#db/schema/register.ts";
import { DECISION_STATUSES } from "#server/domain/register/decision/decision.ts";
import { pointsOf } from "#server/domain/register/decision/view.ts";
import {
  decidePointRuling,
  decideRuling,
  ruledState,
  type Ruling,
  type RulingWords,
  statusAfterRulings,
} from "#server/domain/register/lifecycle/ruling.ts";
import { RULING_STATES } from "#server/domain/register/lifecycle/states.ts";
import { refusal, type RegisterVerdict } from "#server/domain/register/lifecycle/verdict.ts";
import type { RecordState } from "#server/domain/register/record.ts";
import { takesSecondPerson } from "#server/domain/rule/rule.ts";
import type { ItemRow } from "../item/change-item.ts";
import { findRules } from "../rules/current.ts";

export interface RulingFacts {
  /** Marks and words of the points; empty where the whole is ruled. */
  points: { mark: string; text: string }[];
  /** The newest ruling of each point; "" is the whole. */
  ruled: ReadonlyMap<string, Ruling>;
  needsSecondPerson: boolean;
}

/** What a ruling on an item is judged by. */
export async function readRulingFacts(
  db: Db | Tx,
  row: Pick<ItemRow, "id" | "content">,
): Promise<RulingFacts> {
  const [given, gates, rules] = await Promise.all([
    db
      .selectDistinctOn([ruling.point], { point: ruling.point, ruling: ruling.ruling })
      .from(ruling)
      .where(eq(ruling.itemId, row.id))
      .orderBy(ruling.point, desc(ruling.seq)),
    db
      .select({ id: itemGate.id })
      .from(itemGate)
      .where(and(eq(itemGate.itemId, row.id), isNull(itemGate.withdrawnAt)))
      .limit(1),
    findRules(db),
  ]);
  return {
    points: row.content.kind === "decision" ? pointsOf(row.content.decision) : [],
    ruled: new Map(given.map((one) => [one.point, one.ruling])),
    needsSecondPerson: takesSecondPerson(rules?.set ?? null, { isGating: gates.length > 0 }),
  };
}

type Ruled = Pick<ItemRow, "code" | "kind" | "state" | "mustDifferFrom">;

/** Whether somebody may rule so. `by` is the person, or "" where it is not known yet who. */
export function decideItemRuling(
  row: Ruled,
  facts: Pick<RulingFacts, "points" | "ruled">,
  wanted: { point: string; words: RulingWords },
): RegisterVerdict {
  const { code: id, mustDifferFrom } = row;
  const { point, words } = wanted;
  if (row.kind === "R") {
    const state = RULING_STATES.find((one) => one === row.state);
    if (state !== undefined && point === "") return decideRuling({ id, state, mustDifferFrom }, words);
    return refusal("unknown_point", `${id} has no point "${point}".`);
  }
  const status = row.kind === "decision" ? DECISION_STATUSES.find((one) => one === row.state) : undefined;
  if (status === undefined) return refusal("not_from_here", `${id} is nothing that is ruled on.`);
  const points = facts.points.map(({ mark }) => mark);
  return decidePointRuling({ id, status, points, ruled: facts.ruled, mustDifferFrom }, point, words);
}

/** The state that the item has after this ruling. */
export function stateAfter(
  row: Ruled,
  facts: Pick<RulingFacts, "points" | "ruled">,
  { point, ruling: given }: { point: string; ruling: Ruling },
): RecordState {
  if (row.kind === "R") return ruledState(given);
  const points = facts.points.map(({ mark }) => mark);
  return statusAfterRulings({ points, ruled: new Map([...facts.ruled, [point, given]]) });
}
