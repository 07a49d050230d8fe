import { desc, eq, sql } from "drizzle-orm";
import * as z from "zod";
import { person } from "#db/schema/person.ts";
import { registerDocument } from "#db/schema/register.ts";
import { seriesMark, seriesNumber, seriesNumberEvent } from "#db/schema/series.ts";
import { numberName } from "#server/domain/register/numbers/ledger.ts";
import { seriesSchema } from "#server/domain/register/numbers/schema.ts";
import { may } from "../may.ts";
import { query } from "../verb.ts";
import { nextName, readSeriesNow } from "./known.ts";

const SERIES_MAX = 200;
const NUMBERS_MAX = 300;
const EVENTS_MAX = 200;
const MARKS_MAX = 20;

/** Every series that is known, with its next free number and how many of its numbers are in which state. */
export const readNumbers = query({
  action: "register.read",
  input: z.strictObject({}),
  run: async (ctx) => {
    const rows = await ctx.db.execute<{
      series: string;
      reserved: number;
      provisional: number;
      assigned: number;
      relinquished: number;
      contended: number;
    }>(sql`
      with named as (select distinct series from ${seriesNumber} union select distinct series from ${seriesMark})
      select named.series,
        count(n.number) filter (where n.state = 'reserved')::int as reserved,
        count(n.number) filter (where n.state = 'provisional')::int as provisional,
        count(n.number) filter (where n.state = 'assigned')::int as assigned,
        count(n.number) filter (where n.state = 'relinquished')::int as relinquished,
        (select count(*) from ${seriesNumberEvent} e where e.series = named.series and e.act = 'contended')::int as contended
      from named left join ${seriesNumber} n on n.series = named.series
      group by named.series order by count(n.number) desc, named.series limit ${SERIES_MAX}`);
    const series = await Promise.all(
      rows.map(async (row) => ({ ...row, next: nextName(await readSeriesNow(ctx.db, row.series)) })),
    );
    return { series, may: { take: may(ctx, "number.take") } };
  },
});

/** One series: its numbers from the largest on, what happened to them, and what document brought it how far. */
export const readSeriesPage = query({
  action: "register.read",
  input: z.strictObject({ series: seriesSchema }),
  run: async (ctx, { series }) => {
    const now = await readSeriesNow(ctx.db, series);
    const [numbers, events, marks] = await Promise.all([
      ctx.db
        .select({ number: seriesNumber, by: person.name })
        .from(seriesNumber)
        .innerJoin(person, eq(person.id, seriesNumber.personId))
        .where(eq(seriesNumber.series, series))
        .orderBy(desc(seriesNumber.number), desc(seriesNumber.suffix))
        .limit(NUMBERS_MAX),
      ctx.db
        .select({ event: seriesNumberEvent, by: person.name })
        .from(seriesNumberEvent)
        .innerJoin(person, eq(person.id, seriesNumberEvent.personId))
        .where(eq(seriesNumberEvent.series, series))
        .orderBy(desc(seriesNumberEvent.id))
        .limit(EVENTS_MAX),
      ctx.db
        .select({ path: registerDocument.path, largest: seriesMark.largest, line: seriesMark.line })
        .from(seriesMark)
        .innerJoin(registerDocument, eq(registerDocument.id, seriesMark.documentId))
        .where(eq(seriesMark.series, series))
        .orderBy(desc(seriesMark.largest), desc(seriesMark.version))
        .limit(MARKS_MAX),
    ]);
    const named = <T extends { number: number; suffix: string }>(row: T) => ({
      ...row,
      code: `${numberName(now, row.number)}${row.suffix}`,
    });
    const personId = ctx.actor.kind === "person" ? ctx.actor.personId : null;
    const isFinal = (state: string) => state === "assigned" || state === "relinquished";
    return {
      series,
      next: nextName(now),
      numbers: numbers.map(({ number, by }) => ({
        ...named(number),
        by,
        may: {
          move: may(ctx, "number.take", {
            unless: isFinal(number.state)
              ? `It is ${number.state}, and stays so.`
              : number.personId === personId
                ? null
                : `${number.holder} holds it and has to move it.`,
          }),
        },
      })),
      events: events.map(({ event, by }) => ({ ...named(event), by })),
      marks: marks.map((mark) => ({ ...mark, id: numberName(now, mark.largest) })),
      may: { take: may(ctx, "number.take") },
    };
  },
});
