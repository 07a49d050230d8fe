import type * as z from "zod";
import { and, eq, isNull, ne } from "drizzle-orm";
import type { Tx } from "#db/client.ts";
import { item, itemLink } from "#db/schema/register.ts";
import { DomainError } from "#server/domain/error/domain-error.ts";
import { withStatus } from "#server/domain/register/decision/status.ts";
import { decideLifecycleMove } from "#server/domain/register/lifecycle/move.ts";
import { moveItemSchema } from "#server/domain/register/lifecycle/move-schema.ts";
import { openTrigger } from "#server/domain/register/lifecycle/trigger-schema.ts";
import { isSettled } from "#server/domain/register/record-state.ts";
import { changeItem, type ItemRow, type ItemSet, lockItem, requireSeen } from "../item/change-item.ts";
import { linkOnce } from "../link/rows.ts";
import { verb } from "../verb.ts";
import { followMove } from "./after.ts";
import { readBlockers } from "./blockers.ts";
import { findChangeEntry, listOpenCovers } from "./facts.ts";
import { requireAllowed } from "./refusal.ts";
import { readPoints, requireEvidence } from "./ticks.ts";

type Move = z.output<typeof moveItemSchema>;

/**
 * Moves an item along the lifecycle of its kind. What has an act of its own - a ruling, a result of a check, an accepted
 * risk - is refused here. Answers what the move set free.
 */
export const moveItem = verb({
  action: "item.move",
  input: moveItemSchema,
  load: (tx, { itemId }) => lockItem(tx, itemId),
  object: ({ id }) => ({ kind: "item", id }),
  run: async (tx, { person: { personId, name }, input, row, at }) => {
    await requireSeen(tx, row, input.seen);
    requireAllowed(decideLifecycleMove(await readMoveFacts(tx, row), input));
    if (input.evidence !== null) await requireEvidence(tx, input.evidence, { ...row, personId });
    const successor = input.to === "superseded" ? await readSuccessor(tx, row, input.successor) : null;
    if (successor !== null) {
      await linkOnce(tx, row, {
        kind: "superseded_by",
        to: successor,
        because: input.reason ?? "",
        personId,
        at,
      });
    }
    const after = await changeItem(tx, row, {
      act: "moved",
      set: setOf(row, input, { name, at }),
      seen: null,
      personId,
      reason: input.reason,
      ...(input.evidence === null
        ? {}
        : { also: { evidence: { from: null, to: `${input.evidence.kind} ${input.evidence.id}` } } }),
      at,
    });
    const followed = await followMove(tx, { before: row, after, at });
    const audit = { code: row.code, from: row.state, to: input.to, reason: input.reason };
    return {
      output: { revision: after.revision, ...followed },
      audit: { ...audit, unblocked: followed.unblocked.map(({ code }) => code) },
    };
  },
});

async function readMoveFacts(tx: Tx, row: ItemRow) {
  const [points, changeEntry, blockers, covers] = await Promise.all([
    readPoints(tx, row),
    findChangeEntry(tx, row.id),
    readBlockers(tx, [row.id]),
    listOpenCovers(tx, row),
  ]);
  return {
    code: row.code,
    kind: row.kind,
    state: row.state,
    isChange: row.isChange,
    ownerId: row.ownerId,
    points,
    changeEntry,
    blockedBy: (blockers.get(row.id) ?? []).map(({ code }) => code),
    covers,
  };
}

/** What follows from the move: whoever comes back is no longer put off, and a decision says its status itself. */
function setOf(row: ItemRow, { to, trigger, successor }: Move, by: { name: string; at: Date }): ItemSet {
  const { content } = row;
  return {
    state: to,
    trigger: trigger === null ? (isSettled(row.kind, to) ? row.trigger : null) : openTrigger(trigger),
    firedBecause: null,
    ...(content.kind === "decision" && row.kind === "decision"
      ? { content: { ...content, decision: withStatus(content.decision, { status: to, successor, ...by }) } }
      : {}),
  };
}

/** The decision that takes the place of another: it has to be there, in force, and not be superseded by this one. */
async function readSuccessor(
  tx: Tx,
  row: ItemRow,
  code: string | null,
): Promise<{ id: string; code: string }> {
  const [found] = await tx
    .select({ id: item.id, code: item.code, state: item.state })
    .from(item)
    .where(
      and(eq(item.code, code ?? ""), eq(item.kind, "decision"), isNull(item.removedAt), ne(item.id, row.id)),
    );
  if (!found) {
    throw new DomainError("invalid", `There is no decision ${code ?? ""}. Nothing was changed.`, {
      reason: "unknown_successor",
      field: "successor",
    });
  }
  const [back] = await tx
    .select({ id: itemLink.id })
    .from(itemLink)
    .where(
      and(
        eq(itemLink.itemId, found.id),
        eq(itemLink.kind, "superseded_by"),
        eq(itemLink.toItemId, row.id),
        eq(itemLink.state, "confirmed"),
      ),
    );
  if (back === undefined && found.state !== "superseded" && found.state !== "rejected") return found;
  throw new DomainError(
    "conflict",
    `${found.code} is ${found.state} and cannot take the place of ${row.code}. Nothing was changed.`,
    { reason: "no_successor", field: "successor" },
  );
}
