import { DrizzleQueryError } from "drizzle-orm";
import pino, { type Logger } from "pino";
import { logLevel } from "#server/env.ts";

/**
 * Field names whose values never reach a log, at the top level and up to two levels down.
 * Request and response headers are listed because an HTTP client's error often carries them whole.
 */
const SECRET_FIELDS = [
  "password",
  "secret",
  "token",
  "authorization",
  "cookie",
  "sealKey",
  "authSecret",
  "databaseUrl",
  "databaseAppUrl",
  "ownerUrl",
  "appUrl",
  "clientSecret",
  '["x-auth-token"]',
  '["x-subject-token"]',
  '["set-cookie"]',
];

const at = (prefix: string, field: string) =>
  field.startsWith("[") ? `${prefix}${field}` : `${prefix}.${field}`;

const REDACT = SECRET_FIELDS.flatMap((field) => [field, at("*", field), at("*.*", field)]);

/** What a log holds of an error: no statement, no parameter and no row, which may carry what must not be read. */
function describeError(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  if (error instanceof DrizzleQueryError && error.cause) return describeError(error.cause);
  const { name, message, stack } = error;
  return { type: name, message, stack, ...("code" in error ? { code: error.code } : {}) };
}

/** Structured log of this process: JSON lines on stderr, so that stdout stays free for people. */
export const log: Logger = pino(
  {
    level: logLevel(),
    base: { pid: process.pid },
    timestamp: pino.stdTimeFunctions.isoTime,
    serializers: { err: describeError },
    redact: { paths: REDACT, censor: "[redacted]" },
  },
  pino.destination({ dest: 2, sync: true }),
);
