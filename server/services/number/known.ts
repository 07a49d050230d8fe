import { and, eq, sql } from "drizzle-orm";
import type { Db, Tx } from "#db/client.ts";
import { seriesMark, seriesNumber } from "#db/schema/series.ts";
import { numberName, type Series } from "#server/domain/register/numbers/ledger.ts";

/** First key of the advisory locks of series; the second is made of the series' name. */
export const SERIES_LOCKS = 7_203_443;

/** Until the transaction ends nobody else takes a number of this series. */
export async function lockSeries(tx: Tx, series: string): Promise<void> {
  await tx
    .select({ locked: sql`pg_advisory_xact_lock(${SERIES_LOCKS}, hashtext(${series}))` })
    .from(sql`(select 1) as one`)
    .prepare("series_lock")
    .execute();
}

/**
 * The largest number of a series over everything that is known: numbers that were ever taken, and those that any version
 * of any document names. As SQL, for statements that take the next.
 */
export const largestOf = (series: string) => sql<number>`greatest(
  (select coalesce(max(${seriesNumber.number}), 0) from ${seriesNumber} where ${seriesNumber.series} = ${series}),
  (select coalesce(max(${seriesMark.largest}), 0) from ${seriesMark} where ${seriesMark.series} = ${series}))::int`;

/** Items of a handoff register count without zeros in front; everything else has three digits at least. */
const ITEM_SERIES: ReadonlySet<string> = new Set(["H", "V", "R", "C"]);
const leastWidth = (series: string): number => (ITEM_SERIES.has(series) ? 1 : 3);

/** Digits with which a series is written, as the documents that name it write it. As SQL. */
export const widthOf = (series: string) => sql<number>`greatest(${leastWidth(series)},
  (select coalesce(max(${seriesMark.width}), 0) from ${seriesMark} where ${seriesMark.series} = ${series}))::int`;

/** A series with the largest number that is known of it. */
export async function readSeriesNow(db: Db | Tx, name: string): Promise<Series & { largest: number }> {
  const [row] = await db
    .select({ largest: largestOf(name), width: widthOf(name) })
    .from(sql`(select 1) as one`);
  return { name, largest: row?.largest ?? 0, width: row?.width ?? leastWidth(name) };
}

/** The next free number as it is written. */
export const nextName = (series: Series & { largest: number }): string =>
  numberName(series, series.largest + 1);

export type NumberRow = typeof seriesNumber.$inferSelect;

/** What is known of one number, or null. */
export async function findNumber(
  tx: Tx,
  at: { series: string; number: number; suffix: string },
): Promise<NumberRow | null> {
  const [row] = await tx
    .select()
    .from(seriesNumber)
    .where(
      and(
        eq(seriesNumber.series, at.series),
        eq(seriesNumber.number, at.number),
        eq(seriesNumber.suffix, at.suffix),
      ),
    );
  return row ?? null;
}
