import { connection } from "./connection.ts";

/** 200 when the web process reaches its database, else 503. Says nothing else: it is public. */
export async function checkHealth(): Promise<Response> {
  try {
    await connection().sql`select 1`;
    return Response.json({ status: "ok" }, { headers: { "cache-control": "no-store" } });
  } catch {
    // The cause is in the log of whoever fails for it; a probe only needs the status.
    return Response.json(
      { status: "database_away" },
      { status: 503, headers: { "cache-control": "no-store" } },
    );
  }
}
