import { spawnSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { connect } from "#db/client.ts";
import { canReach, findAccount } from "./account.ts";
import { makeLinks } from "./postgres-binaries.ts";
import { startEmbeddedPostgres, type EmbeddedPostgres } from "./postgres.ts";

const isRoot = process.getuid?.() === 0;
const TIMEOUT_MS = 120_000;

let folder: string;
const running: EmbeddedPostgres[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "countersign-pg-"));
  chmodSync(folder, 0o711);
});

afterEach(async () => {
  for (const postgres of running.splice(0)) await postgres.stop();
  rmSync(folder, { recursive: true, force: true });
}, TIMEOUT_MS);

async function start(dataDir = join(folder, "data")): Promise<EmbeddedPostgres> {
  const postgres = await startEmbeddedPostgres({ dataDir, isDisposable: true });
  running.push(postgres);
  return postgres;
}

async function stop(postgres: EmbeddedPostgres): Promise<void> {
  running.splice(running.indexOf(postgres), 1);
  await postgres.stop();
}

async function query(postgres: EmbeddedPostgres, text: string): Promise<Record<string, unknown>[]> {
  const connection = connect(postgres.ownerUrl, { max: 1 });
  try {
    return [...(await connection.sql.unsafe(text))];
  } finally {
    await connection.close();
  }
}

describe("the embedded Postgres", { timeout: TIMEOUT_MS }, () => {
  it("is private, in UTF-8 with checksums, and owned by a role that is no superuser", async () => {
    const postgres = await start();
    const settings = await query(
      postgres,
      `select current_setting('listen_addresses') as addresses, current_setting('data_checksums') as checksums,
              (select datlocprovider::text || datlocale || pg_encoding_to_char(encoding)
                 from pg_database where datname = current_database()) as locale,
              (select rolsuper from pg_roles where rolname = current_user) as super`,
    );
    expect(settings).toEqual([{ addresses: "", checksums: "on", locale: "bC.UTF-8UTF8", super: false }]);
    const socketDir = new URL(postgres.ownerUrl).searchParams.get("host") ?? "";
    expect(statSync(socketDir).mode & 0o777).toBe(0o700);
    expect(statSync(join(folder, "data/postgres")).mode & 0o077).toBe(0);
  });

  it("keeps what was written over a stop and a start", async () => {
    const first = await start();
    await query(first, "create table kept (word text); insert into kept values ('here')");
    await stop(first);
    const second = await start();
    expect(await query(second, "select word from kept")).toEqual([{ word: "here" }]);
  });

  it("starts although an interrupted first start and a process id in use by another were left behind", async () => {
    mkdirSync(join(folder, "data/postgres.partial"), { recursive: true });
    writeFileSync(join(folder, "data/postgres.partial/junk"), "half");
    await stop(await start());
    const lines = [process.pid, join(folder, "data/postgres"), 1_700_000_000, 5432, "", "", "", "ready"];
    writeFileSync(join(folder, "data/postgres/postmaster.pid"), `${lines.join("\n")}\n`);
    expect(await query(await start(), "select 1 as one")).toEqual([{ one: 1 }]);
  });

  it("takes over from an earlier Postgres that still runs on the data", async () => {
    const first = await start();
    const second = await start();
    expect(await first.exited).toBe(0);
    running.splice(running.indexOf(first), 1);
    expect(await query(second, "select 1 as one")).toEqual([{ one: 1 }]);
  });

  it("puts the socket elsewhere where the path is too long for one", async () => {
    const postgres = await start(join(folder, "d".repeat(100)));
    const socketDir = new URL(postgres.ownerUrl).searchParams.get("host") ?? "";
    expect(socketDir.length).toBeLessThanOrEqual(80);
    expect(await query(postgres, "select 1 as one")).toEqual([{ one: 1 }]);
    await stop(postgres);
    expect(existsSync(socketDir)).toBe(false);
    // After a crash web and runner still know that address.
    const dataDir = join(folder, "d".repeat(100));
    const again = await startEmbeddedPostgres({ dataDir, isDisposable: true, socketDir });
    running.push(again);
    expect(again.ownerUrl).toBe(postgres.ownerUrl);
  });

  it("refuses data of another major version and leaves it as it was", async () => {
    await stop(await start());
    const file = join(folder, "data/postgres/PG_VERSION");
    writeFileSync(file, "17\n");
    await expect(start()).rejects.toThrow(/was made by Postgres 17; this version of Countersign brings 18/);
    expect(readFileSync(file, "utf8")).toBe("17\n");
  });

  it("says with the end of the log why it did not start", async () => {
    await stop(await start());
    writeFileSync(join(folder, "data/postgres/postgresql.conf"), "max_connections = many\n");
    await expect(start()).rejects.toThrow(/Postgres ended while starting[^]*invalid value for parameter/);
  });
});

describe.runIf(isRoot)("started by root", { timeout: TIMEOUT_MS }, () => {
  it("runs as an account without rights", async () => {
    await start();
    const account = findAccount();
    expect(statSync(join(folder, "data/postgres")).uid).toBe(account?.uid);
    const pid = readFileSync(join(folder, "data/postgres/postmaster.pid"), "utf8").split("\n")[0] ?? "";
    expect(statSync(`/proc/${pid}`).uid).toBe(account?.uid);
  });

  it("moves the data where that account can reach it, and says where", async () => {
    chmodSync(folder, 0o700);
    const postgres = await start();
    const home =
      /The database is in (\/var\/lib\/countersign-[0-9a-f]{12}|\S+):/.exec(postgres.notice ?? "")?.[1] ?? "";
    expect(existsSync(join(home, "postgres/PG_VERSION"))).toBe(true);
    expect(await query(postgres, "select 1 as one")).toEqual([{ one: 1 }]);
    await stop(postgres);
    expect(home).toContain("countersign-");
    rmSync(home, { recursive: true });
  });

  const nobody = { name: "nobody", uid: 65534, gid: 65534 };
  it.runIf(canReach(nobody, process.execPath) && canReach(nobody, import.meta.dirname))(
    "by another user, runs as that user and refuses root's data",
    async () => {
      await stop(await start());
      const script = `
        import { startEmbeddedPostgres } from "${join(import.meta.dirname, "postgres.ts")}";
        const postgres = await startEmbeddedPostgres({ dataDir: process.argv[1], isDisposable: true });
        console.log(postgres.ownerUrl);
        await postgres.stop();`;
      const runAs = (dataDir: string) =>
        spawnSync(process.execPath, ["--input-type=module", "-e", script, dataDir], {
          uid: nobody.uid,
          gid: nobody.gid,
          cwd: join(import.meta.dirname, "../.."),
          encoding: "utf8",
        });
      const own = join(folder, "own");
      mkdirSync(own);
      chownSync(own, nobody.uid, nobody.gid);
      const result = runAs(own);
      expect(result.stderr).toBe("");
      expect(result.stdout).toContain("postgres://countersign_owner@localhost/countersign");
      expect(statSync(join(own, "postgres")).uid).toBe(nobody.uid);
      expect(runAs(join(folder, "data")).stderr).toMatch(/EACCES|belongs to user id/);
    },
  );
});

it("makes the version links that npm leaves out without install scripts", () => {
  mkdirSync(join(folder, "native/lib"), { recursive: true });
  writeFileSync(join(folder, "native/lib/libx.so.1.2"), "library");
  const link = { source: "native/lib/libx.so.1.2", target: "native/lib/libx.so.1" };
  writeFileSync(join(folder, "native/pg-symlinks.json"), JSON.stringify([link]));
  makeLinks(join(folder, "native"));
  makeLinks(join(folder, "native"));
  expect(lstatSync(join(folder, "native/lib/libx.so.1")).isSymbolicLink()).toBe(true);
  expect(readFileSync(join(folder, "native/lib/libx.so.1"), "utf8")).toBe("library");
  expect(readdirSync(dirname(join(folder, "native/lib/libx.so.1")))).toHaveLength(2);
});
