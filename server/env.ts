import { accessSync, constants } from "node:fs";
import { resolve } from "node:path";
import {
  engineIsComplete,
  nodeIsAsShipped,
  openDecisionsNeedToken,
  noUnknownNames,
  oidcIsComplete,
  ownDatabaseIsComplete,
  publicNeedsOrigin,
  requires,
  someCloudIsOffered,
  type Given,
  type Rule,
} from "#server/domain/settings/rules.ts";
import {
  optionalVariables,
  parseCloudNames,
  variables,
  type VariableName,
  type Variables,
} from "#server/domain/settings/variables.ts";
import { DEFAULT_NAMESPACE } from "#server/domain/settings/signature-namespace.ts";

type Source = Readonly<Record<string, string | undefined>>;

/** Everything wrong with the environment, one sentence per problem. */
export class EnvironmentError extends Error {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    const count = problems.length === 1 ? "one problem" : `${problems.length} problems`;
    const lines = problems.map((problem) => `  - ${problem}`);
    super([`The environment has ${count}; nothing was started.`, ...lines].join("\n"));
    this.name = "EnvironmentError";
    this.problems = problems;
  }
}

const ADDRESS = ["PORT", "HOST", "COUNTERSIGN_URL"] as const;
const OIDC = ["OIDC_ISSUER", "OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET"] as const;
const AUDIT = ["COUNTERSIGN_AUDIT_GIT", "COUNTERSIGN_AUDIT_WEBHOOK", "COUNTERSIGN_ACCEPT_RESTORE"] as const;
const CLOUDS = [
  "OS_CLIENT_CONFIG_FILE",
  "OS_CLOUD",
  "COUNTERSIGN_CLOUDS",
  "COUNTERSIGN_EMBEDDED_CLOUD",
] as const;

/** An empty variable means the same as an absent one, as shells and unit files write "unset". */
function givenOf(source: Source): Given {
  const given: Record<string, string> = {};
  for (const [name, value] of Object.entries(source)) {
    if (value !== undefined && value !== "") given[name] = value;
  }
  return given;
}

const isReadableFile =
  (name: VariableName): Rule =>
  (given) => {
    const path = given[name];
    if (path === undefined) return [];
    try {
      accessSync(path, constants.R_OK);
      return [];
    } catch {
      // Absent, a directory on the way, no right: all the same to whoever set it.
      return [`${name} names a file that cannot be read: ${path}`];
    }
  };

function readVariables(source: Source, names: readonly VariableName[], rules: readonly Rule[]): Variables {
  const given = givenOf(source);
  const wanted = Object.fromEntries(names.flatMap((name) => (name in given ? [[name, given[name]]] : [])));
  const parsed = optionalVariables.safeParse(wanted);
  const problems = [
    ...(parsed.error?.issues.map((issue) => issue.message) ?? []),
    ...[...rules, nodeIsAsShipped, noUnknownNames].flatMap((rule) => rule(given)),
  ];
  if (problems.length > 0 || parsed.data === undefined) throw new EnvironmentError(problems);
  return parsed.data;
}

function addressOf(v: Variables) {
  const host = v.HOST ?? "127.0.0.1";
  const port = Number(v.PORT ?? "3000");
  // "localhost", not 127.0.0.1: a passkey belongs to a domain name, never to an address (WebAuthn, 5.1.2).
  const origin =
    v.COUNTERSIGN_URL === undefined ? `http://localhost:${port}` : new URL(v.COUNTERSIGN_URL).origin;
  return { host, port, origin };
}

function oidcOf(v: Variables) {
  if (v.OIDC_ISSUER === undefined || v.OIDC_CLIENT_ID === undefined || v.OIDC_CLIENT_SECRET === undefined) {
    return null;
  }
  return { issuer: v.OIDC_ISSUER, clientId: v.OIDC_CLIENT_ID, clientSecret: v.OIDC_CLIENT_SECRET };
}

function cloudsOf(v: Variables) {
  const hasEmbeddedCloud = v.COUNTERSIGN_EMBEDDED_CLOUD !== "off";
  const defaults = [hasEmbeddedCloud ? "embedded" : "", v.OS_CLOUD ?? ""].filter((name) => name !== "");
  const named = v.COUNTERSIGN_CLOUDS;
  return {
    hasEmbeddedCloud,
    clouds: named === undefined ? [...new Set(defaults)] : parseCloudNames(named),
    osCloud: v.OS_CLOUD ?? null,
    clientConfigFile: v.OS_CLIENT_CONFIG_FILE ?? null,
  };
}

/** Where heads of the audit log go outside of the database, and which restored backup is accepted. */
const auditOf = (v: Variables) => ({
  auditGit: v.COUNTERSIGN_AUDIT_GIT ?? null,
  auditWebhook: v.COUNTERSIGN_AUDIT_WEBHOOK ?? null,
  acceptRestore: v.COUNTERSIGN_ACCEPT_RESTORE ?? null,
});

/** Where an SSH engine is and what it takes; null where none was named. */
const sshEngineOf = (v: Variables) =>
  v.COUNTERSIGN_SSH_ENGINE_URL === undefined || v.COUNTERSIGN_SSH_ENGINE_TOKEN === undefined
    ? null
    : { addr: new URL(v.COUNTERSIGN_SSH_ENGINE_URL).origin, token: v.COUNTERSIGN_SSH_ENGINE_TOKEN };

/** What hosts present that fetch the revocation list by themselves; null: only people have it. */
const krlTokenOf = (v: Variables) => v.COUNTERSIGN_KRL_TOKEN ?? null;

const tenantPoolOf = (v: Variables) => v.COUNTERSIGN_TENANT_POOL ?? "10.20.0.0/16";
/** How many changes of guests a runner may begin in a minute. */
const guestRateOf = (v: Variables) => Number(v.COUNTERSIGN_GUEST_RATE ?? "120");
/** What operations are signed for: a signature for any other purpose is refused, and so is one of another deployment. */
const signatureNamespaceOf = (v: Variables) => v.COUNTERSIGN_SIGNATURE_NAMESPACE ?? DEFAULT_NAMESPACE;
const dataDirOf = (v: Variables) => resolve(v.COUNTERSIGN_DATA_DIR ?? ".countersign");
const isBehindProxy = (v: Variables) => v.COUNTERSIGN_TRUSTED_PROXY === "on";
const isProduction = (v: Variables) => v.NODE_ENV === "production";

/** Settings of the web process. Holds no cloud credential and no sealing key. */
export function readWebEnv(source: Source) {
  const names = [
    ...ADDRESS,
    ...OIDC,
    "DATABASE_APP_URL",
    "AUTH_SECRET",
    "COUNTERSIGN_TENANT_POOL",
    "COUNTERSIGN_TRUSTED_PROXY",
    "COUNTERSIGN_SIGNATURE_NAMESPACE",
    "COUNTERSIGN_KRL_TOKEN",
    "NODE_ENV",
    "LOG_LEVEL",
  ] as const;
  const v = readVariables(source, names, [
    requires("DATABASE_APP_URL", "the web process reads and writes as the application role."),
    requires("AUTH_SECRET", "sessions are signed with it."),
    oidcIsComplete,
    publicNeedsOrigin,
  ]);
  return {
    ...addressOf(v),
    databaseAppUrl: v.DATABASE_APP_URL ?? "",
    authSecret: v.AUTH_SECRET ?? "",
    oidc: oidcOf(v),
    tenantPool: tenantPoolOf(v),
    isBehindProxy: isBehindProxy(v),
    signatureNamespace: signatureNamespaceOf(v),
    isProduction: isProduction(v),
    krlToken: krlTokenOf(v),
  };
}

/** Settings of a runner: the only process with cloud credentials and the sealing key. */
export function readRunnerEnv(source: Source) {
  const names = [
    ...CLOUDS,
    "DATABASE_APP_URL",
    "COUNTERSIGN_SEAL_KEY",
    "COUNTERSIGN_DATA_DIR",
    ...AUDIT,
    "COUNTERSIGN_EMBEDDED_CLOUDS_FILE",
    "COUNTERSIGN_SSH_ENGINE_URL",
    "COUNTERSIGN_SSH_ENGINE_TOKEN",
    "COUNTERSIGN_LOCAL_HOST",
    "COUNTERSIGN_TENANT_POOL",
    "COUNTERSIGN_GUEST_RATE",
    "COUNTERSIGN_SIGNATURE_NAMESPACE",
    "NODE_ENV",
    "LOG_LEVEL",
  ] as const;
  const v = readVariables(source, names, [
    requires("DATABASE_APP_URL", "the runner reads and writes as the application role."),
    requires("COUNTERSIGN_SEAL_KEY", "secrets are sealed with it."),
    isReadableFile("OS_CLIENT_CONFIG_FILE"),
    isReadableFile("COUNTERSIGN_EMBEDDED_CLOUDS_FILE"),
    someCloudIsOffered,
    engineIsComplete,
  ]);
  return {
    ...cloudsOf(v),
    ...auditOf(v),
    databaseAppUrl: v.DATABASE_APP_URL ?? "",
    /** 32 bytes. */
    sealKey: Buffer.from(v.COUNTERSIGN_SEAL_KEY ?? "", "base64"),
    sshEngine: sshEngineOf(v),
    /** clouds.yaml written by the embedded cloud, or null where it does not run. */
    embeddedCloudsFile: v.COUNTERSIGN_EMBEDDED_CLOUDS_FILE ?? null,
    dataDir: dataDirOf(v),
    /** Whether checks may run on the runner's own machine; the supervisor says so for the demo. */
    isLocalHostOn: v.COUNTERSIGN_LOCAL_HOST === "on",
    tenantPool: tenantPoolOf(v),
    guestRate: guestRateOf(v),
    signatureNamespace: signatureNamespaceOf(v),
  };
}

const decisionOf = (v: Variables) => ({
  decisionHost: v.COUNTERSIGN_DECISION_HOST ?? "127.0.0.1",
  decisionToken: v.COUNTERSIGN_DECISION_TOKEN ?? null,
});

/** Settings of the decision service: the tables and an address, no key and no credential. */
export function readDeciderEnv(source: Source) {
  const names = [
    "COUNTERSIGN_DECISION_HOST",
    "COUNTERSIGN_DECISION_PORT",
    "COUNTERSIGN_DECISION_TOKEN",
    "COUNTERSIGN_DATA_DIR",
    "DATABASE_APP_URL",
    "NODE_ENV",
    "LOG_LEVEL",
  ] as const;
  const v = readVariables(source, names, [
    requires("DATABASE_APP_URL", "the decision service reads as the application role."),
    requires("COUNTERSIGN_DECISION_PORT", "the decision service listens there."),
    openDecisionsNeedToken,
  ]);
  return {
    ...decisionOf(v),
    decisionPort: Number(v.COUNTERSIGN_DECISION_PORT),
    databaseAppUrl: v.DATABASE_APP_URL ?? "",
    dataDir: dataDirOf(v),
  };
}

/** Settings of the supervisor, which checks on behalf of every process it is going to start. */
export function readSupervisorEnv(source: Source) {
  const v = readVariables(source, variables.keyof().options, [
    oidcIsComplete,
    publicNeedsOrigin,
    someCloudIsOffered,
    ownDatabaseIsComplete,
    openDecisionsNeedToken,
    engineIsComplete,
    isReadableFile("OS_CLIENT_CONFIG_FILE"),
  ]);
  const demo = v.COUNTERSIGN_DEMO_PEOPLE ?? (v.DATABASE_URL === undefined ? "on" : "off");
  return {
    ...addressOf(v),
    ...cloudsOf(v),
    ...auditOf(v),
    ...decisionOf(v),
    /** Null: one that is free, the same at every start. */
    decisionPort: v.COUNTERSIGN_DECISION_PORT === undefined ? null : Number(v.COUNTERSIGN_DECISION_PORT),
    oidc: oidcOf(v),
    tenantPool: tenantPoolOf(v),
    guestRate: guestRateOf(v),
    isBehindProxy: isBehindProxy(v),
    signatureNamespace: signatureNamespaceOf(v),
    dataDir: dataDirOf(v),
    /** Null: the embedded Postgres. */
    databaseUrl: v.DATABASE_URL ?? null,
    databaseAppUrl: v.DATABASE_APP_URL ?? null,
    authSecret: v.AUTH_SECRET ?? null,
    sealKey: v.COUNTERSIGN_SEAL_KEY ?? null,
    krlToken: krlTokenOf(v),
    sshEngine: sshEngineOf(v),
    hasDemoPeople: demo === "on",
    /** On for the demo that brings its own database and people, off wherever real ones are. */
    isLocalHostOn: (v.COUNTERSIGN_LOCAL_HOST ?? demo) === "on",
  };
}

export type SupervisorEnv = ReturnType<typeof readSupervisorEnv>;

function once<T>(read: (source: Source) => T): () => T {
  let value: { of: T } | null = null;
  return () => (value ??= { of: read(process.env) }).of;
}

export const webEnv = once(readWebEnv);
export const runnerEnv = once(readRunnerEnv);
export const deciderEnv = once(readDeciderEnv);
export const supervisorEnv = once(readSupervisorEnv);

/** Level of this process's log. A bad LOG_LEVEL is refused by the process's own settings, not here. */
export function logLevel(): string {
  const parsed = variables.shape.LOG_LEVEL.safeParse(process.env["LOG_LEVEL"]);
  return parsed.success ? parsed.data : "info";
}

export type ChildEnv = Record<string, string> & { NODE_ENV: "production" | "development" | "test" };

/** The part of the environment any child needs to run at all: no setting and no secret of ours. */
export function plainEnv(): ChildEnv {
  const names = [
    "PATH",
    "HOME",
    "XDG_CONFIG_HOME",
    "TMPDIR",
    "LANG",
    "TZ",
    "NODE_EXTRA_CA_CERTS",
    "LOG_LEVEL",
  ];
  const given = givenOf(process.env);
  const kept = Object.fromEntries(
    names.flatMap((name) => (name in given ? [[name, given[name] ?? ""]] : [])),
  );
  return { ...kept, NODE_ENV: "production" };
}
