import { drizzle, type PostgresJsDatabase } from "drizzle-orm/postgres-js";
import postgres from "postgres";
import * as audit from "./schema/audit.ts";
import * as cloud from "./schema/cloud.ts";
import * as job from "./schema/job.ts";
import * as person from "./schema/person.ts";
import * as plan from "./schema/plan.ts";
import * as runbook from "./schema/runbook.ts";
import * as runner from "./schema/runner.ts";
import * as secret from "./schema/secret.ts";
import * as signing from "./schema/signing.ts";
import * as tenant from "./schema/tenant.ts";

const schema = {
  ...audit,
  ...cloud,
  ...job,
  ...person,
  ...plan,
  ...runbook,
  ...runner,
  ...secret,
  ...signing,
  ...tenant,
};

export type Db = PostgresJsDatabase<typeof schema>;
export type Tx = Parameters<Parameters<Db["transaction"]>[0]>[0];

export interface Connection {
  db: Db;
  /** For LISTEN and for statements that have no query builder. */
  sql: postgres.Sql;
  close(): Promise<void>;
}

/**
 * Opens a pool. Accepts `postgres://user:pass@host/db` and, for a socket directory, `?host=/path`.
 * Sessions run in UTC, with a statement timeout so that no request waits for ever.
 */
export function connect(url: string, options: { max?: number } = {}): Connection {
  const socketDirectory = new URL(url).searchParams.get("host");
  const sql = postgres(withoutHostParameter(url), {
    ...(socketDirectory === null ? {} : { host: socketDirectory }),
    max: options.max ?? 10,
    idle_timeout: 60,
    connect_timeout: 10,
    onnotice: () => undefined,
    connection: {
      application_name: "countersign",
      TimeZone: "UTC",
      statement_timeout: 30_000,
      // A plan that was kept from when a table was small is the wrong one for an import in the middle of it.
      plan_cache_mode: "force_custom_plan",
    },
  });
  return { db: drizzle(prepared(sql), { schema }), sql, close: () => sql.end({ timeout: 2 }) };
}

/** A longer statement is a list of rows of some length: it would hardly come again, and each connection would keep it. */
const PREPARED_CHARACTERS = 8_000;

/**
 * The query builder asks for statements that are not prepared, and postgres.js then asks the server what each of them
 * takes before it sends it: two exchanges and a plan made anew for every statement. Prepared on its connection, the
 * second and every later use is one exchange.
 */
function prepared<S extends postgres.Sql | postgres.TransactionSql>(sql: S): S {
  return new Proxy(sql, {
    get(target, name) {
      if (name === "unsafe") {
        return (text: string, values: postgres.ParameterOrJSON<never>[]) =>
          target.unsafe(text, values, { prepare: text.length <= PREPARED_CHARACTERS });
      }
      if (name === "begin" && "begin" in target) {
        return (body: (tx: postgres.TransactionSql) => unknown) => target.begin((tx) => body(prepared(tx)));
      }
      if (name === "savepoint" && "savepoint" in target) {
        return (body: (tx: postgres.TransactionSql) => unknown) =>
          target.savepoint((tx) => body(prepared(tx)));
      }
      const value: unknown = Reflect.get(target, name);
      return value;
    },
  });
}

// postgres.js would send an unknown `host` parameter to the server as a setting.
function withoutHostParameter(url: string): string {
  const parsed = new URL(url);
  parsed.searchParams.delete("host");
  return parsed.toString();
}
