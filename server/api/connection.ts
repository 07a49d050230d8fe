import { connect, type Connection } from "#db/client.ts";
import { webEnv } from "#server/env.ts";

// Pages, routes and instrumentation are separate module graphs in Next; one pool serves them all.
const shared: typeof globalThis & { countersignConnection?: Connection } = globalThis;

/** The web process's pool, as the application role. */
export function connection(): Connection {
  return (shared.countersignConnection ??= connect(webEnv().databaseAppUrl, { max: 10 }));
}
