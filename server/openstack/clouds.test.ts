import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { stringify } from "yaml";
import { CloudConfigError, type CloudSearch } from "./clouds-file.ts";
import { getCloud, listClouds, parseClouds } from "./clouds.ts";

const PASSWORD = "hunter22-very-secret";
let root = "";
let search: CloudSearch;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "clouds-"));
  search = { workingDir: join(root, "work"), homeDir: join(root, "home"), siteDir: join(root, "site") };
});
afterEach(() => rmSync(root, { recursive: true }));

function write(path: string, content: unknown): string {
  const file = join(root, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, typeof content === "string" ? content : stringify(content));
  return file;
}

const auth = {
  auth_url: "https://cloud.example:5000/v3",
  username: "admin",
  password: PASSWORD,
  user_domain_name: "admin_domain",
  project_name: "admin",
  project_domain_name: "admin_domain",
};

function errorOf(run: () => unknown): CloudConfigError {
  try {
    run();
  } catch (error) {
    if (error instanceof CloudConfigError) return error;
    throw error;
  }
  throw new Error("It did not throw.");
}

describe("search path", () => {
  test("the named file, the working directory, home, site; the first one found", () => {
    const places = [
      "named.yaml",
      "work/clouds.yaml",
      "home/.config/openstack/clouds.yaml",
      "site/clouds.yaml",
    ];
    for (const place of places) write(place, { clouds: { [place.replaceAll(/\W/g, "-")]: { auth } } });
    const named = { ...search, clientConfigFile: join(root, "named.yaml") };
    for (const place of places) {
      expect(listClouds(named).map((cloud) => cloud.name)).toEqual([place.replaceAll(/\W/g, "-")]);
      rmSync(join(root, place));
      if (place === "named.yaml") expect(() => listClouds(named)).toThrow(/OS_CLIENT_CONFIG_FILE/);
      named.clientConfigFile = "";
    }
    expect(listClouds(search)).toEqual([]);
  });

  test("secure.yaml beside the file is merged deep and wins", () => {
    const { password: _, ...open } = auth;
    write("work/clouds.yaml", { clouds: { lab: { auth: open, region_name: "one" } } });
    write("work/secure.yaml", { clouds: { lab: { auth: { password: PASSWORD, username: "other" } } } });
    write("site/secure.yaml", { clouds: { lab: { auth: { username: "not this one" } } } });
    expect(getCloud(search, "lab")).toMatchObject({
      regionName: "one",
      credentials: { user: { name: "other", domain: { name: "admin_domain" } }, password: PASSWORD },
    });
  });
});

test("a cloud as read", () => {
  const file = write("work/clouds.yaml", {
    clouds: {
      lab: {
        auth,
        region_name: "RegionOne",
        identity_api_version: "3",
        cacert: "~/ca.crt",
        verify: true,
        countersign: {
          endpoint_origins: ["https://cloud.example:9696", "https://CLOUD.example:443/"],
          tenant_pool: "10.32.0.0/11",
          horizon_url: "https://cloud.example/dashboard",
        },
      },
    },
  });
  expect(getCloud(search, "lab")).toEqual({
    name: "lab",
    file,
    authUrl: "https://cloud.example:5000/v3",
    credentials: {
      kind: "password",
      user: { name: "admin", domain: { name: "admin_domain" } },
      password: PASSWORD,
      scope: { project: { name: "admin", domain: { name: "admin_domain" } } },
    },
    regionName: "RegionOne",
    interface: "public",
    cacertPath: join(root, "home/ca.crt"),
    endpointOrigins: ["https://cloud.example:9696", "https://cloud.example"],
    tenantPool: "10.32.0.0/11",
    horizonUrl: "https://cloud.example/dashboard",
  });
});

test.each([
  ["https://c:5000", "https://c:5000/v3"],
  ["https://c:5000/", "https://c:5000/v3"],
  ["https://c/identity/v3/", "https://c/identity/v3"],
])("auth_url %s", (url, expected) => {
  write("work/clouds.yaml", { clouds: { lab: { auth: { ...auth, auth_url: url } } } });
  expect(getCloud(search, "lab").authUrl).toBe(expected);
});

describe("credentials", () => {
  const appCred = {
    auth_url: auth.auth_url,
    application_credential_id: "i",
    application_credential_secret: PASSWORD,
  };
  const ids = { auth_url: auth.auth_url, user_id: "u", password: PASSWORD };
  const asAppCred = { kind: "application_credential", id: "i", secret: PASSWORD };
  test.each([
    ["an application credential", { auth_type: "v3applicationcredential", auth: appCred }, asAppCred],
    ["an application credential, type left out", { auth: appCred }, asAppCred],
    ["ids", { auth: { ...ids, project_id: "p" } }, { user: { id: "u" }, scope: { project: { id: "p" } } }],
    ["a domain scope", { auth: { ...ids, domain_name: "d" } }, { scope: { domain: { name: "d" } } }],
  ])("%s", (_, entry, expected) => {
    write("work/clouds.yaml", { clouds: { lab: entry } });
    expect(getCloud(search, "lab").credentials).toMatchObject(expected);
  });
});

describe("what is refused, with file, cloud and key", () => {
  const without = (key: string) => Object.fromEntries(Object.entries(auth).filter(([name]) => name !== key));
  const own = (value: unknown) => ({ auth, countersign: value });
  const cases: [string, unknown, string | null][] = [
    ["not a mapping", PASSWORD, null],
    ["no auth", { region_name: "one" }, "auth"],
    ["no auth_url", { auth: without("auth_url") }, "auth.auth_url"],
    ["http", { auth: { ...auth, auth_url: "http://c:5000/v3" } }, "auth.auth_url"],
    ["password in auth_url", { auth: { ...auth, auth_url: `https://u:${PASSWORD}@c/v3` } }, "auth.auth_url"],
    ["keystone v2", { auth: { ...auth, auth_url: "https://c:5000/v2.0" } }, "auth.auth_url"],
    ["no user", { auth: without("username") }, "auth.username"],
    ["no password", { auth: without("password") }, "auth.password"],
    ["a number as password", { auth: { ...auth, password: 12345678 } }, "auth.password"],
    ["no user domain", { auth: without("user_domain_name") }, "auth.user_domain_name"],
    ["no project domain", { auth: without("project_domain_name") }, "auth.project_domain_name"],
    ["no scope", { auth: without("project_name") }, "auth.project_name"],
    [
      "app cred without secret",
      { auth: { auth_url: auth.auth_url, application_credential_id: "i" } },
      "auth.application_credential_secret",
    ],
    ["another auth type", { auth, auth_type: PASSWORD }, "auth_type"],
    ["verify off", { auth, verify: false }, "verify"],
    ["insecure", { auth, insecure: true }, "insecure"],
    ["interface", { auth, interface: "private" }, "interface"],
    ["identity v2", { auth, identity_api_version: 2 }, "identity_api_version"],
    ["profile", { auth, profile: "vexxhost" }, "profile"],
    ["unknown own key", own({ origins: [] }), "countersign"],
    ["an origin with a path", own({ endpoint_origins: ["https://c:1/x"] }), "countersign.endpoint_origins.0"],
    ["no origins", own({ endpoint_origins: [] }), "countersign.endpoint_origins"],
    ["host bits in the pool", own({ tenant_pool: "10.0.0.1/8" }), "countersign.tenant_pool"],
    ["not a pool", own({ tenant_pool: "10.0.0.0/33" }), "countersign.tenant_pool"],
    ["horizon", own({ horizon_url: "javascript:alert(1)" }), "countersign.horizon_url"],
  ];
  test.each(cases)("%s", (_, entry, key) => {
    const file = write("work/clouds.yaml", { clouds: { lab: entry, good: { auth } } });
    const error = errorOf(() => getCloud(search, "lab"));
    expect(error.problems).toContainEqual(expect.objectContaining({ file, cloud: "lab", key }));
    expect(error.message).toContain("cloud lab");
    expect(`${error.stack}${JSON.stringify(error.problems)}`).not.toContain(PASSWORD);
    expect(() => listClouds(search)).toThrow(CloudConfigError);
    expect(getCloud(search, "good").name).toBe("good");
    expect(parseClouds(search)).toMatchObject({ clouds: [{ name: "good" }], problems: [{ cloud: "lab" }] });
  });

  test.each([
    ["not YAML", `clouds:\n  lab: {auth: {password: "${PASSWORD}"\n`],
    ["an undefined alias", `clouds:\n  lab:\n    auth:\n      password: *${PASSWORD}\n`],
    ["a list", `- ${PASSWORD}`],
    ["clouds is text", `clouds: ${PASSWORD}`],
  ])("%s names the file and not its text", (_, content) => {
    const file = write("work/clouds.yaml", content);
    const error = errorOf(() => listClouds(search));
    expect(error.message).toContain(file);
    expect(error.stack).not.toContain(PASSWORD);
  });

  test("an unknown cloud names the known ones", () => {
    write("work/clouds.yaml", { clouds: { lab: { auth } } });
    expect(() => getCloud(search, "lba")).toThrow(/Known clouds: lab/);
    expect(() => getCloud(search, "toString")).toThrow(CloudConfigError);
  });
});
