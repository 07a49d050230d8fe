import { eq } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { session } from "#db/schema/person.ts";
import type { PersonActor } from "#server/domain/policy/decide.ts";
import { approvalOf, type JobWorld, openJobWorld } from "#server/testing/jobs.ts";
import { addPerson } from "#server/testing/people.ts";
import { refusalOf } from "#server/testing/refusal.ts";
import { approveJob } from "../job/approve.ts";
import { THROTTLE } from "../person/limits.ts";
import { hashPassword } from "../person/password.ts";
import { findActor } from "../person/session.ts";
import { signIn } from "../person/sign-in.ts";
import { changePassword } from "./change-password.ts";
import { endOwnSessions } from "./end-sessions.ts";
import { readAccount } from "./read.ts";

// Hashing a password is slow on purpose, and slower on a busy machine.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 240_000 });

const OLD = "correct horse battery";
const NEW = "seven lean cows by a river";

let world: JobWorld;
let passwordHash: string;
let email: string;
let first: Browser;
let second: Browser;

interface Browser {
  secret: string;
  actor: PersonActor;
}

beforeAll(async () => {
  world = await openJobWorld();
  passwordHash = await hashPassword(OLD);
});
afterAll(() => world.close());
beforeEach(async () => {
  ({ email } = await addPerson(world.db, { name: "Rita", roles: ["reviewer"], passwordHash, at: world.now }));
  first = await browser(OLD);
  second = await browser(OLD);
});

const signInWith = (password: string) =>
  signIn(
    { db: world.db, clock: world.clock, address: email, userAgent: null, replaces: null },
    { email, password },
  );

const find = (secret: string) => findActor({ db: world.db, clock: world.clock, isActivity: false }, secret);

async function browser(password: string): Promise<Browser> {
  const { sessionSecret: secret } = await signInWith(password);
  const actor = await find(secret);
  if (actor === null) throw new Error("There is no live session.");
  return { secret, actor };
}

const change = (actor: PersonActor, given: Partial<{ current: string; wanted: string }> = {}) =>
  changePassword(world.ctx(actor), { current: OLD, wanted: NEW, ...given });

describe("changing one's password", () => {
  it("ends the other sessions, and what was proven before counts no more", async () => {
    expect(await change(first.actor)).toEqual({ endedSessions: 1 });
    expect(await find(second.secret)).toBeNull();
    expect((await find(first.secret))?.personId).toBe(first.actor.personId);
    const [old] = await world.db.select().from(session).where(eq(session.id, second.actor.sessionId));
    expect(old?.endedReason).toBe("the password was changed");
    const row = await world.request(await world.person("Olga", "operator"));
    await world.recheck(first.actor, row.id);
    expect(await refusalOf(approveJob(world.ctx(first.actor), approvalOf(row)))).toMatchObject({
      reason: "step_up_required",
    });
    expect(await refusalOf(signInWith(OLD))).toMatchObject({ reason: "refused" });
    expect((await signInWith(NEW)).personId).toBe(first.actor.personId);
  });

  it("takes the present one, and guesses are throttled with those of the sign-in", async () => {
    for (let n = 0; n < THROTTLE.failuresPerEmail; n += 1) {
      expect(await refusalOf(change(first.actor, { current: "wrong" }))).toMatchObject({
        reason: "wrong_password",
      });
    }
    expect(await refusalOf(change(first.actor))).toMatchObject({ reason: "throttled" });
    expect(await refusalOf(signInWith(OLD))).toMatchObject({ reason: "throttled" });
    expect(await find(second.secret)).not.toBeNull();
  });

  it.each([
    ["the same again", OLD],
    ["one letter", "a".repeat(40)],
    ["the name", "rita              "],
  ])("to %s is refused", async (_what, wanted) => {
    const act = change(first.actor, { wanted });
    expect(await refusalOf(act)).toMatchObject({ reason: "weak_password" });
    expect((await signInWith(OLD)).personId).toBe(first.actor.personId);
  });

  it("to one's own address is refused, and one that is too short is no input", async () => {
    expect(await refusalOf(change(first.actor, { wanted: email }))).toMatchObject({
      reason: "weak_password",
    });
    await expect(change(first.actor, { wanted: "fourteen chars" })).rejects.toThrow(/15 characters/);
    await expect(change(first.actor, { wanted: "x".repeat(1025) })).rejects.toThrow(/1024 characters/);
  });

  it("is nothing for somebody without one", async () => {
    const vera = await world.person("Vera", "operator");
    expect(await refusalOf(change(vera))).toMatchObject({ reason: "no_password" });
  });
});

describe("one's own sessions", () => {
  it("are listed, and only one's own", async () => {
    const { sessions } = await readAccount(world.ctx(first.actor), {});
    expect(sessions.map(({ id }) => id).sort()).toEqual(
      [first.actor.sessionId, second.actor.sessionId].sort(),
    );
    expect(sessions.filter(({ isThis }) => isThis).map(({ id }) => id)).toEqual([first.actor.sessionId]);
  });

  it("are ended one by one or together, never this one and never another's", async () => {
    const third = await browser(OLD);
    const stranger = await world.person("Otto", "operator");
    const end = (sessionId: string | null) => endOwnSessions(world.ctx(first.actor), { sessionId });
    expect(await refusalOf(end(first.actor.sessionId))).toMatchObject({ reason: "own_session" });
    expect(await refusalOf(end(stranger.sessionId))).toMatchObject({ reason: "not_found" });
    expect(await end(second.actor.sessionId)).toEqual({ endedSessions: 1 });
    expect(await refusalOf(end(second.actor.sessionId))).toMatchObject({ reason: "not_found" });
    expect(await find(second.secret)).toBeNull();
    expect(await find(third.secret)).not.toBeNull();
    expect(await end(null)).toEqual({ endedSessions: 1 });
    expect(await find(third.secret)).toBeNull();
    expect(await find(first.secret)).not.toBeNull();
    expect(await readAccount(world.ctx(stranger), {})).toMatchObject({ sessions: [{ isThis: true }] });
  });
});
