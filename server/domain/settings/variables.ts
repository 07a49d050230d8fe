import * as z from "zod";
import { parseCidr } from "#server/domain/tenant/cidr.ts";
import { isOrigin, isSafeAddress, parseAddress } from "./address.ts";

/**
 * Every environment variable of Countersign with what makes its value acceptable.
 * A message names its variable and never repeats the value: some of them are secrets.
 */

const LEVELS = ["fatal", "error", "warn", "info", "debug", "trace", "silent"] as const;
const PLACEHOLDER = /secret|password|changeme|change-me|example|placeholder|your[-_]|replace/i;
const CLOUD_NAME = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,62}$/;
const POOL_PREFIX = { widest: 8, narrowest: 24 };

export const parseCloudNames = (value: string) => value.split(",").map((name) => name.trim());

/** 32 bytes of fewer than 8 different values were typed, not generated. */
const looksTyped = (bytes: Uint8Array) => new Set(bytes).size < 8;

const text = (test: (value: string) => boolean, sentence: string) => z.string().refine(test, sentence);

/** Later checks run only on a value that passed the earlier ones, so one mistake gives one sentence. */
const first = (test: (value: string) => boolean, sentence: string) =>
  z.string().refine(test, { error: sentence, abort: true });

/** Nothing that git would take for an option or run as a program, and no password on a command line. */
function isRepository(value: string): boolean {
  if (value.startsWith("/")) return !/[\0\n]/.test(value);
  const url = parseAddress(value);
  return url !== null && ["https:", "ssh:", "file:"].includes(url.protocol) && url.password === "";
}

function isPostgresUrl(value: string): boolean {
  const url = parseAddress(value);
  if (url === null || !/^postgres(ql)?:$/.test(url.protocol)) return false;
  return url.username !== "" && url.pathname.length > 1;
}

function isTenantPool(value: string): boolean {
  const pool = parseCidr(value);
  return !("problem" in pool) && pool.prefix >= POOL_PREFIX.widest && pool.prefix <= POOL_PREFIX.narrowest;
}

const isSealKey = (value: string) =>
  /^[A-Za-z0-9+/]{43}=$/.test(value) && !looksTyped(Buffer.from(value, "base64"));

const onOff = (name: string) => z.enum(["on", "off"], { error: `${name} must be on or off.` });

const postgresUrl = (name: string) =>
  text(isPostgresUrl, `${name} must be a postgres:// address with a user and a database name.`);

export const variables = z.object({
  PORT: text(
    (v) => /^[0-9]{1,5}$/.test(v) && Number(v) >= 1 && Number(v) <= 65535,
    "PORT must be a whole number from 1 to 65535.",
  ),
  HOST: text((v) => /^[A-Za-z0-9.:-]+$/.test(v), "HOST must be a host name or an IP address to listen on."),
  COUNTERSIGN_URL: first(
    isOrigin,
    "COUNTERSIGN_URL must be the address people open, without a path, such as https://ops.corp.net.",
  ).refine(isSafeAddress, "COUNTERSIGN_URL must start with https:// unless it names this machine itself."),
  COUNTERSIGN_TRUSTED_PROXY: onOff("COUNTERSIGN_TRUSTED_PROXY"),
  COUNTERSIGN_DATA_DIR: text(
    (v) => !/[\0\n]/.test(v),
    "COUNTERSIGN_DATA_DIR must be the path of a folder, on one line.",
  ),
  DATABASE_URL: postgresUrl("DATABASE_URL"),
  DATABASE_APP_URL: postgresUrl("DATABASE_APP_URL"),
  AUTH_SECRET: first((v) => Buffer.byteLength(v) >= 32, "AUTH_SECRET must have at least 32 bytes.").refine(
    (v) => !PLACEHOLDER.test(v) && !looksTyped(Buffer.from(v)),
    "AUTH_SECRET looks like an example; generate one with: openssl rand -base64 32",
  ),
  COUNTERSIGN_SEAL_KEY: text(
    isSealKey,
    "COUNTERSIGN_SEAL_KEY must be 32 random bytes in base64; generate it with: openssl rand -base64 32",
  ),
  OIDC_ISSUER: text(isSafeAddress, "OIDC_ISSUER must be the https:// address of the identity provider."),
  OIDC_CLIENT_ID: text((v) => !/\s/.test(v), "OIDC_CLIENT_ID must not contain spaces."),
  OIDC_CLIENT_SECRET: text((v) => v.trim() === v, "OIDC_CLIENT_SECRET must not start or end with a space."),
  OS_CLIENT_CONFIG_FILE: z.string(),
  OS_CLOUD: text((v) => CLOUD_NAME.test(v), "OS_CLOUD must be the name of a cloud in clouds.yaml."),
  COUNTERSIGN_CLOUDS: first(
    (v) => parseCloudNames(v).every((name) => CLOUD_NAME.test(name)),
    "COUNTERSIGN_CLOUDS must be cloud names separated by commas, such as embedded,prod.",
  ).refine(
    (v) => new Set(parseCloudNames(v)).size === parseCloudNames(v).length,
    "COUNTERSIGN_CLOUDS names a cloud twice.",
  ),
  COUNTERSIGN_EMBEDDED_CLOUD: onOff("COUNTERSIGN_EMBEDDED_CLOUD"),
  COUNTERSIGN_EMBEDDED_CLOUDS_FILE: z.string(),
  COUNTERSIGN_TENANT_POOL: text(
    isTenantPool,
    "COUNTERSIGN_TENANT_POOL must be an IPv4 network from /8 to /24 without host bits, such as 10.20.0.0/16.",
  ),
  COUNTERSIGN_GUEST_RATE: text(
    (v) => /^[1-9]\d{0,3}$/.test(v) && Number(v) <= 6000,
    "COUNTERSIGN_GUEST_RATE must be how many changes of guests may begin in a minute, 1 to 6000.",
  ),
  COUNTERSIGN_SIGNATURE_NAMESPACE: text(
    (v) => /^[A-Za-z0-9][A-Za-z0-9._@-]{0,63}$/.test(v),
    "COUNTERSIGN_SIGNATURE_NAMESPACE must be 1 to 64 of A-Z a-z 0-9 . _ @ - such as countersign-op-v1.",
  ),
  COUNTERSIGN_DECISION_HOST: text(
    (v) => /^[A-Za-z0-9.:-]+$/.test(v),
    "COUNTERSIGN_DECISION_HOST must be a host name or an IP address to listen on.",
  ),
  COUNTERSIGN_DECISION_PORT: text(
    (v) => /^[0-9]{1,5}$/.test(v) && Number(v) >= 1 && Number(v) <= 65535,
    "COUNTERSIGN_DECISION_PORT must be a whole number from 1 to 65535.",
  ),
  COUNTERSIGN_DECISION_TOKEN: text(
    (v) => /^[\x21-\x7e]{32,200}$/.test(v),
    "COUNTERSIGN_DECISION_TOKEN must be 32 to 200 printable characters without blanks.",
  ),
  COUNTERSIGN_SSH_ENGINE_URL: first(
    isOrigin,
    "COUNTERSIGN_SSH_ENGINE_URL must be scheme, host and port, such as https://bao.corp.net:8200.",
  ).refine(
    isSafeAddress,
    "COUNTERSIGN_SSH_ENGINE_URL must start with https:// unless it names this machine itself.",
  ),
  COUNTERSIGN_SSH_ENGINE_TOKEN: text(
    (v) => /^[\x21-\x7e]{8,4096}$/.test(v),
    "COUNTERSIGN_SSH_ENGINE_TOKEN must be 8 to 4096 printable characters without blanks.",
  ),
  COUNTERSIGN_KRL_TOKEN: text(
    (v) => v === "public" || /^[\x21-\x7e]{32,200}$/.test(v),
    "COUNTERSIGN_KRL_TOKEN must be 32 to 200 printable characters without blanks, or the word public.",
  ),
  COUNTERSIGN_DEMO_PEOPLE: onOff("COUNTERSIGN_DEMO_PEOPLE"),
  COUNTERSIGN_LOCAL_HOST: onOff("COUNTERSIGN_LOCAL_HOST"),
  COUNTERSIGN_AUDIT_GIT: text(
    isRepository,
    "COUNTERSIGN_AUDIT_GIT must be an absolute path, or an https://, ssh:// or file:// address without a password.",
  ),
  COUNTERSIGN_AUDIT_WEBHOOK: text(
    isSafeAddress,
    "COUNTERSIGN_AUDIT_WEBHOOK must start with https:// unless it names this machine itself.",
  ),
  COUNTERSIGN_ACCEPT_RESTORE: text(
    (v) => /^[0-9a-f]{16}$/.test(v),
    "COUNTERSIGN_ACCEPT_RESTORE must be the 16 hex digits that the refused start named.",
  ),
  NODE_ENV: z.enum(["production", "development", "test"], {
    error: "NODE_ENV must be production, development or test.",
  }),
  LOG_LEVEL: z.enum(LEVELS, { error: `LOG_LEVEL must be one of ${LEVELS.join(", ")}.` }),
});

export const optionalVariables = variables.partial();

export type Variables = z.output<typeof optionalVariables>;
export type VariableName = keyof z.output<typeof variables>;
