import { randomUUID } from "node:crypto";
import { checkResult } from "#db/schema/register.ts";
import { DomainError } from "#server/domain/error/domain-error.ts";
import { needsOtherPerson } from "#server/domain/register/handoff/view.ts";
import { decideCheckMove } from "#server/domain/register/lifecycle/check.ts";
import { waitsFor } from "#server/domain/register/lifecycle/move.ts";
import { attestCheckSchema } from "#server/domain/register/lifecycle/move-schema.ts";
import { CHECK_STATES } from "#server/domain/register/lifecycle/states.ts";
import { changeItem, type ItemRow, lockItem, requireSeen } from "../item/change-item.ts";
import { verb } from "../verb.ts";
import { followMove } from "./after.ts";
import { readBlockers } from "./blockers.ts";
import { requireAllowed } from "./refusal.ts";
import { digestOfSeen } from "./results.ts";
import { requireEvidence } from "./ticks.ts";

const DAY_MS = 24 * 60 * 60 * 1000;

/**
 * Says what a check gave, on evidence or in one's own words, and for how long that counts. Where somebody else has to
 * say it, whoever is named does not, and neither does whoever filed an item that names nobody.
 */
export const attestCheck = verb({
  action: "item.attest",
  input: attestCheckSchema,
  load: (tx, { itemId }) => lockItem(tx, itemId),
  object: ({ id }) => ({ kind: "item", id }),
  run: async (tx, { person: { personId }, input, row, at }) => {
    await requireSeen(tx, row, input.seen);
    const { outcome, evidence, reason, countsForDays } = input;
    const mustDifferFrom = othersThan(row);
    const observed = digestOfSeen(`${evidence.kind} ${evidence.id}`);
    requireAllowed(
      decideCheckMove(
        {
          id: row.code,
          state: checkStateOf(row),
          freshForMs: countsForDays * DAY_MS,
          mustDifferFrom,
          lastRun: { at, digest: observed },
          targetChangedAt: null,
        },
        { to: outcome, evidenceId: evidence.id, by: personId },
        at,
      ),
    );
    const blockers = (await readBlockers(tx, [row.id])).get(row.id) ?? [];
    if (outcome === "passed" && blockers.length > 0) {
      requireAllowed(
        waitsFor(
          row.code,
          blockers.map(({ code }) => code),
        ),
      );
    }
    await requireEvidence(tx, evidence, { code: row.code, mustDifferFrom, personId });
    const countsUntil = new Date(at.getTime() + countsForDays * DAY_MS);
    await tx.insert(checkResult).values({
      id: randomUUID(),
      itemId: row.id,
      outcome: outcome === "passed" && evidence.kind === "attestation" ? "attested" : outcome,
      runId: null,
      observed,
      reason: `${reason} (${evidence.kind}: ${evidence.id})`,
      countsUntil,
      personId,
      at,
    });
    const after = await changeItem(tx, row, {
      act: "checked",
      set: { state: outcome, countsUntil, firedBecause: null },
      also: { result: { from: null, to: `${outcome}, ${evidence.kind} ${evidence.id}` } },
      seen: null,
      personId,
      reason,
      at,
    });
    const followed = await followMove(tx, { before: row, after, at });
    return {
      output: { revision: after.revision, ...followed },
      audit: { code: row.code, outcome, evidence: { ...evidence }, observed, reason },
    };
  },
});

function othersThan(row: ItemRow): string | null {
  if (row.mustDifferFrom !== null) return row.mustDifferFrom;
  return row.content.kind === "item" && needsOtherPerson(row.content.item) ? row.createdBy : null;
}

export function checkStateOf({ kind, code, state }: ItemRow): (typeof CHECK_STATES)[number] {
  const known = kind === "V" ? CHECK_STATES.find((one) => one === state) : undefined;
  if (known !== undefined) return known;
  throw new DomainError("conflict", `${code} is no check. Nothing was changed.`, { reason: "not_a_check" });
}
