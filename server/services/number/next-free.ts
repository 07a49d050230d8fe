import { sql } from "drizzle-orm";
import type { Db } from "#db/client.ts";
import { seriesMark, seriesNumber } from "#db/schema/series.ts";
import { nextName, readSeriesNow } from "./known.ts";

const SERIES_MAX = 12;

/** Next free numbers of the series that have the most numbers; items of a register are numbered by itself. */
export async function listNextFree(db: Db): Promise<string[]> {
  const rows = await db.execute<{ series: string }>(sql`
    select series from (select series from ${seriesNumber} union all select series from ${seriesMark}) as named
    where series not in ('H', 'V', 'R', 'C') group by series order by count(*) desc, series limit ${SERIES_MAX}`);
  const next = await Promise.all(rows.map(async ({ series }) => nextName(await readSeriesNow(db, series))));
  return next.filter((id) => /^[A-Z]/.test(id));
}
