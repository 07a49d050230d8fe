import { getEventListeners } from "node:events";
import { TRPCError } from "@trpc/server";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { connect, type Connection } from "#db/client.ts";
import { disablePerson, endSessions } from "#server/services/person/disable.ts";
import { SESSION_IDLE_MS } from "#server/services/person/limits.ts";
import { setRoles } from "#server/services/person/set-roles.ts";
import type { PersonActor } from "#server/domain/policy/decide.ts";
import { addDocument, addItem, openItem } from "#server/testing/items.ts";
import { type JobWorld, openJobWorld } from "#server/testing/jobs.ts";
import { browserOf, ORIGIN, setWebEnvironment } from "#server/testing/web.ts";
import type { ApiContext } from "../context.ts";
import { ChangeQueue } from "./change-queue.ts";
import { changes } from "./changes.ts";
import { type Change, listenToChanges, MISSED } from "./hub.ts";

type Browser = Awaited<ReturnType<typeof browserOf>>;

const REAUTHORISE_MS = 5_000;

let world: JobWorld;
let owner: Connection;
let admin: PersonActor;
let reader: Browser;
const shared: typeof globalThis & { countersignHub?: { listeners: Set<unknown> } } = globalThis;
const listeners = () => shared.countersignHub?.listeners.size ?? 0;
const streams: AsyncGenerator[] = [];

beforeAll(async () => {
  world = await openJobWorld();
  setWebEnvironment(world.database.appUrl);
  owner = connect(world.database.ownerUrl, { max: 1 });
  admin = await world.person("Ada", "admin");
});
afterEach(async () => {
  for (const stream of streams.splice(0)) await stream.return(undefined);
});
afterAll(async () => {
  await owner.close();
  await world.close();
});

/** A stream of this browser on the world's clock; its first piece says that it is open. */
async function follow(browser: Browser) {
  const leave = new AbortController();
  const ctx: ApiContext = {
    db: world.db,
    connection: world.database,
    clock: world.clock,
    actor: browser.actor,
    cookieHeader: browser.cookie,
    isBatch: false,
    signatureNamespace: "countersign-op-v1",
    origin: ORIGIN,
  };
  const stream = changes(ctx, leave.signal);
  streams.push(stream);
  expect(await stream.next()).toEqual({ done: false, value: [] });
  return { stream, leave };
}

/** Reads on until a change of this kind came; answers all that came. */
async function until(stream: AsyncGenerator<Change[]>, kind: string): Promise<Change[]> {
  const heard: Change[] = [];
  while (!heard.some((change) => change.kind === kind)) {
    const { done, value } = await stream.next();
    if (done) throw new Error(`The stream ended before a change of kind ${kind}.`);
    heard.push(...value);
  }
  return heard;
}

const codeOf = (end: Promise<unknown>) =>
  end.then(
    () => "open",
    (error: unknown) => (error instanceof TRPCError ? error.code : String(error)),
  );

describe("a stream", () => {
  it("tells what was committed, by ids only", async () => {
    reader = await browserOf(world, "operator");
    const { stream } = await follow(reader);
    const tenantId = await world.tenant(reader.actor);
    const heard = await until(stream, "tenant");
    expect(heard.at(-1)).toEqual({
      kind: "tenant",
      id: tenantId,
      tenantId: null,
      jobId: null,
      state: null,
      seq: null,
    });
  });

  it.each<[string, (personId: string) => Promise<unknown>]>([
    ["disabled", (personId) => disablePerson(world.ctx(admin), { personId })],
    ["signed out by an admin", (personId) => endSessions(world.ctx(admin), { personId })],
  ])("ends at once when its person is %s, and tells nothing that came after", async (_what, end) => {
    reader = await browserOf(world, "operator");
    const { stream } = await follow(reader);
    await end(reader.personId);
    await world.tenant(admin);
    expect(await codeOf(until(stream, "tenant"))).toBe("UNAUTHORIZED");
    expect(await stream.next()).toEqual({ done: true, value: undefined });
    expect(listeners()).toBe(0);
  });

  it("tells of an item, whose announcement carries less than others", async () => {
    reader = await browserOf(world, "operator");
    const { stream } = await follow(reader);
    const by = { personId: admin.personId, at: world.now };
    const documentId = await addDocument(world.db, "docs/live.md", by);
    const content = openItem("R-1", "R", "Which network");
    const row = await addItem(world.db, { documentId, code: "R-1", kind: "R", content, ...by });
    expect((await until(stream, "item")).at(-1)).toEqual({ ...MISSED, kind: "item", id: row.id });
  });

  it("asks again at the latest after the interval, though nothing happens", async () => {
    reader = await browserOf(world, "operator");
    const { stream } = await follow(reader);
    // Past the announcement: the row is changed as a role's loss is, without a session ending.
    await world.database.sql`update role_grant set revoked_at = now() where person_id = ${reader.personId}`;
    world.advance(REAUTHORISE_MS);
    const start = performance.now();
    expect(await codeOf(stream.next())).toBe("FORBIDDEN");
    expect(performance.now() - start).toBeLessThan(REAUTHORISE_MS + 3_000);
    expect(listeners()).toBe(0);
  });

  it("asks again though changes never pause", async () => {
    reader = await browserOf(world, "operator");
    const { stream } = await follow(reader);
    await setRoles(world.ctx(admin), { personId: reader.personId, roles: [] });
    await world.tenant(admin);
    await until(stream, "tenant");
    world.advance(REAUTHORISE_MS);
    await world.tenant(admin);
    expect(await codeOf(until(stream, "tenant"))).toBe("FORBIDDEN");
  });

  it("is no use of the session, which ends by idleness under it", async () => {
    reader = await browserOf(world, "operator");
    const { stream } = await follow(reader);
    for (let turn = 0; turn < 3; turn += 1) {
      world.advance(SESSION_IDLE_MS / 4);
      await world.tenant(admin);
      await until(stream, "tenant");
    }
    world.advance(SESSION_IDLE_MS / 4);
    await world.tenant((await browserOf(world, "operator")).actor);
    expect(await codeOf(until(stream, "tenant"))).toBe("UNAUTHORIZED");
    admin = await world.person("Ada", "admin");
  });

  it("leaves nothing behind, however it ends", async () => {
    reader = await browserOf(world, "operator");
    const aborted = await follow(reader);
    const waiting = aborted.stream.next();
    aborted.leave.abort();
    expect(await waiting).toEqual({ done: true, value: undefined });
    const returned = await follow(reader);
    await returned.stream.return(undefined);
    expect(listeners()).toBe(0);
    expect(getEventListeners(returned.leave.signal, "abort")).toHaveLength(0);
  });

  it("does not pile up listeners while it lives", async () => {
    reader = await browserOf(world, "operator");
    const { stream, leave } = await follow(reader);
    for (let n = 0; n < 12; n += 1) {
      await world.tenant(admin);
      await until(stream, "tenant");
    }
    expect(getEventListeners(leave.signal, "abort")).toHaveLength(1);
    expect(listeners()).toBe(1);
  });

  it("is one of ten at most, and a closed one makes room", async () => {
    reader = await browserOf(world, "operator");
    const open = [];
    for (let n = 0; n < 10; n += 1) open.push(await follow(reader));
    expect(await codeOf(follow(reader))).toBe("TOO_MANY_REQUESTS");
    const other = await browserOf(world, "operator");
    await follow(other);
    await open[0]?.stream.return(undefined);
    await follow(reader);
  });

  it("that cannot begin takes no room", async () => {
    reader = await browserOf(world, "operator");
    const stranger = { ...reader, cookie: "next-auth.session-token=none" };
    for (let n = 0; n < 12; n += 1) expect(await codeOf(follow(stranger))).toBe("UNAUTHORIZED");
    await follow(reader);
  });

  it("says nothing of a mistake's cause", async () => {
    reader = await browserOf(world, "operator");
    const { stream } = await follow(reader);
    await owner.sql`alter table role_grant rename to role_grant_moved`;
    try {
      world.advance(REAUTHORISE_MS);
      await owner.sql`select pg_notify('countersign', '{"kind":"session","id":null,"tenantId":null,"jobId":null,"state":null,"seq":null}')`;
      const end = stream.next().then(
        () => "open",
        (error: unknown) => String(error),
      );
      expect(await end).toMatch(/Something went wrong inside the console/);
    } finally {
      await owner.sql`alter table role_grant_moved rename to role_grant`;
    }
  });

  it("is told to read again when the database's connection was lost, and goes on", async () => {
    reader = await browserOf(world, "operator");
    const { stream } = await follow(reader);
    // One's own role's connections may be ended.
    const killed = await world.database.sql`
      select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and pid <> pg_backend_pid() and query ilike 'listen %'`;
    expect(killed.length).toBe(1);
    await until(stream, "missed");
    await world.tenant(reader.actor);
    await until(stream, "tenant");
  });

  it("passes over an announcement of another shape", async () => {
    reader = await browserOf(world, "operator");
    const { stream } = await follow(reader);
    for (const payload of ["not json", "null", '{"kind":1}']) {
      await owner.sql`select pg_notify('countersign', ${payload})`;
    }
    await world.tenant(reader.actor);
    expect((await until(stream, "tenant")).map(({ kind }) => kind)).toEqual(["tenant"]);
  });
});

describe("the queue of a reader", () => {
  const change = (id: number): Change => ({ ...MISSED, kind: "job", id: String(id) });

  it("keeps a thousand in order", () => {
    const queue = new ChangeQueue();
    for (let id = 0; id < 1000; id += 1) queue.add(change(id));
    const batch = queue.take();
    expect(batch).toHaveLength(1000);
    expect([batch[0]?.id, batch.at(-1)?.id]).toEqual(["0", "999"]);
    expect(queue.take()).toEqual([]);
  });

  it("holds no more, and then says that some were missed", () => {
    const queue = new ChangeQueue();
    for (let id = 0; id <= 1000; id += 1) queue.add(change(id));
    queue.add(change(1001));
    expect(queue.take()).toEqual([MISSED, change(1001)]);
  });

  it("wakes its waiter at once, also when the change came first", async () => {
    const queue = new ChangeQueue();
    queue.add(change(1));
    await queue.wait(60_000);
    queue.take();
    const waiting = queue.wait(60_000);
    queue.add(change(2));
    await waiting;
    expect(queue.take()).toEqual([change(2)]);
  });
});

it("a listener that cannot begin is not kept", async () => {
  const dead = connect("postgres://nobody@127.0.0.1:1/none", { max: 1 });
  const hub = shared.countersignHub;
  delete shared.countersignHub;
  try {
    await expect(listenToChanges(dead, () => undefined)).rejects.toThrow();
    expect(listeners()).toBe(0);
  } finally {
    await dead.close();
    if (hub) shared.countersignHub = hub;
  }
});
