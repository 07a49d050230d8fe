import { DrizzleQueryError } from "drizzle-orm";
import { DomainError } from "#server/domain/error/domain-error.ts";

// https://www.postgresql.org/docs/current/errcodes-appendix.html; the words are what postgres.js and the socket say.
const AWAY = /^(08|53|57P)...?$|^57014$|^(ECONN\w+|ENOENT|EPIPE|ETIMEDOUT|CONNECTION_\w+|CONNECT_TIMEOUT)$/;
const COLLISION = /^(23505|40001|40P01|55P03)$/;
/** A NUL, half of a surrogate pair: text that JavaScript holds and Postgres does not. */
const NOT_TEXT = /^(22021|22P02|22P05)$/;

/**
 * A refusal by the database that a person can do something about, or null. Its `cause` is fit for a log.
 */
export function databaseRefusal(error: unknown): DomainError | null {
  const code = codeOf(error);
  if (code === null) return null;
  const cause = loggable(error);
  if (AWAY.test(code)) {
    return new DomainError(
      "unavailable",
      "The database does not answer. Nothing was changed; try again in a moment.",
      { reason: "database_away", cause },
    );
  }
  if (COLLISION.test(code)) {
    return new DomainError(
      "conflict",
      "Somebody did the same at the same moment. Nothing was changed by you; reload and look.",
      { reason: "collision", cause },
    );
  }
  if (NOT_TEXT.test(code)) {
    return new DomainError(
      "invalid",
      "The text holds a character that cannot be kept. Nothing was changed.",
      {
        reason: "not_text",
        cause,
      },
    );
  }
  return null;
}

/**
 * An error without statement, parameters and row, which may hold what nobody may read: Next writes whatever ends a page,
 * causes and all, into its log.
 */
export function loggable(error: unknown): unknown {
  const code = codeOf(error);
  if (!(error instanceof Error) || code === null) return error;
  const root = error instanceof DrizzleQueryError && error.cause ? error.cause : error;
  const { name, message, stack = "" } = root;
  const frames = stack.split("\n").filter((line) => /^\s+at /.test(line));
  return Object.assign(new Error(message), { code, stack: [`${name}: ${message}`, ...frames].join("\n") });
}

// drizzle-orm wraps the driver's error; postgres.js and the socket both put their code into `code`.
function codeOf(error: unknown): string | null {
  for (let at: unknown = error; at instanceof Error; at = at.cause) {
    if ("code" in at && typeof at.code === "string") return at.code;
  }
  return null;
}
