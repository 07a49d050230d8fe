import { DrizzleQueryError } from "drizzle-orm";
import postgres from "postgres";

// Connection exceptions, resources, operator intervention, read-only standby, rollback: another moment may do.
// https://www.postgresql.org/docs/current/errcodes-appendix.html
const PASSING = /^(08|53|57|40|25006)/;

// What postgres.js and the operating system call a connection that is not there.
const LOST = /^(CONNECTION_|CONNECT_TIMEOUT|ECONNREFUSED|ECONNRESET|ENOENT|EPIPE|ETIMEDOUT)/;

/**
 * Whether the database could not be reached or could not serve: what was to be written may not be written. A statement
 * that it refuses for good is a mistake of ours and not meant.
 */
export function isDatabaseAway(error: unknown): boolean {
  if (error instanceof DrizzleQueryError) return isDatabaseAway(error.cause);
  if (error instanceof postgres.PostgresError) return PASSING.test(error.code);
  if (!(error instanceof Error) || !("code" in error)) return false;
  const isOfSocket = "syscall" in error || "errno" in error;
  return LOST.test(String(error.code)) && (isOfSocket || String(error.code).startsWith("CONNECT"));
}

/** The database rolled the transaction back so that another could go on: serialization failure or deadlock. */
export function isRolledBack(error: unknown): boolean {
  return /^40(001|P01)$/.test(codeOf(error));
}

/** A row with this key is there already. */
export function isDuplicate(error: unknown): boolean {
  return codeOf(error) === "23505";
}

function codeOf(error: unknown): string {
  if (error instanceof DrizzleQueryError) return codeOf(error.cause);
  return error instanceof postgres.PostgresError ? error.code : "";
}

/** What a log may hold of an error: no statement and no parameter, which may carry what must not be read. */
export function describeError(error: unknown): {
  name: string;
  message: string;
  code?: string;
  stack?: string;
} {
  if (error instanceof DrizzleQueryError && error.cause) return describeError(error.cause);
  if (!(error instanceof Error)) return { name: "unknown", message: "something that is no error was thrown" };
  const { name, message, stack } = error;
  // The first line of a stack repeats the message; the frames say where.
  const frames = stack
    ?.split("\n")
    .filter((line) => /^\s+at /.test(line))
    .slice(0, 12)
    .join("\n");
  return {
    name,
    message,
    ...("code" in error ? { code: String(error.code) } : {}),
    ...(frames === undefined ? {} : { stack: frames }),
  };
}
