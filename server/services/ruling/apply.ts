import { randomUUID } from "node:crypto";
import type { Tx } from "#db/client.ts";
import { ruling } from "#db/schema/register.ts";
import { withStatus } from "#server/domain/register/decision/status.ts";
import type { RulingContent } from "#server/domain/register/lifecycle/move-schema.ts";
import { openTrigger } from "#server/domain/register/lifecycle/trigger-schema.ts";
import { changeItem, type ItemRow } from "../item/change-item.ts";
import { type Consequences, followMove } from "../item-move/after.ts";
import { requireAllowed } from "../item-move/refusal.ts";
import { decideItemRuling, type RulingFacts, stateAfter } from "./facts.ts";

/** Who rules, and with whom where it took two. */
export interface RulingBy {
  personId: string;
  name: string;
  proposalId: string | null;
  at: Date;
}

/** Writes a ruling on a locked item, the state that follows, and everything that follows from that. */
export async function applyRuling(
  tx: Tx,
  row: ItemRow,
  given: { facts: RulingFacts; content: RulingContent; by: RulingBy },
): Promise<{ state: string; revision: number } & Consequences> {
  const { facts, content, by } = given;
  const { personId, proposalId, at } = by;
  const { point, reason, amendment } = content;
  const words = { ...content, by: personId, trigger: content.trigger?.kind ?? null };
  requireAllowed(decideItemRuling(row, facts, { point, words }));
  const trigger = content.trigger === null ? null : openTrigger(content.trigger);
  await tx.insert(ruling).values({
    id: randomUUID(),
    itemId: row.id,
    point,
    ruling: content.ruling,
    reason,
    amendment: content.ruling === "amend" ? amendment : null,
    trigger: content.ruling === "defer" ? trigger : null,
    personId,
    proposalId,
    at,
  });
  const state = stateAfter(row, facts, content);
  const what = point === "" ? "ruling" : `ruling on point ${point}`;
  const after = await changeItem(tx, row, {
    act: "ruled",
    set: {
      state,
      firedBecause: null,
      ...(content.ruling === "defer" ? { trigger } : {}),
      ...(row.content.kind === "decision" && state !== row.state
        ? {
            content: {
              ...row.content,
              decision: withStatus(row.content.decision, {
                status: state,
                successor: null,
                name: by.name,
                at,
              }),
            },
          }
        : {}),
    },
    also: { [what]: { from: facts.ruled.get(point) ?? null, to: wordsOf(content) } },
    seen: null,
    personId,
    reason,
    at,
  });
  const followed = await followMove(tx, { before: row, after, at });
  return { state, revision: after.revision, ...followed };
}

function wordsOf({ ruling: given, amendment }: RulingContent): string {
  return given === "amend" ? `amend: ${amendment ?? ""}` : given;
}
