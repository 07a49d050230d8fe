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

/** Structured log of this process: JSON lines on stderr, so that stdout stays free for people. */
export const log: Logger = pino(
  {
    level: logLevel(),
    base: { pid: process.pid },
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: { paths: REDACT, censor: "[redacted]" },
  },
  pino.destination({ dest: 2, sync: true }),
);
