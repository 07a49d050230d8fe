import { join, resolve } from "node:path";
import type { CloudConfig } from "./cloud-config.ts";
import { CloudConfigError, type CloudProblem, type CloudSearch, findCloudsFile } from "./clouds-file.ts";
import { type CloudEntry, cloudEntry } from "./clouds-schema.ts";
import type { CloudCredentials, DomainRef, TokenScope, UserRef } from "./credentials.ts";

/**
 * Every cloud of the first clouds.yaml found; empty when there is no file. Throws CloudConfigError
 * with every problem of every cloud.
 */
export function listClouds(search: CloudSearch): CloudConfig[] {
  const { clouds, problems } = parseClouds(search);
  if (problems.length > 0) throw new CloudConfigError(problems);
  return clouds;
}

/** The named cloud. Another cloud's problems do not matter to it. Throws CloudConfigError. */
export function getCloud(search: CloudSearch, name: string): CloudConfig {
  const found = findCloudsFile(search);
  const entry = found === null || !Object.hasOwn(found.clouds, name) ? undefined : found.clouds[name];
  if (found === null || entry === undefined) {
    const file = found?.file ?? "clouds.yaml";
    const names = Object.keys(found?.clouds ?? {}).join(", ") || "none";
    const says = `There is no such cloud. Known clouds: ${names}. Check OS_CLOUD and OS_CLIENT_CONFIG_FILE.`;
    throw new CloudConfigError([{ file, cloud: name, key: null, says }]);
  }
  const parsed = parseCloud({ file: found.file, name, entry, search });
  if (parsed.kind === "bad") throw new CloudConfigError(parsed.problems);
  return parsed.cloud;
}

/** The clouds that are well described, and what is wrong with the others. */
export function parseClouds(search: CloudSearch): { clouds: CloudConfig[]; problems: CloudProblem[] } {
  const found = findCloudsFile(search);
  if (found === null) return { clouds: [], problems: [] };
  const parsed = Object.entries(found.clouds).map(([name, entry]) =>
    parseCloud({ file: found.file, name, entry, search }),
  );
  return {
    clouds: parsed.flatMap((result) => (result.kind === "ok" ? [result.cloud] : [])),
    problems: parsed.flatMap((result) => (result.kind === "bad" ? result.problems : [])),
  };
}

interface RawCloud {
  readonly file: string;
  readonly name: string;
  readonly entry: unknown;
  readonly search: CloudSearch;
}

type ParsedCloud = { kind: "ok"; cloud: CloudConfig } | { kind: "bad"; problems: CloudProblem[] };

function parseCloud({ file, name, entry, search }: RawCloud): ParsedCloud {
  const problem = (key: string | null, says: string): CloudProblem => ({ file, cloud: name, key, says });
  const parsed = cloudEntry.safeParse(entry);
  if (!parsed.success) {
    const problems = parsed.error.issues.map((issue) =>
      problem(issue.path.map(String).join(".") || null, `${issue.message}.`),
    );
    return { kind: "bad", problems };
  }
  const credentials = readCredentials(parsed.data);
  if (credentials.kind === "bad")
    return { kind: "bad", problems: [problem(credentials.key, credentials.says)] };
  return {
    kind: "ok",
    cloud: assemble({ file, name, search, value: parsed.data, credentials: credentials.value }),
  };
}

function assemble(parts: {
  file: string;
  name: string;
  search: CloudSearch;
  value: CloudEntry;
  credentials: CloudCredentials;
}): CloudConfig {
  const { file, name, search, value, credentials } = parts;
  const own = value.countersign;
  return {
    name,
    file,
    authUrl: credentials.kind === "api_token" ? apiRoot(value.auth.auth_url) : v3Root(value.auth.auth_url),
    credentials,
    regionName: value.region_name ?? null,
    interface: value.interface,
    cacertPath: value.cacert === undefined ? null : expandPath(value.cacert, search),
    endpointOrigins: own?.endpoint_origins?.map((origin) => new URL(origin).origin) ?? null,
    tenantPool: own?.tenant_pool ?? null,
    horizonUrl: own?.horizon_url ?? null,
  };
}

type Read<T> = { kind: "ok"; value: T } | { kind: "bad"; key: string; says: string };

function readCredentials({ auth, auth_type }: CloudEntry): Read<CloudCredentials> {
  const { application_credential_id: id, application_credential_secret: secret } = auth;
  const type = auth_type ?? (id === undefined ? "password" : "v3applicationcredential");
  if (type === "v3applicationcredential") {
    if (id === undefined) return missing("auth.application_credential_id");
    if (secret === undefined) return missing("auth.application_credential_secret");
    return { kind: "ok", value: { kind: "application_credential", id, secret } };
  }
  if (type === "proxmox_api_token") {
    if (auth.token_id === undefined) return missing("auth.token_id");
    if (auth.token_secret === undefined) return missing("auth.token_secret");
    return { kind: "ok", value: { kind: "api_token", id: auth.token_id, secret: auth.token_secret } };
  }
  if (auth.password === undefined) return missing("auth.password");
  const user = readUser(auth);
  if (user.kind === "bad") return user;
  const scope = readScope(auth);
  if (scope.kind === "bad") return scope;
  return {
    kind: "ok",
    value: { kind: "password", user: user.value, password: auth.password, scope: scope.value },
  };
}

function readUser(auth: CloudEntry["auth"]): Read<UserRef> {
  if (auth.user_id !== undefined) return { kind: "ok", value: { id: auth.user_id } };
  if (auth.username === undefined) return missing("auth.username");
  const domain = domainRef(auth.user_domain_id, auth.user_domain_name);
  if (domain === null) return missing("auth.user_domain_name");
  return { kind: "ok", value: { name: auth.username, domain } };
}

function readScope(auth: CloudEntry["auth"]): Read<TokenScope> {
  if (auth.project_id !== undefined) return { kind: "ok", value: { project: { id: auth.project_id } } };
  if (auth.project_name !== undefined) {
    const domain = domainRef(auth.project_domain_id, auth.project_domain_name);
    if (domain === null) return missing("auth.project_domain_name");
    return { kind: "ok", value: { project: { name: auth.project_name, domain } } };
  }
  const domain = domainRef(auth.domain_id, auth.domain_name);
  if (domain === null) return missing("auth.project_name");
  return { kind: "ok", value: { domain } };
}

function domainRef(id: string | undefined, name: string | undefined): DomainRef | null {
  if (id !== undefined) return { id };
  return name === undefined ? null : { name };
}

function missing(key: string): { kind: "bad"; key: string; says: string } {
  return { kind: "bad", key, says: "is missing; write it here or in secure.yaml beside this file." };
}

// The catalog root, /v3 and /v3/ are all in use as auth_url.
function v3Root(authUrl: string): string {
  const url = new URL(authUrl);
  const path = url.pathname.replace(/\/+$/, "").replace(/\/v3$/, "");
  return `${url.origin}${path}/v3`;
}

/** https://pve.proxmox.com/wiki/Proxmox_VE_API: everything is below /api2/json of the web interface. */
const apiRoot = (authUrl: string) => `${new URL(authUrl).origin}/api2/json`;

function expandPath(path: string, search: CloudSearch): string {
  return path.startsWith("~/") ? join(search.homeDir, path.slice(2)) : resolve(search.workingDir, path);
}
