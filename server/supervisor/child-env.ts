import { plainEnv, type ChildEnv, type SupervisorEnv } from "#server/env.ts";

/** What the supervisor found out or made at start. */
export interface Runtime {
  readonly appUrl: string;
  readonly authSecret: string;
  readonly sealKey: string;
  /** clouds.yaml of the embedded cloud, or null where it does not run. */
  readonly embeddedCloudsFile: string | null;
  readonly decisionPort: number;
  readonly isDevelopment: boolean;
}

/** Each child gets a list of its own, so that what one may know never leaks into another by inheritance. */
function plain(runtime: Runtime): ChildEnv {
  return { ...plainEnv(), NODE_ENV: runtime.isDevelopment ? "development" : "production" };
}

const optional = (name: string, value: string | null) => (value === null ? {} : { [name]: value });

/** The web process: no cloud credential, no sealing key, no owner of tables. */
export function webChildEnv(env: SupervisorEnv, runtime: Runtime): ChildEnv {
  return {
    ...plain(runtime),
    ...oidcVariables(env),
    ...optional("COUNTERSIGN_KRL_TOKEN", env.krlToken),
    HOST: env.host,
    PORT: String(env.port),
    // Next's standalone server listens on HOSTNAME, next-auth builds its links from NEXTAUTH_URL.
    HOSTNAME: env.host,
    NEXTAUTH_URL: env.origin,
    NEXT_TELEMETRY_DISABLED: "1",
    COUNTERSIGN_URL: env.origin,
    COUNTERSIGN_TRUSTED_PROXY: env.isBehindProxy ? "on" : "off",
    COUNTERSIGN_TENANT_POOL: env.tenantPool,
    COUNTERSIGN_SIGNATURE_NAMESPACE: env.signatureNamespace,
    DATABASE_APP_URL: runtime.appUrl,
    AUTH_SECRET: runtime.authSecret,
  };
}

function oidcVariables({ oidc }: SupervisorEnv): Record<string, string> {
  if (oidc === null) return {};
  return {
    OIDC_ISSUER: oidc.issuer,
    OIDC_CLIENT_ID: oidc.clientId,
    OIDC_CLIENT_SECRET: oidc.clientSecret,
  };
}

/** The runner: cloud credentials and the sealing key, nothing of sign-in. */
export function runnerChildEnv(env: SupervisorEnv, runtime: Runtime): ChildEnv {
  return {
    ...plain(runtime),
    ...optional("OS_CLOUD", env.osCloud),
    ...optional("OS_CLIENT_CONFIG_FILE", env.clientConfigFile),
    ...optional("COUNTERSIGN_EMBEDDED_CLOUDS_FILE", runtime.embeddedCloudsFile),
    ...optional("COUNTERSIGN_AUDIT_GIT", env.auditGit),
    ...optional("COUNTERSIGN_AUDIT_WEBHOOK", env.auditWebhook),
    ...optional("COUNTERSIGN_ACCEPT_RESTORE", env.acceptRestore),
    ...optional("COUNTERSIGN_SSH_ENGINE_URL", env.sshEngine?.addr ?? null),
    ...optional("COUNTERSIGN_SSH_ENGINE_TOKEN", env.sshEngine?.token ?? null),
    COUNTERSIGN_CLOUDS: env.clouds.join(","),
    COUNTERSIGN_EMBEDDED_CLOUD: env.hasEmbeddedCloud ? "on" : "off",
    COUNTERSIGN_LOCAL_HOST: env.isLocalHostOn ? "on" : "off",
    COUNTERSIGN_DATA_DIR: env.dataDir,
    COUNTERSIGN_TENANT_POOL: env.tenantPool,
    COUNTERSIGN_GUEST_RATE: String(env.guestRate),
    COUNTERSIGN_SIGNATURE_NAMESPACE: env.signatureNamespace,
    COUNTERSIGN_SEAL_KEY: runtime.sealKey,
    DATABASE_APP_URL: runtime.appUrl,
  };
}

/** The decision service: the tables and its own address. */
export function deciderChildEnv(env: SupervisorEnv, runtime: Runtime): ChildEnv {
  return {
    ...plain(runtime),
    ...optional("COUNTERSIGN_DECISION_TOKEN", env.decisionToken),
    COUNTERSIGN_DECISION_HOST: env.decisionHost,
    COUNTERSIGN_DECISION_PORT: String(runtime.decisionPort),
    COUNTERSIGN_DATA_DIR: env.dataDir,
    DATABASE_APP_URL: runtime.appUrl,
  };
}

/** The embedded cloud knows nothing of the console. */
export const sandboxChildEnv = (runtime: Runtime): ChildEnv => plain(runtime);
