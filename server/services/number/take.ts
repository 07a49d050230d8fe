import { sql } from "drizzle-orm";
import type * as z from "zod";
import type { Tx } from "#db/client.ts";
import { seriesNumber, seriesNumberEvent } from "#db/schema/series.ts";
import { DomainError } from "#server/domain/error/domain-error.ts";
import { decideTake, numberName } from "#server/domain/register/numbers/ledger.ts";
import { takeNumberSchema } from "#server/domain/register/numbers/schema.ts";
import type { PersonActor } from "#server/domain/policy/decide.ts";
import { verb } from "../verb.ts";
import { findNumber, largestOf, lockSeries, nextName, readSeriesNow, widthOf } from "./known.ts";

type Asked = z.output<typeof takeNumberSchema>;
interface Taking {
  person: Pick<PersonActor, "personId" | "name">;
  asked: Asked;
  /** Path of the document that a number is defined in at once; left out: the person holds it. */
  path?: string;
  at: Date;
}

/**
 * Takes the next free numbers of a series, or one that is named. A series is taken from by one at a time; who comes
 * second for a named one is told who has it, and that he gave way is written down.
 */
export const takeNumber = verb({
  action: "number.take",
  input: takeNumberSchema,
  load: (_, { series }) => Promise.resolve(series),
  object: (series) => ({ kind: "series", id: series }),
  run: async (tx, { person, input, at }) => {
    const taking = { person, asked: input, at };
    if (input.number !== null) return takeNamed(tx, taking, input.number);
    const ids = await takeNext(tx, taking);
    return {
      output: { ids },
      audit: { ids, state: input.state, purpose: input.purpose },
    };
  },
});

/**
 * Locks the series and takes what comes next. Both are prepared and sent together: nobody waits for the lock while
 * anything of this is on its way. The second statement sees everything that the lock was waited for.
 */
export async function takeNext(tx: Tx, { person, asked, path, at }: Taking): Promise<string[]> {
  const { series, state, purpose, count } = asked;
  const when = at.toISOString();
  const [holder, source] = path === undefined ? [person.name, "person"] : [path, "definition"];
  const known = tx
    .$with("known", {})
    .as(sql`select ${largestOf(series)} as largest, ${widthOf(series)} as width offset 0`);
  const taken = tx.$with("taken", {}).as(sql`
    insert into ${seriesNumber} (series, number, suffix, state, holder, purpose, source, person_id, at)
    select ${series}, largest + step, '', ${state}, ${holder}, ${purpose}, ${source}, ${person.personId}::uuid,
      ${when}::timestamptz
    from known, generate_series(1, ${count}::int) as step where largest + ${count}::int <= 999999
    returning number`);
  const told = tx.$with("told", {}).as(sql`
    insert into ${seriesNumberEvent} (series, number, suffix, act, holder, says, person_id, at)
    select ${series}, number, '', ${state}, ${holder}, ${purpose}, ${person.personId}::uuid, ${when}::timestamptz
    from taken`);
  const [, rows] = await Promise.all([
    lockSeries(tx, series),
    tx
      .with(known, taken, told)
      .select({ number: sql<number>`taken.number`, width: sql<number>`known.width` })
      .from(sql`taken, known`)
      .orderBy(sql`taken.number`)
      .prepare("series_take")
      .execute(),
  ]);
  if (rows.length === 0) {
    throw new DomainError("limit", `${series} has no free numbers left. Nothing was taken.`, {
      reason: "exhausted",
    });
  }
  return rows.map(({ number, width }) => numberName({ name: series, width }, number));
}

async function takeNamed(tx: Tx, taking: Taking, number: number) {
  const { person, asked, at } = taking;
  const { series, state, purpose } = asked;
  if (asked.count > 1) {
    throw new DomainError("invalid", "Take several numbers from the next free one on, without naming one.", {
      reason: "count_of_named",
      field: "count",
    });
  }
  await lockSeries(tx, series);
  const now = await readSeriesNow(tx, series);
  const id = numberName(now, number);
  const row = await findNumber(tx, { series, number, suffix: "" });
  const decision = decideTake(row === null ? null : { ...row, id }, {
    id,
    state,
    holder: person.name,
    purpose,
  });
  const next = nextName(now);
  if (decision.kind === "refused") {
    const refusal = new DomainError("conflict", `${decision.says} The next free one is ${next}.`, {
      reason: decision.reason,
      field: "number",
      facts: { next },
    });
    if (row === null) throw refusal;
    const says = `${person.name} wanted ${id} for ${purpose} and gave way to ${row.holder}.`;
    await tx.insert(seriesNumberEvent).values({
      series,
      number,
      suffix: "",
      act: "contended",
      holder: row.holder,
      says,
      personId: person.personId,
      at,
    });
    return { refusal, audit: { id, next } };
  }
  if (number <= now.largest) {
    throw new DomainError(
      "conflict",
      `${id} lies below ${numberName(now, now.largest)}, and whether it was ever used is not known here. Nothing was taken; the next free one is ${next}.`,
      { reason: "not_known_free", field: "number", facts: { next } },
    );
  }
  const own = { series, number, suffix: "", holder: person.name, personId: person.personId, at };
  await tx.insert(seriesNumber).values({ ...own, state, purpose, source: "person" });
  await tx.insert(seriesNumberEvent).values({ ...own, act: state, says: purpose });
  return { output: { ids: [id] }, audit: { ids: [id], state, purpose } };
}
