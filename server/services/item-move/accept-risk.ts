import { randomUUID } from "node:crypto";
import { and, eq, isNull } from "drizzle-orm";
import type { Tx } from "#db/client.ts";
import { person as personTable } from "#db/schema/person.ts";
import { checkResult } from "#db/schema/register.ts";
import { canonicalJson } from "#server/domain/canonical/json.ts";
import { assert, DomainError } from "#server/domain/error/domain-error.ts";
import { decideCheckMove } from "#server/domain/register/lifecycle/check.ts";
import { decideRowMove } from "#server/domain/register/lifecycle/ledger-row.ts";
import { acceptRiskSchema } from "#server/domain/register/lifecycle/move-schema.ts";
import { ROW_STATES } from "#server/domain/register/lifecycle/states.ts";
import type { RegisterVerdict } from "#server/domain/register/lifecycle/verdict.ts";
import { changeItem, type ItemRow, lockItem, requireSeen } from "../item/change-item.ts";
import { toJson } from "../item/json-value.ts";
import { verb } from "../verb.ts";
import { followMove } from "./after.ts";
import { checkStateOf } from "./attest.ts";
import { requireAllowed } from "./refusal.ts";
import { digestOfSeen, findNewestRun } from "./results.ts";

/**
 * Accepts the risk of a check or of a row of the ledger: owned by somebody, until a day, for a reason, and for exactly
 * the result that was seen. It comes back when the day is over or the result is another.
 */
export const acceptRisk = verb({
  action: "item.accept_risk",
  input: acceptRiskSchema,
  load: (tx, { itemId }) => lockItem(tx, itemId),
  object: ({ id }) => ({ kind: "item", id }),
  run: async (tx, { person: { personId }, input, row, at }) => {
    await requireSeen(tx, row, input.seen);
    const { ownerId, until, pinnedTo, reason } = input;
    // To the end of the day, in UTC.
    const expiresAt = until === null ? null : new Date(`${until}T23:59:59.999Z`);
    if (row.mustDifferFrom === personId) {
      throw new DomainError(
        "forbidden",
        `${row.code} must be settled by another person than you. Nothing was changed.`,
        { reason: "same_person" },
      );
    }
    const observed = row.kind === "V" ? pinnedTo : digestOfSeen(canonicalJson(toJson(row.content)));
    const risk = { owner: ownerId, expiresAt, pinnedTo, reason, by: personId };
    requireAllowed(await decideRisk(tx, row, { ...risk, to: "risk_accepted", at }));
    assert(ownerId !== null && expiresAt !== null && reason !== null, "an accepted risk is owned and ends");
    assert(observed !== null, "an accepted risk is about what was seen");
    await requireActive(tx, ownerId);
    await tx.insert(checkResult).values({
      id: randomUUID(),
      itemId: row.id,
      outcome: "risk_accepted",
      runId: null,
      observed,
      reason,
      ownerId,
      countsUntil: expiresAt,
      personId,
      at,
    });
    const after = await changeItem(tx, row, {
      act: "checked",
      set: { state: "risk_accepted", ownerId, countsUntil: expiresAt, firedBecause: null },
      seen: null,
      personId,
      reason,
      at,
    });
    const followed = await followMove(tx, { before: row, after, at });
    return {
      output: { revision: after.revision, ...followed },
      audit: { code: row.code, ownerId, until, observed, reason },
    };
  },
});

type Risk = {
  to: "risk_accepted";
  owner: string | null;
  expiresAt: Date | null;
  pinnedTo: string | null;
  reason: string | null;
  by: string;
  at: Date;
};

async function decideRisk(tx: Tx, row: ItemRow, { at, ...risk }: Risk): Promise<RegisterVerdict> {
  const { code: id, ownerId: owner } = row;
  if (row.kind === "ledger_row") {
    const state = ROW_STATES.find((one) => one === row.state);
    assert(state, "a row of the ledger has one of its states");
    return decideRowMove({ id, state, owner }, risk, at);
  }
  const run = await findNewestRun(tx, row.id);
  return decideCheckMove(
    {
      id,
      state: checkStateOf(row),
      freshForMs: 0,
      mustDifferFrom: row.mustDifferFrom,
      lastRun: run && { at: run.at, digest: run.observed },
      targetChangedAt: null,
    },
    risk,
    at,
  );
}

async function requireActive(tx: Tx, personId: string): Promise<void> {
  const [found] = await tx
    .select({ id: personTable.id })
    .from(personTable)
    .where(and(eq(personTable.id, personId), isNull(personTable.disabledAt)));
  if (found) return;
  throw new DomainError("invalid", "Nobody who may sign in is meant by this owner. Nothing was changed.", {
    reason: "unknown_owner",
    field: "ownerId",
  });
}
