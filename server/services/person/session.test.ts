import { createHash, randomUUID } from "node:crypto";
import { eq } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { person, session } from "#db/schema/person.ts";
import type { PersonActor } from "#server/domain/policy/decide.ts";
import { type JobWorld, openJobWorld } from "#server/testing/jobs.ts";
import { addPerson, signInAs } from "#server/testing/people.ts";
import { refusalOf } from "#server/testing/refusal.ts";
import { readInbox } from "../inbox/list.ts";
import { disablePerson, enablePerson, endSessions } from "./disable.ts";
import { ACTIVITY_STEP_MS, SESSION_IDLE_MS, SESSION_MAX_MS } from "./limits.ts";
import { endOwnSession, findActor } from "./session.ts";
import { setRoles } from "./set-roles.ts";

let world: JobWorld;
let who: { id: string; name: string };
let secret: string;
let actor: PersonActor;

beforeAll(async () => {
  world = await openJobWorld();
});
afterAll(() => world.close());
beforeEach(async () => {
  who = await addPerson(world.db, { name: "Olga", roles: ["operator", "reviewer"], at: world.now });
  ({ actor, secret } = await signInAs(world, who));
});

const find = (isActivity = true) => findActor({ db: world.db, clock: world.clock, isActivity }, secret);
const rowOf = async () => {
  const [row] = await world.db.select().from(session).where(eq(session.id, actor.sessionId));
  return row;
};

describe("a session", () => {
  it("is its person with the live roles", async () => {
    expect(await find()).toEqual(actor);
    expect(actor).toMatchObject({ kind: "person", personId: who.id, name: "Olga" });
    expect([...actor.roles].sort()).toEqual(["operator", "reviewer"]);
  });

  it("is kept without its secret, which is long and new each time", async () => {
    const { idHash, ...row } = (await rowOf()) ?? { idHash: "" };
    expect(idHash).toBe(createHash("sha256").update(secret).digest("hex"));
    expect(JSON.stringify(row)).not.toContain(secret);
    expect(Buffer.from(secret, "base64url")).toHaveLength(32);
    expect((await signInAs(world, who)).secret).not.toBe(secret);
  });

  it.each([
    ["unknown", () => "A".repeat(43)],
    ["empty", () => ""],
    ["the stored hash", () => createHash("sha256").update(secret).digest("hex")],
    ["the session's id", () => actor.sessionId],
  ])("is not opened by a secret that is %s", async (_what, other) => {
    expect(await findActor({ db: world.db, clock: world.clock, isActivity: true }, other())).toBeNull();
  });

  it("ends when nobody used it for the idle time", async () => {
    world.advance(SESSION_IDLE_MS - 1);
    expect(await find(false)).not.toBeNull();
    world.advance(1);
    expect(await find()).toBeNull();
  });

  it("lives on by use, and not by listening", async () => {
    world.advance(SESSION_IDLE_MS - 1);
    expect(await find(true)).not.toBeNull();
    world.advance(SESSION_IDLE_MS - 1);
    for (let poll = 0; poll < 5; poll += 1) expect(await find(false)).not.toBeNull();
    world.advance(1);
    expect(await find(false)).toBeNull();
  });

  it("ends after its longest time, whatever the use", async () => {
    const start = world.now.getTime();
    while (world.now.getTime() + SESSION_IDLE_MS / 2 < start + SESSION_MAX_MS) {
      world.advance(SESSION_IDLE_MS / 2);
      expect(await find()).not.toBeNull();
    }
    world.advance(start + SESSION_MAX_MS - world.now.getTime());
    expect(await find()).toBeNull();
  });

  it("notes its use at most once per step", async () => {
    const before = (await rowOf())?.lastActiveAt;
    world.advance(ACTIVITY_STEP_MS);
    await find();
    expect((await rowOf())?.lastActiveAt).toEqual(before);
    world.advance(1);
    await find();
    expect((await rowOf())?.lastActiveAt).toEqual(world.now);
  });

  it("is dead after signing out, not only its cookie", async () => {
    await endOwnSession(world, secret);
    expect(await find()).toBeNull();
    expect(await rowOf()).toMatchObject({ endedAt: world.now, endedReason: "signed out" });
    await endOwnSession(world, secret);
  });
});

describe("an admin", () => {
  let admin: PersonActor;
  beforeEach(async () => {
    admin = await world.person("Ada", "admin");
  });
  const asAdmin = () => world.ctx(admin);

  it("ends all sessions of a person at once, by disabling", async () => {
    const other = await signInAs(world, who);
    expect(await disablePerson(asAdmin(), { personId: who.id })).toEqual({ endedSessions: 2 });
    expect(await find()).toBeNull();
    const given = { db: world.db, clock: world.clock, isActivity: true };
    expect(await findActor(given, other.secret)).toBeNull();
    await enablePerson(asAdmin(), { personId: who.id });
    expect(await find()).toBeNull();
  });

  it("ends the access of a person whose session row was missed", async () => {
    await world.db.update(person).set({ disabledAt: world.now }).where(eq(person.id, who.id));
    expect(await find()).toBeNull();
  });

  it("ends sessions without disabling", async () => {
    expect(await endSessions(asAdmin(), { personId: who.id })).toEqual({ endedSessions: 1 });
    expect(await find()).toBeNull();
    expect((await signInAs(world, who)).actor.personId).toBe(who.id);
  });

  it("changes roles from the next request on", async () => {
    await setRoles(asAdmin(), { personId: who.id, roles: ["auditor"] });
    expect((await find())?.roles).toEqual(["auditor"]);
    await setRoles(asAdmin(), { personId: who.id, roles: [] });
    expect((await find())?.roles).toEqual([]);
    const none = await find();
    expect(await refusalOf(readInbox(world.ctx(none ?? actor), {}))).toMatchObject({
      reason: "role_missing",
    });
  });

  it("neither disables nor promotes themselves", async () => {
    const { personId } = admin;
    expect(await refusalOf(disablePerson(asAdmin(), { personId }))).toMatchObject({
      reason: "own_account",
    });
    expect(await refusalOf(setRoles(asAdmin(), { personId, roles: ["reviewer"] }))).toMatchObject({
      reason: "own_roles",
    });
  });

  it("is told when the person is not there", async () => {
    expect(await refusalOf(disablePerson(asAdmin(), { personId: randomUUID() }))).toEqual({
      code: "not_found",
      reason: "not_found",
    });
  });
});
