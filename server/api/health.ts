import { type Clock, now } from "#server/clock.ts";
import { agreesOnTime } from "#server/services/clock/agree.ts";
import { connection } from "./connection.ts";

/** 200 when the web process reaches its database and agrees with it about the time, else 503. */
export const checkHealth = (): Promise<Response> => healthBy(now);

/** One word and nothing else: it is public. */
export async function healthBy(clock: Clock): Promise<Response> {
  try {
    return (await agreesOnTime(connection().sql, clock)) ? say("ok", 200) : say("clocks_differ", 503);
  } catch {
    // The cause is in the log of whoever fails for it; a probe only needs the status.
    return say("database_away", 503);
  }
}

const say = (status: string, code: number) =>
  Response.json({ status }, { status: code, headers: { "cache-control": "no-store" } });
