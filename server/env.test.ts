import { randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import { EnvironmentError, readRunnerEnv, readSupervisorEnv, readWebEnv } from "#server/env.ts";

const APP = "postgres://countersign_app:pw@db.corp.net/countersign";
const OWNER = "postgres://countersign_owner:pw@db.corp.net/countersign";
const AUTH = randomBytes(32).toString("base64");
const SEAL = randomBytes(32).toString("base64");
const WEB = { DATABASE_APP_URL: APP, AUTH_SECRET: AUTH };
const RUNNER = { DATABASE_APP_URL: APP, COUNTERSIGN_SEAL_KEY: SEAL };

type Read = (source: Record<string, string>) => unknown;

function problemsOf(read: Read, source: Record<string, string>): readonly string[] {
  try {
    read(source);
  } catch (error) {
    if (error instanceof EnvironmentError) return error.problems;
    throw error;
  }
  return [];
}

describe("defaults", () => {
  it("runs on nothing but the embedded parts", () => {
    const env = readSupervisorEnv({});
    expect(env).toMatchObject({
      host: "127.0.0.1",
      port: 3000,
      origin: "http://localhost:3000",
      databaseUrl: null,
      hasDemoPeople: true,
      clouds: ["embedded"],
      signatureNamespace: "countersign-op-v1",
    });
    expect(env.dataDir).toMatch(/\/\.countersign$/);
  });

  it("has no demo people on a database of one's own, unless asked", () => {
    const own = { DATABASE_URL: OWNER, COUNTERSIGN_SEAL_KEY: SEAL };
    expect(readSupervisorEnv(own).hasDemoPeople).toBe(false);
    expect(readSupervisorEnv({ ...own, COUNTERSIGN_DEMO_PEOPLE: "on" }).hasDemoPeople).toBe(true);
  });

  it("offers the cloud OS_CLOUD names beside the embedded one", () => {
    expect(readRunnerEnv({ ...RUNNER, OS_CLOUD: "prod" }).clouds).toEqual(["embedded", "prod"]);
    expect(readRunnerEnv({ ...RUNNER, OS_CLOUD: "prod", COUNTERSIGN_EMBEDDED_CLOUD: "off" }).clouds).toEqual([
      "prod",
    ]);
    expect(readRunnerEnv({ ...RUNNER, OS_CLOUD: "prod", COUNTERSIGN_CLOUDS: "a, b" }).clouds).toEqual([
      "a",
      "b",
    ]);
  });

  it("reads an empty variable as an absent one", () => {
    expect(readSupervisorEnv({ PORT: "", DATABASE_URL: "" })).toMatchObject({
      port: 3000,
      databaseUrl: null,
    });
  });

  it("gives the runner the key as 32 bytes", () => {
    expect(readRunnerEnv(RUNNER).sealKey.equals(Buffer.from(SEAL, "base64"))).toBe(true);
  });
});

describe("each process demands only its own", () => {
  it("web", () => {
    expect(problemsOf(readWebEnv, {})).toEqual([
      expect.stringMatching(/^DATABASE_APP_URL is missing/),
      expect.stringMatching(/^AUTH_SECRET is missing/),
    ]);
    expect(readWebEnv({ ...WEB, COUNTERSIGN_SEAL_KEY: "not looked at" })).not.toHaveProperty("sealKey");
  });

  it("runner", () => {
    expect(problemsOf(readRunnerEnv, {})).toEqual([
      expect.stringMatching(/^DATABASE_APP_URL is missing/),
      expect.stringMatching(/^COUNTERSIGN_SEAL_KEY is missing/),
    ]);
    expect(problemsOf(readRunnerEnv, { ...RUNNER, PORT: "not looked at" })).toEqual([]);
  });
});

const OIDC = {
  OIDC_ISSUER: "https://id.corp.net/realm",
  OIDC_CLIENT_ID: "console",
  OIDC_CLIENT_SECRET: "x1",
};

const accepted: [string, Read, Record<string, string>][] = [
  ["the lowest and the highest port", readSupervisorEnv, { PORT: "1" }],
  ["the highest port", readSupervisorEnv, { PORT: "65535" }],
  [
    "an https origin on a public host",
    readWebEnv,
    { ...WEB, HOST: "0.0.0.0", COUNTERSIGN_URL: "https://o.net" },
  ],
  ["an http origin on loopback", readWebEnv, { ...WEB, COUNTERSIGN_URL: "http://127.0.0.1:8080" }],
  ["a secret of exactly 32 bytes", readWebEnv, { ...WEB, AUTH_SECRET: "0123456789abcdefghijklmnopqrstuv" }],
  ["complete OIDC", readWebEnv, { ...WEB, ...OIDC }],
  ["verified certificates", readRunnerEnv, { ...RUNNER, NODE_TLS_REJECT_UNAUTHORIZED: "1" }],
  ["a debugger while developing", readWebEnv, { ...WEB, NODE_OPTIONS: "--inspect", NODE_ENV: "development" }],
  ["the widest pool", readWebEnv, { ...WEB, COUNTERSIGN_TENANT_POOL: "10.0.0.0/8" }],
  ["the narrowest pool", readWebEnv, { ...WEB, COUNTERSIGN_TENANT_POOL: "10.20.3.0/24" }],
  ["a readable clouds.yaml", readRunnerEnv, { ...RUNNER, OS_CLIENT_CONFIG_FILE: import.meta.filename }],
  [
    "a database of one's own",
    readSupervisorEnv,
    {
      DATABASE_URL: OWNER,
      DATABASE_APP_URL: APP,
      COUNTERSIGN_SEAL_KEY: SEAL,
      NODE_ENV: "production",
      AUTH_SECRET: AUTH,
    },
  ],
  [
    "no AUTH_SECRET outside production: it is generated",
    readSupervisorEnv,
    { DATABASE_URL: OWNER, COUNTERSIGN_SEAL_KEY: SEAL },
  ],
];

it.each(accepted)("accepts %s", (_what, read, source) => {
  expect(problemsOf(read, source)).toEqual([]);
});

const refused: [RegExp, Read, Record<string, string>][] = [
  [/^PORT must be/, readSupervisorEnv, { PORT: "0" }],
  [/^PORT must be/, readSupervisorEnv, { PORT: "65536" }],
  [/^PORT must be/, readSupervisorEnv, { PORT: "3e3" }],
  [/^HOST must be/, readSupervisorEnv, { HOST: "http://x", COUNTERSIGN_URL: "https://o.net" }],
  [/^COUNTERSIGN_URL is missing/, readWebEnv, { ...WEB, HOST: "0.0.0.0" }],
  [/^COUNTERSIGN_URL must start with https/, readWebEnv, { ...WEB, COUNTERSIGN_URL: "http://ops.corp.net" }],
  [/^COUNTERSIGN_URL must be the address/, readWebEnv, { ...WEB, COUNTERSIGN_URL: "https://ops.corp.net/a" }],
  [/^COUNTERSIGN_URL must be the address/, readWebEnv, { ...WEB, COUNTERSIGN_URL: "ops.corp.net" }],
  [
    /^COUNTERSIGN_URL must start with https/,
    readWebEnv,
    { ...WEB, COUNTERSIGN_URL: "http://127.0.0.1.evil.net" },
  ],
  [/^COUNTERSIGN_DATA_DIR must be/, readSupervisorEnv, { COUNTERSIGN_DATA_DIR: "a\nb" }],
  [
    /^DATABASE_URL must be a postgres/,
    readSupervisorEnv,
    { DATABASE_URL: "mysql://a@b/c", COUNTERSIGN_SEAL_KEY: SEAL },
  ],
  [
    /^DATABASE_APP_URL must be a postgres/,
    readRunnerEnv,
    { ...RUNNER, DATABASE_APP_URL: "postgres://db/countersign" },
  ],
  [
    /^DATABASE_APP_URL must be a postgres/,
    readRunnerEnv,
    { ...RUNNER, DATABASE_APP_URL: "postgres://app@db" },
  ],
  [/^DATABASE_APP_URL is set without/, readSupervisorEnv, { DATABASE_APP_URL: APP }],
  [
    /^DATABASE_APP_URL must use another role/,
    readSupervisorEnv,
    { DATABASE_URL: OWNER, DATABASE_APP_URL: OWNER, COUNTERSIGN_SEAL_KEY: SEAL },
  ],
  [
    /^AUTH_SECRET must have at least 32 bytes/,
    readWebEnv,
    { ...WEB, AUTH_SECRET: "0123456789abcdefghijklmnopqrstu" },
  ],
  [/^AUTH_SECRET looks like/, readWebEnv, { ...WEB, AUTH_SECRET: "my-super-secret-value-0123456789abc" }],
  [/^AUTH_SECRET looks like/, readWebEnv, { ...WEB, AUTH_SECRET: "a".repeat(64) }],
  [
    /^AUTH_SECRET is missing; production/,
    readSupervisorEnv,
    { DATABASE_URL: OWNER, COUNTERSIGN_SEAL_KEY: SEAL, NODE_ENV: "production" },
  ],
  [
    /^COUNTERSIGN_SEAL_KEY must be 32 random/,
    readRunnerEnv,
    { ...RUNNER, COUNTERSIGN_SEAL_KEY: SEAL.slice(4) },
  ],
  [
    /^COUNTERSIGN_SEAL_KEY must be 32 random/,
    readRunnerEnv,
    { ...RUNNER, COUNTERSIGN_SEAL_KEY: Buffer.alloc(32, 7).toString("base64") },
  ],
  [/^COUNTERSIGN_SEAL_KEY is missing/, readSupervisorEnv, { DATABASE_URL: OWNER }],
  [
    /^OIDC_CLIENT_ID and OIDC_CLIENT_SECRET must be set/,
    readWebEnv,
    { ...WEB, OIDC_ISSUER: "https://id.net" },
  ],
  [/^OIDC_ISSUER must be set/, readSupervisorEnv, { OIDC_CLIENT_ID: "a", OIDC_CLIENT_SECRET: "b1" }],
  [/^OIDC_ISSUER must be the https/, readWebEnv, { ...WEB, ...OIDC, OIDC_ISSUER: "http://id.corp.net" }],
  [/^OIDC_CLIENT_ID must not/, readWebEnv, { ...WEB, ...OIDC, OIDC_CLIENT_ID: "a b" }],
  [/^OIDC_CLIENT_SECRET must not/, readWebEnv, { ...WEB, ...OIDC, OIDC_CLIENT_SECRET: "x " }],
  [
    /^OS_CLIENT_CONFIG_FILE names a file/,
    readRunnerEnv,
    { ...RUNNER, OS_CLIENT_CONFIG_FILE: "/nonexistent/c.yaml" },
  ],
  [
    /^COUNTERSIGN_EMBEDDED_CLOUDS_FILE names/,
    readRunnerEnv,
    { ...RUNNER, COUNTERSIGN_EMBEDDED_CLOUDS_FILE: "/no/c" },
  ],
  [/^OS_CLOUD must be/, readRunnerEnv, { ...RUNNER, OS_CLOUD: "../x" }],
  [/^COUNTERSIGN_CLOUDS must be/, readRunnerEnv, { ...RUNNER, COUNTERSIGN_CLOUDS: "a,,b" }],
  [/^COUNTERSIGN_CLOUDS names a cloud twice/, readRunnerEnv, { ...RUNNER, COUNTERSIGN_CLOUDS: "a,a" }],
  [
    /^COUNTERSIGN_CLOUDS offers the cloud embedded/,
    readRunnerEnv,
    { ...RUNNER, COUNTERSIGN_CLOUDS: "embedded", COUNTERSIGN_EMBEDDED_CLOUD: "off" },
  ],
  [/^COUNTERSIGN_EMBEDDED_CLOUD is off and/, readSupervisorEnv, { COUNTERSIGN_EMBEDDED_CLOUD: "off" }],
  [/^COUNTERSIGN_EMBEDDED_CLOUD must be on or off/, readSupervisorEnv, { COUNTERSIGN_EMBEDDED_CLOUD: "no" }],
  [
    /^COUNTERSIGN_SIGNATURE_NAMESPACE must be/,
    readWebEnv,
    { ...WEB, COUNTERSIGN_SIGNATURE_NAMESPACE: "two words" },
  ],
  [
    /^COUNTERSIGN_SIGNATURE_NAMESPACE must be/,
    readRunnerEnv,
    { ...RUNNER, COUNTERSIGN_SIGNATURE_NAMESPACE: "n".repeat(65) },
  ],
  [/^COUNTERSIGN_TENANT_POOL must be/, readWebEnv, { ...WEB, COUNTERSIGN_TENANT_POOL: "10.20.1.0/16" }],
  [/^COUNTERSIGN_GUEST_RATE must be/, readRunnerEnv, { ...RUNNER, COUNTERSIGN_GUEST_RATE: "0" }],
  [/^COUNTERSIGN_GUEST_RATE must be/, readRunnerEnv, { ...RUNNER, COUNTERSIGN_GUEST_RATE: "6001" }],
  [/^COUNTERSIGN_GUEST_RATE must be/, readRunnerEnv, { ...RUNNER, COUNTERSIGN_GUEST_RATE: "1e3" }],
  [/^COUNTERSIGN_TENANT_POOL must be/, readWebEnv, { ...WEB, COUNTERSIGN_TENANT_POOL: "10.0.0.0/7" }],
  [/^COUNTERSIGN_TENANT_POOL must be/, readWebEnv, { ...WEB, COUNTERSIGN_TENANT_POOL: "10.20.1.0/25" }],
  [/^COUNTERSIGN_DEMO_PEOPLE must be on or off/, readSupervisorEnv, { COUNTERSIGN_DEMO_PEOPLE: "true" }],
  [/^COUNTERSIGN_TRUSTED_PROXY must be on or off/, readSupervisorEnv, { COUNTERSIGN_TRUSTED_PROXY: "1" }],
  [/^NODE_ENV must be/, readSupervisorEnv, { NODE_ENV: "prod" }],
  [/^NODE_TLS_REJECT_UNAUTHORIZED is 0/, readWebEnv, { ...WEB, NODE_TLS_REJECT_UNAUTHORIZED: "0" }],
  [/^NODE_TLS_REJECT_UNAUTHORIZED is 0/, readRunnerEnv, { ...RUNNER, NODE_TLS_REJECT_UNAUTHORIZED: "0" }],
  [/^NODE_TLS_REJECT_UNAUTHORIZED is 0/, readSupervisorEnv, { NODE_TLS_REJECT_UNAUTHORIZED: "0" }],
  [
    /^NODE_OPTIONS opens a debugger/,
    readRunnerEnv,
    { ...RUNNER, NODE_ENV: "production", NODE_OPTIONS: "--inspect=0.0.0.0:9229" },
  ],
  [
    /^NODE_OPTIONS opens a debugger/,
    readWebEnv,
    { ...WEB, NODE_ENV: "production", NODE_OPTIONS: "--max-old-space-size=99 --inspect-brk" },
  ],
  [/^LOG_LEVEL must be one of/, readWebEnv, { ...WEB, LOG_LEVEL: "loud" }],
  [
    /^COUNTERSIGN_TENNANT_POOL is not a variable/,
    readWebEnv,
    { ...WEB, COUNTERSIGN_TENNANT_POOL: "10.0.0.0/8" },
  ],
];

it.each(refused)("refuses with %s", (sentence, read, source) => {
  expect(problemsOf(read, source)).toEqual([expect.stringMatching(sentence)]);
});

it("lists every problem at once and repeats no secret", () => {
  const source = {
    PORT: "x",
    LOG_LEVEL: "y",
    AUTH_SECRET: "hunter2",
    COUNTERSIGN_SEAL_KEY: "hunter3",
    OIDC_ISSUER: "z",
  };
  const problems = problemsOf(readSupervisorEnv, source);
  expect(problems).toHaveLength(6);
  expect(problems.join()).not.toMatch(/hunter/);
  expect(new EnvironmentError(problems).message).toMatch(
    /^The environment has 6 problems; nothing was started\.\n {2}- /,
  );
});
