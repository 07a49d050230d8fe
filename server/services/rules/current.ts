import { desc } from "drizzle-orm";
import type { Db, Tx } from "#db/client.ts";
import { approvalRuleSet } from "#db/schema/rule.ts";
import { type RuleSet } from "#server/domain/rule/rule.ts";
import { ruleSetSchema } from "#server/domain/rule/schema.ts";

export interface RulesInForce {
  version: number;
  set: RuleSet;
  at: Date;
}

/** The newest rules; null when there are none or they cannot be read, and then nothing is allowed. */
export async function findRules(db: Db | Tx): Promise<RulesInForce | null> {
  const [row] = await db.select().from(approvalRuleSet).orderBy(desc(approvalRuleSet.version)).limit(1);
  if (!row) return null;
  const set = ruleSetSchema.safeParse(row.content);
  return set.success ? { version: row.version, set: set.data, at: row.at } : null;
}
