import { GrantsError } from "#db/grants.ts";
import { SchemaError } from "#db/migrate.ts";
import { SentenceError } from "./sentence-error.ts";
import { systemCode } from "./system-error.ts";

/** Oldest Postgres whose grants and column privileges the schema is tested with. */
const OLDEST_MAJOR = 15;

const UNREACHABLE =
  /^(ECONNREFUSED|ECONNRESET|ENOENT|EHOSTUNREACH|ENETUNREACH|ETIMEDOUT|CONNECT_TIMEOUT|57P03)$/;
const UNKNOWN_HOST = /^(ENOTFOUND|EAI_AGAIN)$/;

/** Why a database cannot be used, for whoever set its address. `variable` names the setting that holds it. */
export function databaseSentence(variable: string, url: string, error: unknown): SentenceError {
  if (error instanceof SentenceError) return error;
  if (error instanceof GrantsError || error instanceof SchemaError)
    return new SentenceError(error.message, error);
  return new SentenceError(`${reasonOf(variable, new URL(url), error)} Nothing was started.`, error);
}

function reasonOf(variable: string, url: URL, error: unknown): string {
  const code = systemCode(error) ?? "";
  const place = url.searchParams.get("host") ?? url.host;
  const database = decodeURIComponent(url.pathname.slice(1));
  const role = decodeURIComponent(url.username);
  const words = error instanceof Error ? error.message : String(error);
  if (UNREACHABLE.test(code))
    return `No database answers at ${place}. Start it, or correct ${variable} (${words}).`;
  if (UNKNOWN_HOST.test(code))
    return `The host of ${variable}, ${url.hostname}, is not known here (${words}).`;
  switch (code) {
    case "28P01":
    case "28000":
      return `The database at ${place} does not let ${role} in: correct user and password in ${variable} (${words}).`;
    case "3D000":
      return `There is no database ${database} at ${place}. Make it, or correct ${variable}.`;
    case "42501":
      return `The role ${role} of ${variable} has too few rights (${words}). It must own the database ${database}.`;
    case "53300":
      return `The database at ${place} takes no more connections (${words}).`;
    default:
      return `The database of ${variable} at ${place} could not be used: ${words}.`;
  }
}

/** Throws a sentence for a server that is too old. `version` is its server_version_num. */
export function requireVersion(version: number): void {
  const major = Math.floor(version / 10_000);
  if (major >= OLDEST_MAJOR) return;
  throw new SentenceError(
    `DATABASE_URL names a Postgres ${major}; Countersign needs ${OLDEST_MAJOR} or newer. Nothing was started.`,
  );
}
