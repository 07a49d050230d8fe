import { DrizzleQueryError } from "drizzle-orm";
import postgres from "postgres";

// postgres.js reports a lost connection by these codes, the operating system by the rest.
const LOST = new Set([
  "CONNECTION_CLOSED",
  "CONNECTION_ENDED",
  "CONNECTION_DESTROYED",
  "CONNECT_TIMEOUT",
  "ECONNREFUSED",
  "ECONNRESET",
  "ENOENT",
  "EPIPE",
  "ETIMEDOUT",
]);

/** Whether an error came from the database, lost connections included: what was to be written may not be. */
export function isDatabaseError(error: unknown): boolean {
  if (error instanceof DrizzleQueryError || error instanceof postgres.PostgresError) return true;
  if (!(error instanceof Error)) return false;
  return ("code" in error && LOST.has(String(error.code)) && "query" in error) || isLostConnection(error);
}

function isLostConnection(error: Error): boolean {
  const code = "code" in error ? String(error.code) : "";
  return (
    code.startsWith("CONNECTION_") || code === "CONNECT_TIMEOUT" || ("syscall" in error && LOST.has(code))
  );
}
