import type postgres from "postgres";
import type { Clock } from "#server/clock.ts";
import { DomainError } from "#server/domain/error/domain-error.ts";

/** Farther apart than this, nobody can say what has expired, what is fresh and what came first. */
const SKEW_MAX_MS = 120_000;

/** Milliseconds by which the database's clock is ahead of this process's; negative when it is behind. */
async function skewMs(sql: postgres.Sql, clock: Clock): Promise<number> {
  const before = clock().getTime();
  const [row] = await sql<{ ms: number }[]>`
    select (extract(epoch from clock_timestamp()) * 1000)::float8 as ms`;
  const after = clock().getTime();
  return (row?.ms ?? Number.NaN) - (before + after) / 2;
}

/** Whether this process and its database agree about the time. An answer without a time is no agreement. */
export async function agreesOnTime(sql: postgres.Sql, clock: Clock): Promise<boolean> {
  return Math.abs(await skewMs(sql, clock)) <= SKEW_MAX_MS;
}

/** Throws unavailable, `clock_skew`: expiry, windows and signatures are judged by this clock and kept by the other. */
export async function requireSameTime(sql: postgres.Sql, clock: Clock): Promise<void> {
  if (await agreesOnTime(sql, clock)) return;
  throw new DomainError(
    "unavailable",
    "The clocks of the console and of its database are more than 2 minutes apart. Nothing was changed; " +
      "set both by a time server and try again.",
    { reason: "clock_skew" },
  );
}
