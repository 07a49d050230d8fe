import { eq } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { passkey } from "#db/schema/passkey.ts";
import { session } from "#db/schema/person.ts";
import type { PersonActor } from "#server/domain/policy/decide.ts";
import { approvalOf, type JobWorld, openJobWorld } from "#server/testing/jobs.ts";
import { addPerson } from "#server/testing/people.ts";
import { answerTo, unfreeze, waitingProposal } from "#server/testing/proposals.ts";
import { refusalOf } from "#server/testing/refusal.ts";
import { PROVIDER_SKEW_MS } from "#server/domain/passkey/limits.ts";
import { beginProof } from "../account/begin-proof.ts";
import { readSession } from "../inbox/session.ts";
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

  describe("asked of the identity provider", () => {
    let present: { secret: string; actor: PersonActor };
    let subject: string;

    const answer = (given: { subject?: string; ago: number | null; replaces?: string | null }) =>
      signInOidc(ctx(given.replaces === undefined ? present.secret : given.replaces), {
        issuer: "https://id.example.org",
        subject: given.subject ?? subject,
        email: null,
        isEmailVerified: false,
        authenticatedAt: given.ago === null ? null : new Date(world.now.getTime() - given.ago),
      });

    beforeEach(async () => {
      const who = await addPerson(world.db, { name: "Vera", roles: ["reviewer"], at: world.now });
      subject = who.id;
      const { sessionSecret } = await signInOidc(ctx(null), {
        issuer: "https://id.example.org",
        subject,
        email: who.email,
        isEmailVerified: true,
        authenticatedAt: null,
      });
      present = { secret: sessionSecret, actor: await actorOf(sessionSecret) };
      await beginProof(world.ctx(present.actor), { way: "sso" });
      world.advance(60_000);
    });

    it("is taken when the provider looked after it was asked, once", async () => {
      const row = await compared();
      expect(await refusalOf(approveJob(world.ctx(present.actor), approvalOf(row)))).toMatchObject({
        reason: "step_up_required",
      });
      const made = await answer({ ago: 2_000 });
      const proven = await actorOf(made.sessionSecret);
      expect(await approveJob(world.ctx(proven), approvalOf(row))).toEqual({ state: "queued" });
      expect(await findActor({ ...ctx(null), isActivity: false }, present.secret)).toBeNull();
      // Asked for nothing any more: an old look signs in and proves nothing.
      const later = await actorOf(
        (await answer({ ago: 400_000, replaces: made.sessionSecret })).sessionSecret,
      );
      expect(await refusalOf(approveJob(world.ctx(later), approvalOf(await compared())))).toMatchObject({
        reason: "step_up_required",
      });
    });

    it.each<[string, number | null]>([
      ["from before it was asked", 60_000 + PROVIDER_SKEW_MS + 1],
      ["of an hour ago", 3_600_000],
      ["ahead of time", -PROVIDER_SKEW_MS - 1],
      ["without a time", null],
    ])("is refused for a look %s, and the session stays as it was", async (_what, ago) => {
      expect(await refusalOf(answer({ ago }))).toEqual({ code: "forbidden", reason: "old_proof" });
      expect((await actorOf(present.secret)).sessionId).toBe(present.actor.sessionId);
      expect(
        await refusalOf(approveJob(world.ctx(present.actor), approvalOf(await compared()))),
      ).toMatchObject({ reason: "step_up_required" });
    });

    it("is refused for another person, also one whom the provider vouches for", async () => {
      const other = await addPerson(world.db, { name: "Otto", roles: ["reviewer"], at: world.now });
      await signInOidc(ctx(null), {
        issuer: "https://id.example.org",
        subject: other.id,
        email: other.email,
        isEmailVerified: true,
        authenticatedAt: null,
      });
      expect(await refusalOf(answer({ subject: other.id, ago: 0 }))).toMatchObject({
        reason: "other_person",
      });
      expect((await actorOf(present.secret)).personId).toBe(present.actor.personId);
      expect(await refusalOf(answer({ subject: "nobody", ago: 0 }))).toMatchObject({ reason: "no_person" });
    });

    it("in another browser is an ordinary sign-in, which proves what the provider says", async () => {
      const elsewhere = await actorOf((await answer({ ago: 400_000, replaces: null })).sessionSecret);
      expect(await refusalOf(approveJob(world.ctx(elsewhere), approvalOf(await compared())))).toMatchObject({
        reason: "step_up_required",
      });
    });
  });
});

it("is asked for as the person signed in, and by passkey when there is one", async () => {
  const proofOf = async (actor: PersonActor) => (await readSession(world.ctx(actor), {})).person.proof;
  expect(await proofOf(rita)).toBe("password");
  // The same person, with the same password on record, by single sign-on.
  const made = await signInOidc(ctx(null), {
    issuer: "https://id.example.org",
    subject: rita.personId,
    email,
    isEmailVerified: true,
    authenticatedAt: null,
  });
  expect(await proofOf(await actorOf(made.sessionSecret))).toBe("sso");
  await world.db.insert(passkey).values({
    id: rita.personId,
    personId: rita.personId,
    credentialId: rita.personId,
    publicKey: new Uint8Array(1),
    counter: 0,
    transports: [],
    name: "Key",
    createdAt: world.now,
  });
  expect(await proofOf(rita)).toBe("passkey");
});
