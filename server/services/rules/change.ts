import { sql } from "drizzle-orm";
import { approvalRuleSet } from "#db/schema/rule.ts";
import type { Db, Tx } from "#db/client.ts";
import { DomainError } from "#server/domain/error/domain-error.ts";
import { changeRulesSchema, proposeRulesSchema } from "#server/domain/rule/schema.ts";
import { describeRules } from "#server/domain/rule/sentences.ts";
import { proposalKind } from "../proposal/handler.ts";
import { proposeVerb } from "../proposal/propose.ts";
import { findRules } from "./current.ts";
import { nameOfMap, namesIn, requireNames } from "./names.ts";
import { replayRules } from "./replay.ts";

/** The id of an advisory lock: changes of the rules follow one another. */
const RULES_LOCK = 7_030_421;

/** Other approval rules: themselves a change that two people make. */
export const rulesChange = proposalKind({
  kind: "rules.change",
  actions: { propose: "rules.propose", decide: "rules.decide" },
  content: changeRulesSchema,
  describe: async (tx, { base, set }) => {
    const before = await sentencesInForce(tx);
    if (before.version !== base) {
      throw new DomainError(
        "conflict",
        "The rules have changed since. Nothing was changed; look at them again.",
        {
          reason: "rules_changed",
        },
      );
    }
    const after = describeRules(set, await requireNames(tx, set));
    if (after.join("\n") === before.sentences.join("\n")) {
      throw new DomainError("invalid", "These are the rules in force. There is nothing to change.", {
        reason: "same_rules",
      });
    }
    return {
      title: "Change the approval rules",
      says: `Version ${base + 1} of the rules takes the place of version ${base}. Requests that wait keep the stricter of both.`,
      before: before.sentences,
      after,
    };
  },
  consider: (db, { set }, at) => replayRules(db, set, at),
  apply: async (tx, { base, set }, { proposalId, at }) => {
    // One change at a time: of two made on one version the second finds another in force.
    await tx.execute(sql`select pg_advisory_xact_lock(${RULES_LOCK})`);
    const inForce = await findRules(tx);
    if (inForce !== null && inForce.version !== base) {
      throw new DomainError(
        "conflict",
        "The rules have changed since. Nothing was changed; look at them again.",
        {
          reason: "rules_changed",
        },
      );
    }
    await tx.insert(approvalRuleSet).values({ version: base + 1, content: set, proposalId, at });
    return { version: base + 1 };
  },
});

/** Asks for other approval rules. */
export const proposeRules = proposeVerb(rulesChange, proposeRulesSchema);

/** The sentences of the rules in force; version 0 when there are none that can be read. */
async function sentencesInForce(tx: Db | Tx): Promise<{ version: number; sentences: string[] }> {
  const inForce = await findRules(tx);
  if (inForce === null) return { version: 0, sentences: ["No rules that can be read: nothing may be done."] };
  return {
    version: inForce.version,
    sentences: describeRules(inForce.set, nameOfMap(await namesIn(tx, inForce.set))),
  };
}
