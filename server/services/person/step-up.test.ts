import { eq } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { session } from "#db/schema/person.ts";
import type { PersonActor } from "#server/domain/policy/decide.ts";
import { approvalOf, type JobWorld, openJobWorld } from "#server/testing/jobs.ts";
import { addPerson } from "#server/testing/people.ts";
import { answerTo, unfreeze, waitingProposal } from "#server/testing/proposals.ts";
import { refusalOf } from "#server/testing/refusal.ts";
import { approveJob } from "../job/approve.ts";
import { rejectJob } from "../job/reject.ts";
import { approveProposal } from "../proposal/decide.ts";
import { STEP_UP_MAX_MS, THROTTLE } from "./limits.ts";
import { hashPassword } from "./password.ts";
import { findActor } from "./session.ts";
import { signIn } from "./sign-in.ts";
import { signInOidc } from "./sign-in-oidc.ts";
import { stepUp } from "./step-up.ts";

// Hashing a password is slow on purpose, and slower on a busy machine.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 240_000 });

const PASSWORD = "correct horse battery";
let world: JobWorld;
let passwordHash: string;
let email: string;
let secret: string;
let rita: PersonActor;
let olga: PersonActor;

beforeAll(async () => {
  world = await openJobWorld();
  passwordHash = await hashPassword(PASSWORD);
});
afterAll(() => world.close());
beforeEach(async () => {
  olga = await world.person("Olga", "operator");
  ({ email } = await addPerson(world.db, { name: "Rita", roles: ["reviewer"], passwordHash, at: world.now }));
  secret = (await signIn(ctx(null), { email, password: PASSWORD })).sessionSecret;
  rita = await actorOf(secret);
});

const ctx = (replaces: string | null) => ({
  db: world.db,
  clock: world.clock,
  address: "10.1.1.1",
  userAgent: null,
  replaces,
});

async function actorOf(sessionSecret: string): Promise<PersonActor> {
  const actor = await findActor({ ...ctx(null), isActivity: false }, sessionSecret);
  if (actor === null) throw new Error("There is no live session.");
  return actor;
}

async function compared() {
  const row = await world.request(olga);
  await world.recheck(rita, row.id);
  return row;
}

describe("a fresh proof of the person", () => {
  it("counts for five minutes to the millisecond, and is asked for again after", async () => {
    world.advance(STEP_UP_MAX_MS);
    const inTime = await compared();
    expect(await approveJob(world.ctx(rita), approvalOf(inTime))).toEqual({ state: "queued" });
    world.advance(1);
    const late = await compared();
    expect(await refusalOf(approveJob(world.ctx(rita), approvalOf(late)))).toEqual({
      code: "forbidden",
      reason: "step_up_required",
    });
    expect((await world.job(late.id)).state).toBe("awaiting_approval");
    const fresh = await actorOf((await stepUp(ctx(secret), PASSWORD)).sessionSecret);
    expect(await approveJob(world.ctx(fresh), approvalOf(late))).toEqual({ state: "queued" });
  });

  it("is needed for approving a change of the console as well, and not for refusing", async () => {
    const proposalId = await waitingProposal(world, olga);
    const row = await compared();
    world.advance(STEP_UP_MAX_MS + 1);
    expect(
      await refusalOf(approveProposal(world.ctx(rita), await answerTo(world, proposalId))),
    ).toMatchObject({
      reason: "step_up_required",
    });
    const { id: jobId, digest } = row;
    expect(await rejectJob(world.ctx(rita), { jobId, digest, reason: "No" })).toEqual({ state: "rejected" });
    await unfreeze(world, olga, await world.person("Ada", "admin"));
  });

  it("makes a new session, and the old one is dead", async () => {
    const made = await stepUp(ctx(secret), PASSWORD);
    expect(made.sessionSecret).not.toBe(secret);
    expect(await findActor({ ...ctx(null), isActivity: false }, secret)).toBeNull();
    const fresh = await actorOf(made.sessionSecret);
    expect(fresh.personId).toBe(rita.personId);
    expect(fresh.sessionId).not.toBe(rita.sessionId);
    expect(await refusalOf(approveJob(world.ctx(rita), approvalOf(await world.request(olga))))).toMatchObject(
      {
        reason: "signed_out",
      },
    );
    const [old] = await world.db.select().from(session).where(eq(session.id, rita.sessionId));
    expect(old?.endedReason).toBe("replaced by a new sign-in");
  });

  it("is refused for a wrong password, and the session lives on", async () => {
    expect(await refusalOf(stepUp(ctx(secret), "wrong"))).toMatchObject({ reason: "refused" });
    expect((await actorOf(secret)).personId).toBe(rita.personId);
  });

  it("is refused without a session, with an ended one and with one that nobody made", async () => {
    const after = await stepUp(ctx(secret), PASSWORD);
    for (const replaces of [null, secret, "x".repeat(43)]) {
      expect(await refusalOf(stepUp(ctx(replaces), PASSWORD))).toMatchObject({ reason: "signed_out" });
    }
    expect((await actorOf(after.sessionSecret)).personId).toBe(rita.personId);
  });

  it("is throttled like a sign-in", async () => {
    for (let n = 0; n < THROTTLE.failuresPerEmail; n += 1) {
      expect(await refusalOf(stepUp(ctx(secret), "wrong"))).toMatchObject({ reason: "refused" });
    }
    expect(await refusalOf(stepUp(ctx(secret), PASSWORD))).toMatchObject({ reason: "throttled" });
  });

  it("of single sign-on is what the provider says it is, and unknown is none", async () => {
    const identity = { issuer: "https://id.example.org", isEmailVerified: true };
    const sign = async (name: string, authenticatedAt: Date | null) => {
      const who = await addPerson(world.db, { name, roles: ["reviewer"], at: world.now });
      const made = await signInOidc(ctx(null), {
        ...identity,
        subject: who.id,
        email: who.email,
        authenticatedAt,
      });
      return actorOf(made.sessionSecret);
    };
    const ago = (ms: number) => new Date(world.now.getTime() - ms);
    for (const [name, at, isFresh] of [
      ["now", ago(0), true],
      ["old", ago(STEP_UP_MAX_MS + 1000), false],
      ["ahead", ago(-60_000), false],
      ["silent", null, false],
    ] as const) {
      const row = await compared();
      const act = approveJob(world.ctx(await sign(name, at)), approvalOf(row));
      if (isFresh) expect(await act).toEqual({ state: "queued" });
      else expect(await refusalOf(act)).toMatchObject({ reason: "step_up_required" });
    }
  });
});
