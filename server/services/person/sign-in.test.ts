import { randomUUID } from "node:crypto";
import { desc, eq } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { auditEntry } from "#db/schema/audit.ts";
import { person, session, signInAttempt } from "#db/schema/person.ts";
import { type JobWorld, openJobWorld } from "#server/testing/jobs.ts";
import { addPerson } from "#server/testing/people.ts";
import { refusalOf, tally } from "#server/testing/refusal.ts";
import { addPerson as addPersonVerb } from "./add.ts";
import { THROTTLE } from "./limits.ts";
import { hashPassword } from "./password.ts";
import { findActor } from "./session.ts";
import { signInOidc } from "./sign-in-oidc.ts";
import { signIn } from "./sign-in.ts";

// Hashing a password is slow on purpose, and slower on a busy machine.
vi.setConfig({ testTimeout: 120_000 });

const PASSWORD = "correct horse battery";

let world: JobWorld;
let passwordHash: string;

beforeAll(async () => {
  world = await openJobWorld();
  passwordHash = await hashPassword(PASSWORD);
});
afterAll(() => world.close());

const from = (address: string = randomUUID()) => ({
  db: world.db,
  clock: world.clock,
  address,
  userAgent: "test",
  replaces: null,
});
const local = (name = "Olga") =>
  addPerson(world.db, { name, roles: ["operator"], passwordHash, at: world.now });

describe("signing in", () => {
  it("with the right password opens a session of that person", async () => {
    const { id, email } = await local();
    const made = await signIn(from(), { email, password: PASSWORD });
    expect(made.personId).toBe(id);
    const actor = await findActor({ ...from(), isActivity: false }, made.sessionSecret);
    expect(actor?.personId).toBe(id);
  });

  it("knows an address in any case and with spaces around it", async () => {
    const { id, email } = await local();
    const made = await signIn(from(), { email: ` ${email.toUpperCase()} `, password: PASSWORD });
    expect(made.personId).toBe(id);
  });

  it("gives a new session each time", async () => {
    const { email } = await local();
    const one = await signIn(from(), { email, password: PASSWORD });
    const other = await signIn(from(), { email, password: PASSWORD });
    expect(one.sessionSecret).not.toBe(other.sessionSecret);
  });

  it("fails with the same words whatever was wrong", async () => {
    const { email } = await local();
    const disabled = await local("Disabled");
    await world.db.update(person).set({ disabledAt: world.now }).where(eq(person.id, disabled.id));
    const single = await addPerson(world.db, { name: "Single sign-on", roles: ["operator"] });
    const attempts = [
      { email, password: "wrong" },
      { email, password: "" },
      { email, password: "x".repeat(5000) },
      { email: "nobody@example.org", password: PASSWORD },
      { email: "not an address", password: PASSWORD },
      { email: email.replace("@", "\uff20"), password: PASSWORD },
      { email: `${email}.`, password: PASSWORD },
      { email: `${email}\0`, password: PASSWORD },
      { email: disabled.email, password: PASSWORD },
      { email: single.email, password: "" },
    ];
    const sentences = await Promise.all(
      attempts.map((attempt) =>
        signIn(from(), attempt).then(
          () => "signed in",
          (error: unknown) => (error instanceof Error ? error.message : "?"),
        ),
      ),
    );
    expect(new Set(sentences)).toEqual(new Set(["The e-mail address or the password is not right."]));
  });

  it("takes as long for nobody as for somebody", async () => {
    const { email } = await local();
    const timed = async (attempt: { email: string; password: string }) => {
      const start = performance.now();
      await refusalOf(signIn(from(), attempt));
      return performance.now() - start;
    };
    const [known, unknown]: [number[], number[]] = [[], []];
    for (let round = 0; round < 2; round += 1) {
      known.push(await timed({ email, password: "wrong" }));
      unknown.push(await timed({ email: `${randomUUID()}@example.org`, password: "wrong" }));
    }
    // Without the work for nobody the ratio is beyond 10; the bound leaves room for a busy machine.
    const ratio = Math.min(...known) / Math.min(...unknown);
    expect(ratio).toBeGreaterThan(1 / 2.5);
    expect(ratio).toBeLessThan(2.5);
  });

  it("is audited both ways, without the password", async () => {
    const { id, email } = await local();
    await refusalOf(signIn(from("10.0.0.9"), { email, password: "a-wrong-password" }));
    const [denied] = await newest(1);
    expect(denied).toMatchObject({
      action: "session.start",
      outcome: "denied",
      actor: { kind: "anonymous", id: "10.0.0.9" },
      objectId: email,
      details: { reason: "refused" },
    });
    const { sessionSecret } = await signIn(from(), { email, password: PASSWORD });
    const entries = await newest(2);
    expect(entries[0]).toMatchObject({ action: "session.start", outcome: "done", actor: { id } });
    const kept = JSON.stringify(entries);
    for (const secret of ["a-wrong-password", PASSWORD, sessionSecret]) expect(kept).not.toContain(secret);
  });
});

describe("the throttle", () => {
  /** Failed attempts as they are kept; making each costs the hash of a password. */
  const failures = (count: number, of: { email?: string; address?: string }) =>
    world.db.insert(signInAttempt).values(
      Array.from({ length: count }, () => ({
        email: of.email ?? `${randomUUID()}@example.org`,
        address: of.address ?? randomUUID(),
        succeeded: false,
        at: world.now,
      })),
    );
  const wrong = (email: string, address?: string) => signIn(from(address), { email, password: "wrong" });

  it("holds one account from many addresses, also against the right password, and lets go", async () => {
    const { id, email } = await local();
    await failures(THROTTLE.failuresPerEmail - 1, { email });
    expect(await refusalOf(wrong(email))).toMatchObject({ reason: "refused" });
    const right = () => signIn(from(), { email, password: PASSWORD });
    expect(await refusalOf(right())).toEqual({ code: "limit", reason: "throttled" });
    world.advance(THROTTLE.windowMs / 2);
    expect(await refusalOf(right())).toMatchObject({ reason: "throttled" });
    world.advance(THROTTLE.windowMs / 2);
    expect((await right()).personId).toBe(id);
  });

  it.each(["somebody", "nobody"])("is not passed by a burst at %s's account", async (whose) => {
    const email = whose === "nobody" ? `${randomUUID()}@example.org` : (await local()).email;
    await failures(THROTTLE.failuresPerEmail - 2, { email });
    const burst = await Promise.allSettled(Array.from({ length: 20 }, () => wrong(email)));
    expect(tally(burst).refused).toEqual([
      ...Array<string>(2).fill("refused"),
      ...Array<string>(18).fill("throttled"),
    ]);
  });

  it("lets people sign in at the same moment", async () => {
    const people = await Promise.all(["A", "B", "C"].map(local));
    const made = await Promise.all(
      people.map(({ email }) => signIn(from("10.1.1.1"), { email, password: PASSWORD })),
    );
    expect(made.map(({ personId }) => personId)).toEqual(people.map(({ id }) => id));
  });

  it("holds one address that tries many accounts, and no other", async () => {
    await failures(THROTTLE.failuresPerAddress, { address: "10.2.2.2" });
    const { email } = await local();
    expect(await refusalOf(signIn(from("10.2.2.2"), { email, password: PASSWORD }))).toMatchObject({
      reason: "throttled",
    });
    await signIn(from("10.2.2.3"), { email, password: PASSWORD });
  });

  it("does not count what it did not look at, so that waiting helps", async () => {
    const { email } = await local();
    await failures(THROTTLE.failuresPerEmail, { email });
    for (let n = 0; n < 3; n += 1) {
      expect(await refusalOf(wrong(email))).toMatchObject({ reason: "throttled" });
    }
    expect(await world.db.$count(signInAttempt, eq(signInAttempt.email, email))).toBe(
      THROTTLE.failuresPerEmail,
    );
  });
});

describe("single sign-on", () => {
  const issuer = "https://id.example.org";
  const claims = (change: object) => ({
    issuer,
    subject: randomUUID(),
    email: null,
    isEmailVerified: true,
    authenticatedAt: null,
    ...change,
  });

  it("binds a person by the verified address once, and counts only issuer and subject then", async () => {
    const { id, email } = await local();
    const identity = claims({ email: email.toUpperCase() });
    expect((await signInOidc(from(), identity)).personId).toBe(id);
    expect((await signInOidc(from(), { ...identity, email: "moved@example.org" })).personId).toBe(id);
    expect(await refusalOf(signInOidc(from(), claims({ email })))).toMatchObject({ reason: "no_person" });
    const elsewhere = { ...identity, issuer: "https://other.example.org" };
    expect(await refusalOf(signInOidc(from(), elsewhere))).toMatchObject({ reason: "no_person" });
  });

  it.each<[string, (email: string) => object]>([
    ["an address that is not verified", (email) => ({ email, isEmailVerified: false })],
    ["no address", () => ({ email: null })],
    ["an address of nobody", () => ({ email: "nobody@example.org" })],
    ["an address with another at sign", (email) => ({ email: email.replace("@", "\ufe6b") })],
  ])("refuses %s", async (_what, change) => {
    const { email } = await local();
    expect(await refusalOf(signInOidc(from(), claims(change(email))))).toEqual({
      code: "unauthenticated",
      reason: "no_person",
    });
  });

  it("refuses a disabled person, bound or not", async () => {
    const { id, email } = await local();
    const identity = claims({ email });
    await signInOidc(from(), identity);
    await world.db.update(person).set({ disabledAt: world.now }).where(eq(person.id, id));
    expect(await refusalOf(signInOidc(from(), identity))).toMatchObject({ reason: "no_person" });
    expect(await world.db.$count(session, eq(session.personId, id))).toBe(1);
  });
});

describe("adding a person", () => {
  it("gives a first password that works, and keeps only its hash", async () => {
    const admin = await world.person("Ada", "admin");
    const email = `${randomUUID()}@example.org`;
    const made = await addPersonVerb(world.ctx(admin), { email, name: "New", roles: ["operator"] });
    expect((await signIn(from(), { email, password: made.password })).personId).toBe(made.personId);
    const [row] = await world.db.select().from(person).where(eq(person.id, made.personId));
    expect(row?.passwordHash).toMatch(/^scrypt\$/);
    expect(JSON.stringify(await newest(5))).not.toContain(made.password);
  });

  it("makes no second account of one address, also at the same moment", async () => {
    const admin = await world.person("Ada", "admin");
    const [one, other] = [`${randomUUID()}@example.org`, `${randomUUID()}@example.org`];
    const add = (email: string) =>
      addPersonVerb(world.ctx(admin), { email, name: "Twin", roles: ["operator"] });
    await add(one);
    expect(await refusalOf(add(one.toUpperCase()))).toEqual({ code: "conflict", reason: "exists" });
    const results = await Promise.allSettled([add(other), add(other), add(other)]);
    expect(tally(results).done).toBe(1);
    expect(new Set(tally(results).refused)).toEqual(new Set(["collision"]));
  });
});

function newest(count: number) {
  return world.db.select().from(auditEntry).orderBy(desc(auditEntry.seq)).limit(count);
}
