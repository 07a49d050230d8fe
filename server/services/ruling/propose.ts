import { eq } from "drizzle-orm";
import type { Db, Tx } from "#db/client.ts";
import { person } from "#db/schema/person.ts";
import { item } from "#db/schema/register.ts";
import { DomainError } from "#server/domain/error/domain-error.ts";
import {
  proposeRulingSchema,
  rulingContentSchema,
  type RulingContent,
} from "#server/domain/register/lifecycle/move-schema.ts";
import { describeTrigger, openTrigger } from "#server/domain/register/lifecycle/trigger-schema.ts";
import { type ItemRow, lockItem } from "../item/change-item.ts";
import { requireAllowed } from "../item-move/refusal.ts";
import { proposalKind } from "../proposal/handler.ts";
import { proposeVerb } from "../proposal/propose.ts";
import { applyRuling } from "./apply.ts";
import { decideItemRuling, readRulingFacts, stateAfter } from "./facts.ts";

/** A ruling that two people make: one rules, another who may rule agrees to exactly these words. */
export const itemRule = proposalKind({
  kind: "item.rule",
  actions: { propose: "item.rule", decide: "item.rule" },
  content: rulingContentSchema,
  describe: async (tx, content) => {
    const row = await getItem(tx, content.itemId);
    const facts = await readRulingFacts(tx, row);
    const words = { ...content, by: "", trigger: content.trigger?.kind ?? null };
    requireAllowed(decideItemRuling(row, facts, { point: content.point, words }));
    const where = content.point === "" ? row.code : `point ${content.point} of ${row.code}`;
    return {
      title: `Rule on ${where}: ${content.ruling}`,
      says: `${row.code}, ${row.title}, becomes ${stateAfter(row, facts, content)}.`,
      before: [`${row.code} is ${row.state}.`],
      after: [`${row.code} is ${stateAfter(row, facts, content)}.`, ...saidOf(content)],
    };
  },
  apply: async (tx, content, { proposalId, requestedBy, decidedBy, at }) => {
    const row = await lockItem(tx, content.itemId);
    // Whoever agrees rules as well: neither of the two is the one from whom somebody else must differ.
    if (row.mustDifferFrom === decidedBy) {
      throw new DomainError(
        "forbidden",
        `${row.code} must be ruled by other people than you. Nothing was changed.`,
        { reason: "same_person" },
      );
    }
    const [by] = await tx.select({ name: person.name }).from(person).where(eq(person.id, requestedBy));
    const facts = await readRulingFacts(tx, row);
    const ruled = await applyRuling(tx, row, {
      facts,
      content,
      by: { personId: requestedBy, name: by?.name ?? "", proposalId, at },
    });
    return {
      code: row.code,
      from: row.state,
      to: ruled.state,
      unblocked: ruled.unblocked.map(({ code }) => code),
      released: ruled.released,
    };
  },
});

/** Asks for a ruling that takes a second person. */
export const proposeRuling = proposeVerb(itemRule, proposeRulingSchema);

function saidOf({ reason, amendment, trigger }: RulingContent): string[] {
  return [
    `Because: ${reason}`,
    ...(amendment === null ? [] : [`What holds instead: ${amendment}`]),
    ...(trigger === null ? [] : [`Comes back ${describeTrigger(openTrigger(trigger))}.`]),
  ];
}

async function getItem(db: Db | Tx, itemId: string): Promise<ItemRow> {
  const [row] = await db.select().from(item).where(eq(item.id, itemId));
  if (row !== undefined && row.removedAt === null) return row;
  throw new DomainError("not_found", "There is no such item. It may have been taken out of its register.", {
    reason: "not_found",
  });
}
