import { and, eq } from "drizzle-orm";
import { seriesNumber, seriesNumberEvent } from "#db/schema/series.ts";
import { DomainError } from "#server/domain/error/domain-error.ts";
import { decideMove, numberName } from "#server/domain/register/numbers/ledger.ts";
import { moveNumberSchema } from "#server/domain/register/numbers/schema.ts";
import { verb } from "../verb.ts";
import { findNumber, lockSeries, readSeriesNow } from "./known.ts";

/** Moves a number on: provisional, assigned, or given up with a reason. What was given up is never free again. */
export const moveNumber = verb({
  action: "number.take",
  input: moveNumberSchema,
  load: async (tx, input) => {
    await lockSeries(tx, input.series);
    return findNumber(tx, input);
  },
  object: (_, { series, number, suffix }) => ({ kind: "number", id: `${series}-${number}${suffix}` }),
  run: async (tx, { person, input, row, at }) => {
    const { series, number, suffix, to, reason } = input;
    const id = `${numberName(await readSeriesNow(tx, series), number)}${suffix}`;
    // Two people may have one name: who holds it is decided by the person.
    const isOwn = row?.personId === person.personId;
    const holder = isOwn ? row.holder : `${person.name} (not the holder)`;
    const decision = decideMove(row === null ? null : { ...row, id }, { id, to, holder, reason });
    if (decision.kind === "refused") {
      throw new DomainError("conflict", decision.says, { reason: decision.reason });
    }
    const { state, purpose } = decision.number;
    const isThis = and(
      eq(seriesNumber.series, series),
      eq(seriesNumber.number, number),
      eq(seriesNumber.suffix, suffix),
    );
    await tx.update(seriesNumber).set({ state, purpose, at }).where(isThis);
    await tx.insert(seriesNumberEvent).values({
      series,
      number,
      suffix,
      act: state,
      holder: decision.number.holder,
      says: reason === "" ? purpose : reason,
      personId: person.personId,
      at,
    });
    return { output: { id, state }, audit: { id, to: state, reason } };
  },
});
