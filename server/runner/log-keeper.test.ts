import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { randomUUID } from "node:crypto";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { connect, type Connection } from "#db/client.ts";
import {
  auditEntry,
  headDelivery,
  restoreEpoch,
  signedHead,
  signingAnswer,
  signingRequest,
} from "#db/schema/audit.ts";
import { lease } from "#db/schema/job.ts";
import { session } from "#db/schema/person.ts";
import { headProblem, signedHeadSchema } from "#server/domain/audit/head.ts";
import { isSignedBy } from "#server/domain/audit/installation-key.ts";
import { manifestStatement } from "#server/domain/evidence/manifest.ts";
import { appendAudit } from "#server/services/audit/append.ts";
import { FIRST_STAGE, type JobWorld, openJobWorld } from "#server/testing/jobs.ts";
import { deriveInstallationKey } from "./heads.ts";
import { type KeeperSettings, LogKeeper } from "./log-keeper.ts";

const KEY = deriveInstallationKey(new Uint8Array(32).fill(1));
const MINUTE = 60_000;
/** Loops look every two seconds, and git takes its time on a busy machine. */
const SOON = { timeout: 30_000 };

let world: JobWorld;
let owner: Connection;
let folder: string;
let running: LogKeeper[] = [];

beforeAll(async () => {
  world = await openJobWorld();
  owner = connect(world.database.ownerUrl, { max: 1 });
});
afterAll(async () => {
  await owner.close();
  await world.close();
});
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "countersign-heads-"));
});
afterEach(async () => {
  await Promise.all(running.map((keeper) => keeper.stop()));
  running = [];
  rmSync(folder, { recursive: true });
});

/** Loops look at once instead of every two seconds. */
const hurried: KeeperSettings["wait"] = (_ms, signal) => sleep(10, undefined, signal ? { signal } : {});

function keeperOf(over: Partial<KeeperSettings> = {}, key = KEY): LogKeeper {
  return new LogKeeper(
    { db: world.db, key, now: world.clock },
    {
      databaseAppUrl: world.database.appUrl,
      folder: join(folder, "audit"),
      git: null,
      webhook: null,
      acceptRestore: null,
      wait: hurried,
      ...over,
    },
  );
}

async function started(over: Partial<KeeperSettings> = {}): Promise<LogKeeper> {
  const keeper = keeperOf(over);
  await keeper.start();
  running.push(keeper);
  return keeper;
}

async function stopped(keeper: LogKeeper): Promise<void> {
  running = running.filter((one) => one !== keeper);
  await keeper.stop();
}

const append = () =>
  world.db.transaction((tx) =>
    appendAudit(tx, {
      actor: { kind: "system", name: "runner" },
      at: world.now,
      action: "test.event",
      outcome: "done",
      objectKind: "test",
      objectId: randomUUID(),
      details: {},
    }),
  );

const linesIn = (text: string) =>
  text
    .trimEnd()
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => signedHeadSchema.parse(JSON.parse(line)));
const headsFile = () => join(folder, "audit/heads.jsonl");
const keptHeads = () => linesIn(readFileSync(headsFile(), "utf8"));

async function newest() {
  const rows = await world.db.select().from(signedHead);
  const row = rows.toSorted((a, b) => a.at.getTime() - b.at.getTime()).at(-1);
  if (!row) throw new Error("There is no head.");
  return row.head;
}

const headSeq = async () => (await world.db.select().from(auditEntry)).length;

const rm = (table: string, where: string) => owner.sql.unsafe(`delete from ${table} where ${where}`);

/** The database as an older backup of it: everything after `size` entries is gone, with its tree. */
async function cutTo(size: number): Promise<void> {
  const kept = await world.db.select().from(auditEntry);
  const last = kept.find(({ seq }) => seq === size);
  await rm("head_delivery", "true");
  await rm("signing_answer", "true");
  await rm("signing_request", "true");
  await rm("signed_head", `size > ${size}`);
  await rm("audit_entry", `seq > ${size}`);
  await rm("audit_node", `(index + 1) * power(2, level) > ${size}`);
  const frontier: string[] = [];
  for (let at = 0, bit = 40; bit >= 0; bit -= 1) {
    if (Math.floor(size / 2 ** bit) % 2 === 0) continue;
    const index = at / 2 ** bit;
    const [row] =
      bit === 0
        ? await owner.sql<{ hash: string }[]>`select hash from audit_entry where seq = ${at + 1}`
        : await owner.sql<
            { hash: string }[]
          >`select hash from audit_node where level = ${bit} and index = ${index}`;
    frontier.push(row?.hash ?? "missing");
    at += 2 ** bit;
  }
  await owner.sql`update audit_head set seq = ${size}, hash = ${last?.hash ?? ""}, frontier = ${JSON.stringify(frontier)}::text::jsonb`;
}

describe("signed heads", () => {
  it("are made at the start, in time, when asked and at the end, each kept in the file", async () => {
    await append();
    const keeper = await started();
    await expect.poll(() => newest().catch(() => null), SOON).toMatchObject({ size: await headSeq() });
    await append();
    world.advance(MINUTE - 1);
    await sleep(50);
    expect((await newest()).size).toBe((await headSeq()) - 1);
    world.advance(1);
    await expect.poll(async () => (await newest()).size, SOON).toBe(await headSeq());

    await append();
    world.advance(1);
    const person = await world.person("Asker", "auditor");
    const id = randomUUID();
    await world.db
      .insert(signingRequest)
      .values({ id, kind: "head", requestedBy: person.personId, at: world.now });
    await expect.poll(async () => (await newest()).size, SOON).toBe(await headSeq());
    const answers = () => world.db.select().from(signingAnswer);
    await expect.poll(answers, SOON).toMatchObject([{ requestId: id, signature: null }]);

    await append();
    world.advance(1);
    await stopped(keeper);
    expect((await newest()).size).toBe(await headSeq());
    const kept = keptHeads();
    expect(kept.map(({ size }) => size)).toEqual(kept.map(({ size }) => size).toSorted((a, b) => a - b));
    expect(kept.at(-1)).toEqual(await newest());
    expect(kept.every((head) => headProblem(head, KEY.publicKey) === null)).toBe(true);
    expect(statSync(headsFile()).mode & 0o777).toBe(0o600);
  });

  it("stand beside the signature of a manifest that was asked for", async () => {
    await started();
    const person = await world.person("Asker", "auditor");
    const [id, digest] = [randomUUID(), `sha256:${"a".repeat(64)}`];
    await world.db
      .insert(signingRequest)
      .values({ id, kind: "manifest", digest, requestedBy: person.personId, at: world.now });
    const answer = async () =>
      (await world.db.select().from(signingAnswer)).find((row) => row.requestId === id);
    await expect.poll(answer, SOON).toBeDefined();
    const row = await answer();
    const statement = manifestStatement({ digest, at: row?.at.toISOString() ?? "", key: KEY.keyId });
    expect(isSignedBy(KEY.publicKey, statement, row?.signature ?? "")).toBe(true);
  });

  it("a line that a crash cut is taken away, and what the file lacks is caught up", async () => {
    await stopped(await started());
    const whole = readFileSync(headsFile(), "utf8");
    writeFileSync(headsFile(), `${whole}{"at":"2026-`);
    world.advance(1);
    await append();
    await stopped(await started());
    expect(keptHeads().at(-1)).toEqual(await newest());
    rmSync(headsFile());
    await stopped(await started());
    expect(keptHeads()).toHaveLength((await world.db.select().from(signedHead)).length);
  });

  it("go to a git repository, each push on top of the one before", async () => {
    const remote = join(folder, "remote.git");
    execFileSync("git", ["init", "--quiet", "--bare", remote]);
    const git = (...args: string[]) => execFileSync("git", args, { cwd: remote, encoding: "utf8" });
    const pushed = () => {
      try {
        return linesIn(git("cat-file", "blob", "countersign-heads:heads.jsonl"));
      } catch {
        // Not pushed yet.
        return [];
      }
    };
    await started({ git: remote });
    await append();
    world.advance(MINUTE);
    await expect.poll(async () => pushed().at(-1)?.size, SOON).toBe(await headSeq());
    const first = git("rev-parse", "countersign-heads").trim();
    await append();
    world.advance(MINUTE);
    await expect.poll(async () => pushed().at(-1)?.size, SOON).toBe(await headSeq());
    expect(git("rev-list", "countersign-heads")).toContain(first);
    const done = async () =>
      (await world.db.select().from(headDelivery)).filter((row) => row.destination === "git").length;
    await expect.poll(done, SOON).toBeGreaterThan(1);

    // Somebody puts another log's head there: nothing is pushed on top of it, and that is on record.
    const other = { ...(await newest()), size: (await headSeq()) + 100 };
    const { signature: _signature, ...statement } = other;
    const forged = { ...statement, signature: KEY.sign(statement) };
    const blob = execFileSync("git", ["hash-object", "-w", "--stdin"], {
      cwd: remote,
      input: `${JSON.stringify(forged)}\n`,
      encoding: "utf8",
    }).trim();
    const tree = execFileSync("git", ["mktree"], {
      cwd: remote,
      input: `100644 blob ${blob}\theads.jsonl\n`,
      encoding: "utf8",
    }).trim();
    const who = ["-c", "user.name=x", "-c", "user.email=x@localhost"];
    const commit = git(...who, "commit-tree", tree, "-m", "x").trim();
    git("update-ref", "refs/heads/countersign-heads", commit);
    await append();
    world.advance(2 * MINUTE);
    const failed = async () =>
      (await world.db.select().from(headDelivery)).find((row) => row.outcome === "failed")?.says;
    await expect.poll(failed, SOON).toContain("does not continue");
    expect(git("rev-parse", "countersign-heads").trim()).toBe(commit);
  });

  it("go to a webhook; one that refuses or redirects is told, and tried again", async () => {
    const got: unknown[] = [];
    let status = 500;
    const receiver = await listen(
      (body) => got.push(JSON.parse(body)),
      () => status,
    );
    try {
      world.advance(MINUTE);
      await append();
      await started({ webhook: receiver.address });
      const outcomes = async () =>
        (await world.db.select().from(headDelivery))
          .filter((row) => row.destination === "webhook")
          .map(({ outcome, says }) => [outcome, says]);
      await expect.poll(outcomes, SOON).toEqual([["failed", "The webhook answered 500."]]);
      expect(got.length).toBe(1);
      status = 302;
      world.advance(MINUTE);
      await expect.poll(() => got.length, SOON).toBe(2);
      status = 204;
      world.advance(2 * MINUTE);
      await expect.poll(async () => (await outcomes()).at(-1), SOON).toEqual(["done", null]);
      expect(got.at(-1)).toEqual(await newest());
    } finally {
      await receiver.close();
    }
  });
});

describe("a start", () => {
  it("is refused with another key than the database was set up with", async () => {
    await stopped(await started());
    const other = deriveInstallationKey(new Uint8Array(32).fill(2));
    await expect(keeperOf({}, other).start()).rejects.toThrow(/another key.*Nothing was started/);
  });

  it.each([
    [
      "an edited entry",
      (seq: number) => `update audit_entry set object_id = 'x' where seq = ${seq}`,
      "not what was written",
    ],
    [
      "a deleted entry",
      (seq: number) => `delete from audit_entry where seq = ${seq}`,
      "not what was written",
    ],
    [
      "a changed tree",
      () => "update audit_node set hash = repeat('0', 64) where level = (select max(level) from audit_node)",
      "tree|signed",
    ],
    ["another head", () => "update audit_head set hash = repeat('0', 64)", "head"],
    ["another frontier", () => `update audit_head set frontier = '["${"0".repeat(64)}"]'`, "tree"],
  ])("is refused over %s", async (_what, tamper, says) => {
    for (let n = 0; n < 4; n += 1) await append();
    await stopped(await started());
    const seq = (await headSeq()) - 1;
    await owner.sql.unsafe(`
      create table kept_entry as select * from audit_entry;
      create table kept_node as select * from audit_node;
      create table kept_head as select * from audit_head;`);
    try {
      await owner.sql.unsafe(tamper(seq));
      await expect(keeperOf().start()).rejects.toThrow(new RegExp(`(${says}).*Nothing was started`));
    } finally {
      await owner.sql.unsafe(`
        delete from audit_entry; insert into audit_entry select * from kept_entry; drop table kept_entry;
        delete from audit_node; insert into audit_node select * from kept_node; drop table kept_node;
        delete from audit_head; insert into audit_head select * from kept_head; drop table kept_head;`);
    }
    await stopped(await started());
  });

  it("is refused beside a heads file that was changed", async () => {
    await stopped(await started());
    const last = keptHeads().at(-1);
    writeFileSync(headsFile(), `${JSON.stringify({ ...last, size: 9_999 })}\n`);
    await expect(keeperOf().start()).rejects.toThrow(/not to be relied on.*Nothing was started/);
    writeFileSync(headsFile(), "hello\n");
    await expect(keeperOf().start()).rejects.toThrow(/no signed head.*Nothing was started/);
  });

  it("over an older backup is refused until exactly that is accepted; then nothing open counts any more", async () => {
    const operator = await world.person("Olga", "operator");
    const waiting = await world.request(operator);
    const runningJob = await world.pastJob(
      { tenantId: await world.tenant(operator), requestedBy: operator, stageKey: FIRST_STAGE },
      "running",
    );
    world.advance(1);
    const size = await headSeq();
    for (let n = 0; n < 5; n += 1) await append();
    await stopped(await started());
    const kept = keptHeads().at(-1);
    await cutTo(size);

    const refused = await keeperOf()
      .start()
      .catch((error: Error) => error.message);
    expect(refused).toMatch(/older backup was restored.*Nothing was started/);
    expect(refused).toContain(`COUNTERSIGN_ACCEPT_RESTORE=${kept?.root.slice(0, 16) ?? ""}`);
    await expect(keeperOf({ acceptRestore: "0".repeat(16) }).start()).rejects.toThrow("older backup");
    // Grown anew past the kept head: still not its continuation.
    for (let n = 0; n < 8; n += 1) await append();
    await expect(keeperOf().start()).rejects.toThrow("older backup");
    expect(await world.db.select().from(restoreEpoch)).toEqual([]);

    await stopped(await started({ acceptRestore: kept?.root.slice(0, 16) ?? "" }));
    expect(await world.db.select().from(restoreEpoch)).toMatchObject([
      { keptSize: kept?.size, keptRoot: kept?.root },
    ]);
    const states = await owner.sql<{ id: string; state: string }[]>`select id, state from job`;
    expect(states.find(({ id }) => id === waiting.id)?.state).toBe("expired");
    expect(states.find(({ id }) => id === runningJob.id)?.state).toBe("outcome_unknown");
    expect(await world.db.select().from(lease)).toEqual([]);
    expect((await world.db.select().from(session)).every(({ endedAt }) => endedAt !== null)).toBe(true);
    const entries = await world.db.select().from(auditEntry);
    expect(entries.filter(({ action }) => action === "log.restored")).toHaveLength(1);
    // The next start is a plain one, whatever the setting still says.
    await stopped(await started());
    await stopped(await started({ acceptRestore: kept?.root.slice(0, 16) ?? "" }));
    expect(await world.db.select().from(restoreEpoch)).toHaveLength(1);
  });
});

async function listen(
  take: (body: string) => void,
  status: () => number,
): Promise<{ address: string; close: () => Promise<void> }> {
  const server: Server = createServer((request, response) => {
    let body = "";
    request.setEncoding("utf8");
    request.on("data", (chunk: string) => (body += chunk));
    request.on("end", () => {
      take(body);
      response.writeHead(status(), { location: "http://localhost:1/" }).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const at = server.address();
  const port = typeof at === "object" && at ? at.port : 0;
  return {
    address: `http://127.0.0.1:${port}/heads`,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
