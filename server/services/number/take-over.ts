import { eq, inArray, min, sql } from "drizzle-orm";
import type { Db, Tx } from "#db/client.ts";
import { seriesMark, seriesNumber } from "#db/schema/series.ts";
import {
  type ClaimVerdict,
  decideClaim,
  type HeldNumber,
  type NumberClaimed,
} from "#server/domain/register/numbers/claims.ts";
import type { SeriesMark } from "#server/domain/register/numbers/scan.ts";
import { SERIES_LOCKS } from "./known.ts";

/** Rows of one statement. */
const CHUNK = 2000;

/** A number of a document that somebody else has. */
export interface TakenNumber {
  id: string;
  line: number;
  holder: string;
  says: string;
}

interface Judged {
  claim: NumberClaimed;
  held: HeldNumber | null;
  verdict: ClaimVerdict;
}

interface By {
  path: string;
  personId: string;
}

/** What becomes of each number that a document takes. */
export async function judgeNumbers(db: Db | Tx, claims: readonly NumberClaimed[], by: By): Promise<Judged[]> {
  const series = [...new Set(claims.map((claim) => claim.series))];
  const rows =
    series.length === 0
      ? []
      : await db.select().from(seriesNumber).where(inArray(seriesNumber.series, series));
  const known = new Map(rows.map((row) => [`${row.series}-${row.number}${row.suffix}`, row]));
  return claims.map((claim) => {
    const row = known.get(`${claim.series}-${claim.number}${claim.suffix}`);
    const held = row === undefined ? null : { ...row, id: claim.id };
    return { claim, held, verdict: decideClaim(held, claim, by) };
  });
}

export function takenIn(judged: readonly Judged[]): TakenNumber[] {
  return judged.flatMap(({ claim, held, verdict }) =>
    verdict.kind === "taken" && held !== null
      ? [{ id: claim.id, line: claim.line, holder: held.holder, says: verdict.says }]
      : [],
  );
}

/** Until the transaction ends nobody else takes a number of these series. In one order, so that two imports do not wait for each other. */
export async function lockAllSeries(tx: Tx, names: Iterable<string>): Promise<void> {
  const sorted = [...new Set(names)].sort();
  await tx.execute(sql`
    select pg_advisory_xact_lock(${SERIES_LOCKS}, hashtext(name))
    from (select name from jsonb_array_elements_text(${JSON.stringify(sorted)}::text::jsonb) as name offset 0) as names`);
}

/**
 * Takes over the numbers of a document that is being imported: new ones, and those that go on from a draft or a
 * reservation. One that somebody else has stays there, and the contention is written down. Series must be locked.
 */
export async function takeOverNumbers(
  tx: Tx,
  judged: readonly Judged[],
  by: By & { personName: string; at: Date },
): Promise<{ taken: number; contended: number }> {
  const rows = judged.flatMap(({ claim, held, verdict }) => {
    const { series, number, suffix, purpose } = claim;
    const at = { series, number, suffix };
    switch (verdict.kind) {
      case "new":
        return [{ ...at, state: claim.state, holder: by.path, source: claim.source, purpose }];
      case "moves": {
        const keeps = held !== null && (purpose === "" || held.source === "person");
        const { state, holder, source } = verdict;
        return [{ ...at, state, holder, source, purpose: keeps ? held.purpose : purpose }];
      }
      case "same":
      case "taken":
        return [];
    }
  });
  const contended = judged.flatMap(({ claim: { series, number, suffix }, held, verdict }) =>
    verdict.kind === "taken"
      ? [
          {
            series,
            number,
            suffix,
            act: "contended",
            holder: held?.holder ?? "",
            says: `${verdict.says} ${by.personName} imported it and gave way.`,
          },
        ]
      : [],
  );
  await writeNumbers(tx, rows, by);
  const acts = rows.map(({ series, number, suffix, state, holder }) => {
    return { series, number, suffix, act: state, holder, says: `Imported from ${by.path}.` };
  });
  await writeEvents(tx, [...acts, ...contended], by);
  return { taken: rows.length, contended: contended.length };
}

async function writeNumbers(
  tx: Tx,
  rows: readonly object[],
  { personId, at }: { personId: string; at: Date },
): Promise<void> {
  for (let from = 0; from < rows.length; from += CHUNK) {
    const chunk = JSON.stringify(rows.slice(from, from + CHUNK));
    await tx.execute(sql`
      insert into ${seriesNumber} (series, number, suffix, state, holder, purpose, source, person_id, at)
      select series, number, suffix, state, holder, purpose, source, ${personId}::uuid, ${at.toISOString()}::timestamptz
      from jsonb_to_recordset(${chunk}::text::jsonb) as r(series text, number integer, suffix text, state text,
        holder text, purpose text, source text)
      on conflict (series, number, suffix) do update set state = excluded.state, holder = excluded.holder,
        purpose = excluded.purpose, source = excluded.source, person_id = excluded.person_id, at = excluded.at`);
  }
}

async function writeEvents(
  tx: Tx,
  rows: readonly object[],
  { personId, at }: { personId: string; at: Date },
): Promise<void> {
  for (let from = 0; from < rows.length; from += CHUNK) {
    const chunk = JSON.stringify(rows.slice(from, from + CHUNK));
    await tx.execute(sql`
      insert into series_number_event (series, number, suffix, act, holder, says, person_id, at)
      select series, number, suffix, act, holder, says, ${personId}::uuid, ${at.toISOString()}::timestamptz
      from jsonb_to_recordset(${chunk}::text::jsonb) as r(series text, number integer, suffix text, act text,
        holder text, says text)`);
  }
}

/** Remembers how far each series has come by this version of a document. */
export async function keepMarks(
  tx: Tx,
  marks: readonly SeriesMark[],
  of: { documentId: string; version: number },
): Promise<void> {
  if (marks.length > 0) await tx.insert(seriesMark).values(marks.map((mark) => ({ ...mark, ...of })));
}

/** The same of what is no version, such as a part of a file: such marks go down from zero. */
export async function keepFurtherMarks(
  tx: Tx,
  marks: readonly SeriesMark[],
  documentId: string,
): Promise<void> {
  const [row] = await tx
    .select({ least: min(seriesMark.version) })
    .from(seriesMark)
    .where(eq(seriesMark.documentId, documentId));
  await keepMarks(tx, marks, { documentId, version: Math.min(row?.least ?? 0, 0) - 1 });
}
