import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { connect } from "#db/client.ts";
import { readSupervisorEnv } from "#server/env.ts";
import { onDatabase } from "#server/testing/database-url.ts";
import { prepareDatabase, startDatabase } from "./database.ts";
import { requireVersion } from "./database-sentence.ts";
import { appRoleOf, ensureAppRole } from "./roles.ts";

const id = randomBytes(4).toString("hex");
const name = (what: string) => `cs_${what}_${id}`;
const [own, other, plain, app, maker] = ["own", "other", "plain", "app", "maker"].map(name);
const KEY = randomBytes(32).toString("base64");

let dataDir: string;

/** Address of a database as a role; every role signs in with the one password. */
function as(role = "", database = ""): string {
  const url = new URL(onDatabase(inject("template").ownerUrl, database));
  url.username = role;
  url.password = "pw";
  return url.toString();
}

async function administer(run: (sql: ReturnType<typeof connect>["sql"]) => Promise<unknown>): Promise<void> {
  const admin = connect(onDatabase(inject("template").ownerUrl, "postgres"), { max: 1 });
  try {
    await run(admin.sql);
  } finally {
    await admin.close();
  }
}

beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), "countersign-database-"));
  await administer(async (sql) => {
    for (const role of [plain, app]) await sql.unsafe(`create role ${role} login password 'pw'`);
    await sql.unsafe(`create role ${maker} login createrole password 'pw'`);
    // From 16 on the maker of a role has to be its member to hand something over.
    await sql.unsafe(`grant ${plain} to current_user with set true`);
    for (const database of [own, other]) await sql.unsafe(`create database ${database} owner ${plain}`);
  });
});

afterAll(async () => {
  await administer(async (sql) => {
    for (const database of [own, other]) await sql.unsafe(`drop database ${database} with (force)`);
    for (const role of [plain, app, maker]) await sql.unsafe(`drop role ${role}`);
  });
  rmSync(dataDir, { recursive: true, force: true });
});

async function prepare(ownerUrl: string, appUrl?: string): Promise<string> {
  const env = readSupervisorEnv({
    COUNTERSIGN_DATA_DIR: dataDir,
    COUNTERSIGN_SEAL_KEY: KEY,
    DATABASE_URL: ownerUrl,
    ...(appUrl === undefined ? {} : { DATABASE_APP_URL: appUrl }),
  });
  const database = await startDatabase(env, () => undefined);
  return prepareDatabase(env, database.ownerUrl, resolve("db/migrations"));
}

describe("a database of one's own", { timeout: 60_000 }, () => {
  it("takes the role that was made for the application", async () => {
    expect(await prepare(as(plain, own), as(app, own))).toBe(as(app, own));
  });

  it.each([
    ["an owner who may not make roles", as(plain, own), undefined, /may not make the application's role/],
    ["a role that may make roles", as(plain, own), as(maker, own), /too powerful: it may make roles/],
    ["an address of another database", as(plain, own), as(app, other), /same database as DATABASE_URL/],
    ["a database that is not there", as(plain, name("none")), undefined, /There is no database cs_none/],
    ["a role that is not there", as("nobody_here", own), undefined, /correct user and password|could not be/],
    ["a port nobody listens on", "postgres://a:b@127.0.0.1:1/c", undefined, /No database answers at 127/],
    ["a host nobody knows", "postgres://a:b@nowhere.invalid/c", undefined, /nowhere.invalid, is not known/],
  ])("refuses %s with a sentence", async (...[, ownerUrl, appUrl, says]) => {
    const refusal = await prepare(ownerUrl, appUrl).catch((error: unknown) => error);
    expect(refusal).toMatchObject({ name: "SentenceError" });
    expect(String(refusal)).toMatch(says);
    expect(String(refusal)).not.toMatch(/pw@|:b@/);
  });

  it("refuses a server that is too old", () => {
    expect(() => requireVersion(140_011)).toThrow(/Postgres 14; Countersign needs 15/);
    expect(() => requireVersion(150_000)).not.toThrow();
  });
});

describe("the application's role", () => {
  it("is named after its database, within what Postgres keeps of a name", () => {
    expect(appRoleOf("postgres://o@h/countersign")).toBe("countersign_app");
    const long = appRoleOf(`postgres://o@h/${"d".repeat(63)}`);
    expect(Buffer.byteLength(long)).toBeLessThanOrEqual(63);
  });

  it("is made once, also by two hosts at the same moment", async () => {
    const { ownerUrl } = inject("template");
    const role = name("twice");
    const wanted = { role, password: "x".repeat(32) };
    const [one, two] = await Promise.all([ensureAppRole(ownerUrl, wanted), ensureAppRole(ownerUrl, wanted)]);
    expect(one).toBe(two);
    await administer((sql) => sql.unsafe(`drop role ${role}`));
  });
});
