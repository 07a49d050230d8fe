import { generateKeyPairSync } from "node:crypto";
import { and, desc, eq } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { auditEntry } from "#db/schema/audit.ts";
import { passkey } from "#db/schema/passkey.ts";
import { CHALLENGE_MAX_MS, PASSKEYS_MAX } from "#server/domain/passkey/limits.ts";
import type { PersonActor } from "#server/domain/policy/decide.ts";
import { SoftwareAuthenticator, type Twist } from "#server/testing/authenticator.ts";
import { approvalOf, type JobWorld, openJobWorld } from "#server/testing/jobs.ts";
import { addPerson, signInAs } from "#server/testing/people.ts";
import { refusalOf, tally } from "#server/testing/refusal.ts";
import { approveJob } from "../job/approve.ts";
import { STEP_UP_MAX_MS } from "../person/limits.ts";
import { proveByPasskey } from "../person/prove-by-passkey.ts";
import { findActor } from "../person/session.ts";
import { stepUp } from "../person/step-up.ts";
import { beginEnrol } from "./begin-enrol.ts";
import { beginProof } from "./begin-proof.ts";
import { removePasskey, renamePasskey } from "./change-passkey.ts";
import { enrolPasskey } from "./enrol-passkey.ts";
import { readAccount } from "./read.ts";

const ORIGIN = "https://console.example.org";

let world: JobWorld;
let rita: PersonActor;
let secret: string;
let key: SoftwareAuthenticator;

beforeAll(async () => {
  world = await openJobWorld();
});
afterAll(() => world.close());
beforeEach(async () => {
  ({ actor: rita, secret } = await signedIn("Rita"));
  key = new SoftwareAuthenticator(ORIGIN);
});

async function signedIn(name: string) {
  const who = await addPerson(world.db, { name, roles: ["reviewer"], at: world.now });
  return signInAs(world, who);
}

const at = (actor: PersonActor, origin = ORIGIN) => ({ ...world.ctx(actor), origin });

async function enrol(actor: PersonActor, with_: SoftwareAuthenticator, twist: Twist = {}) {
  const options = await beginEnrol(at(actor), {});
  return enrolPasskey(at(actor), { name: "Key", response: with_.enrol(options, twist) });
}

async function challenged(actor: PersonActor): Promise<{ challenge: string }> {
  const { options } = await beginProof(at(actor), { way: "passkey" });
  if (options === null) throw new Error("There are no options.");
  return options;
}

const proveWith = (json: unknown, replaces = secret) =>
  proveByPasskey(
    {
      db: world.db,
      clock: world.clock,
      address: "10.1.1.1",
      userAgent: null,
      replaces,
      origin: ORIGIN,
    },
    typeof json === "string" ? json : JSON.stringify(json),
  );

const prove = async (twist: Twist = {}, with_ = key) => proveWith(with_.prove(await challenged(rita), twist));

const find = (sessionSecret: string) =>
  findActor({ db: world.db, clock: world.clock, isActivity: false }, sessionSecret);

async function actorOf(sessionSecret: string): Promise<PersonActor> {
  const actor = await find(sessionSecret);
  if (actor === null) throw new Error("There is no live session.");
  return actor;
}

async function newestDenial(personId: string) {
  const rows = await world.db
    .select()
    .from(auditEntry)
    .where(and(eq(auditEntry.outcome, "denied"), eq(auditEntry.action, "session.prove")))
    .orderBy(desc(auditEntry.seq))
    .limit(5);
  return rows.find(({ actor }) => JSON.stringify(actor).includes(personId))?.details;
}

async function compared() {
  const row = await world.request(await world.person("Olga", "operator"));
  await world.recheck(rita, row.id);
  return row;
}

describe("enrolling a passkey", () => {
  it("keeps the public half, and asks the browser for what we verify", async () => {
    const options = await beginEnrol(at(rita), {});
    expect(options.rp).toEqual({ name: "Countersign", id: "console.example.org" });
    expect(options.authenticatorSelection?.userVerification).toBe("required");
    expect(options.attestation).toBe("none");
    expect(options.challenge).toMatch(/^[A-Za-z0-9_-]{43}$/);
    const { passkeyId } = await enrolPasskey(at(rita), { name: " Laptop ", response: key.enrol(options) });
    const [row] = await world.db.select().from(passkey).where(eq(passkey.id, passkeyId));
    expect(row).toMatchObject({
      personId: rita.personId,
      credentialId: key.credentialId,
      counter: 0,
      name: "Laptop",
      removedAt: null,
    });
  });

  it("takes a proof of the last five minutes, at both ends", async () => {
    const options = await beginEnrol(at(rita), {});
    world.advance(STEP_UP_MAX_MS + 1);
    const late = enrolPasskey(at(rita), { name: "Key", response: key.enrol(options) });
    expect(await refusalOf(late)).toMatchObject({ reason: "step_up_required" });
    expect(await refusalOf(beginEnrol(at(rita), {}))).toMatchObject({ reason: "step_up_required" });
    expect((await readAccount(at(rita), {})).passkeys).toEqual([]);
  });

  it("of a second one takes the first one", async () => {
    await enrol(rita, key);
    expect(await refusalOf(beginEnrol(at(rita), {}))).toMatchObject({ reason: "step_up_required" });
    const proven = await actorOf((await prove()).sessionSecret);
    await enrol(proven, new SoftwareAuthenticator(ORIGIN));
    expect((await readAccount(at(proven), {})).passkeys).toHaveLength(2);
  });

  it.each<[string, Twist]>([
    ["another origin", { origin: "https://console.example.org.evil.example" }],
    ["the same host over http", { origin: "http://console.example.org" }],
    ["the same host on another port", { origin: "https://console.example.org:8443" }],
    ["another relying party", { rpId: "example.org" }],
    ["another challenge", { challenge: "A".repeat(43) }],
    ["a call to prove", { type: "webauthn.get" }],
    ["a foreign frame", { clientData: { crossOrigin: true } }],
    ["a foreign frame that names its top", { clientData: { topOrigin: "https://evil.example" } }],
    ["a person who was not verified", { flags: 0x01 }],
    ["a person who was not present", { flags: 0x04 }],
    [
      "a certificate",
      {
        attestation: {
          fmt: "packed",
          attStmt: new Map<string, number | Uint8Array[]>([
            ["alg", -7],
            ["x5c", [new Uint8Array(8)]],
          ]),
        },
      },
    ],
    ["a format that names addresses", { attestation: { fmt: "android-safetynet", attStmt: new Map() } }],
  ])("is refused for %s", async (_what, twist) => {
    expect(await refusalOf(enrol(rita, key, twist))).toMatchObject({ reason: "passkey_refused" });
    expect((await readAccount(at(rita), {})).passkeys).toEqual([]);
  });

  it("is refused for an id that the authenticator did not make", async () => {
    const response = key.enrol(await beginEnrol(at(rita), {}));
    const other = new SoftwareAuthenticator(ORIGIN).credentialId;
    const forged = { ...response, id: other, rawId: other };
    expect(await refusalOf(enrolPasskey(at(rita), { name: "Key", response: forged }))).toMatchObject({
      reason: "passkey_refused",
    });
  });

  it("takes each challenge once, in time, from the session that asked, for this purpose", async () => {
    const options = await beginEnrol(at(rita), {});
    const broken = key.enrol(options, { flags: 0x01 });
    const whole = key.enrol(options);
    const other = await signInAs(world, { id: rita.personId, name: "Rita" });
    expect(await refusalOf(enrolPasskey(at(other.actor), { name: "Key", response: whole }))).toMatchObject({
      reason: "passkey_refused",
    });
    expect(await refusalOf(enrolPasskey(at(rita), { name: "Key", response: broken }))).toMatchObject({
      reason: "passkey_refused",
    });
    // What was refused after the challenge was found has spent it.
    expect(await refusalOf(enrolPasskey(at(rita), { name: "Key", response: whole }))).toMatchObject({
      reason: "passkey_refused",
    });
    await enrol(rita, key);
    const proof = await challenged(rita);
    const proven = await actorOf((await prove()).sessionSecret);
    const again = new SoftwareAuthenticator(ORIGIN).enrol(proof);
    expect(await refusalOf(enrolPasskey(at(proven), { name: "Key", response: again }))).toMatchObject({
      reason: "passkey_refused",
    });
  });

  it("of a credential that somebody has is refused", async () => {
    await enrol(rita, key);
    const { actor: otto } = await signedIn("Otto");
    expect(await refusalOf(enrol(otto, key))).toMatchObject({ code: "conflict" });
    expect((await readAccount(at(otto), {})).passkeys).toEqual([]);
  });

  it("stops at ten, and is impossible under a bare address", async () => {
    const row = { personId: rita.personId, publicKey: new Uint8Array(1), counter: 0, transports: [] };
    await world.db.insert(passkey).values(
      Array.from({ length: PASSKEYS_MAX }, (_, n) => ({
        ...row,
        id: crypto.randomUUID(),
        credentialId: crypto.randomUUID(),
        name: `Key ${n}`,
        createdAt: world.now,
      })),
    );
    expect((await readAccount(at(rita), {})).may.enrol).toMatchObject({ allowed: false });
    const { actor: otto } = await signedIn("Otto");
    for (const origin of ["https://10.0.0.7", "http://127.0.0.1:3000", "https://[::1]:3000"]) {
      expect(await refusalOf(beginEnrol(at(otto, origin), {}))).toMatchObject({ reason: "no_host_name" });
    }
  });

  it("ends the other sessions of the person, and nobody else's", async () => {
    const other = await signInAs(world, { id: rita.personId, name: "Rita" });
    const { secret: ottos } = await signedIn("Otto");
    await enrol(rita, key);
    expect(await find(other.secret)).toBeNull();
    expect((await actorOf(secret)).personId).toBe(rita.personId);
    expect(await actorOf(ottos)).toBeTruthy();
  });
});

describe("a proof by passkey", () => {
  beforeEach(async () => {
    await enrol(rita, key);
  });

  it("makes a new session in which an approval is taken, and the old one is dead", async () => {
    const row = await compared();
    expect(await refusalOf(approveJob(world.ctx(rita), approvalOf(row)))).toMatchObject({
      reason: "step_up_required",
    });
    const made = await prove();
    const proven = await actorOf(made.sessionSecret);
    expect(await approveJob(world.ctx(proven), approvalOf(row))).toEqual({ state: "queued" });
    expect(await find(secret)).toBeNull();
    const [kept] = await world.db.select().from(passkey).where(eq(passkey.credentialId, key.credentialId));
    expect(kept).toMatchObject({ counter: 1, lastUsedAt: world.now });
  });

  it("counts for five minutes to the millisecond", async () => {
    const proven = await actorOf((await prove()).sessionSecret);
    world.advance(STEP_UP_MAX_MS);
    expect(await beginEnrol(at(proven), {})).toBeTruthy();
    world.advance(1);
    expect(await refusalOf(beginEnrol(at(proven), {}))).toMatchObject({ reason: "step_up_required" });
  });

  it("is the only one that counts: a password alone is refused unread, a sign-in by it proves nothing", async () => {
    const ctx = { db: world.db, clock: world.clock, address: "10.1.1.1", userAgent: null, replaces: secret };
    expect(await refusalOf(stepUp(ctx, "whatever"))).toMatchObject({ reason: "passkey_needed" });
    const fresh = await signInAs(world, { id: rita.personId, name: "Rita" });
    const row = await compared();
    expect(await refusalOf(approveJob(world.ctx(fresh.actor), approvalOf(row)))).toMatchObject({
      reason: "step_up_required",
    });
  });

  it.each<[string, Twist, string]>([
    ["another origin", { origin: "https://evil.example" }, "passkey_refused"],
    ["the same host over http", { origin: "http://console.example.org" }, "passkey_refused"],
    ["another relying party", { rpId: "evil.example" }, "passkey_refused"],
    ["a call to enrol", { type: "webauthn.create" }, "passkey_refused"],
    ["a foreign frame", { clientData: { crossOrigin: true } }, "passkey_refused"],
    ["a person who was not verified", { flags: 0x01 }, "passkey_refused"],
    ["a person who was not present", { flags: 0x04 }, "passkey_refused"],
    [
      "another key",
      { key: generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey },
      "passkey_refused",
    ],
    ["a challenge that nobody made", { challenge: "A".repeat(43) }, "challenge_spent"],
    ["somebody else's handle", { userHandle: "AAAAAAAAAAAAAAAAAAAAAA" }, "foreign_passkey"],
  ])("is refused for %s, audited, and the session lives on unproven", async (_what, twist, reason) => {
    expect(await refusalOf(prove(twist))).toEqual({ code: "forbidden", reason });
    expect(await newestDenial(rita.personId)).toEqual({ reason });
    expect((await actorOf(secret)).sessionId).toBe(rita.sessionId);
    expect(await refusalOf(beginEnrol(at(rita), {}))).toMatchObject({ reason: "step_up_required" });
  });

  it("is refused when any byte of data or signature is another", async () => {
    for (const part of ["authenticatorData", "signature"] as const) {
      const whole = key.prove(await challenged(rita));
      const bytes = Buffer.from(whole.response[part], "base64url");
      bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
      const changed = { ...whole, response: { ...whole.response, [part]: bytes.toString("base64url") } };
      expect(await refusalOf(proveWith(changed))).toMatchObject({ reason: "passkey_refused" });
    }
  });

  it("is taken once: a replay is refused, also at the same moment", async () => {
    const answer = key.prove(await challenged(rita));
    const both = await Promise.allSettled([proveWith(answer), proveWith(answer)]);
    expect(tally(both).done).toBe(1);
    const made = both.find((one) => one.status === "fulfilled");
    const now = made?.status === "fulfilled" ? made.value.sessionSecret : "";
    expect(await refusalOf(proveWith(answer, now))).toMatchObject({ reason: "challenge_spent" });
    expect(await refusalOf(proveWith(answer))).toMatchObject({ reason: "signed_out" });
  });

  it("answers this session's challenge, and in time", async () => {
    const other = await signInAs(world, { id: rita.personId, name: "Rita" });
    const foreign = await challenged(other.actor);
    expect(await refusalOf(proveWith(key.prove(foreign)))).toMatchObject({ reason: "challenge_spent" });
    const late = await challenged(rita);
    world.advance(CHALLENGE_MAX_MS);
    expect(await refusalOf(proveWith(key.prove(late)))).toMatchObject({ reason: "challenge_spent" });
  });

  it("with a counter that stood still or fell is refused and audited as such; going on is taken", async () => {
    secret = (await prove({ counter: 7 })).sessionSecret;
    rita = await actorOf(secret);
    for (const counter of [7, 6, 0]) {
      expect(await refusalOf(prove({ counter }))).toMatchObject({ reason: "counter_fell" });
      expect(await newestDenial(rita.personId)).toEqual({ reason: "counter_fell" });
    }
    await prove({ counter: 8 });
  });

  it("of an authenticator that does not count is taken again and again", async () => {
    for (let n = 0; n < 2; n += 1) {
      secret = (await prove({ counter: 0 })).sessionSecret;
      rita = await actorOf(secret);
    }
  });

  it("by somebody else's passkey, a removed one or an unknown one is refused", async () => {
    const { actor: otto } = await signedIn("Otto");
    const ottos = new SoftwareAuthenticator(ORIGIN);
    await enrol(otto, ottos);
    expect(await refusalOf(prove({}, ottos))).toMatchObject({ reason: "foreign_passkey" });
    expect(await refusalOf(prove({}, new SoftwareAuthenticator(ORIGIN)))).toMatchObject({
      reason: "foreign_passkey",
    });
    secret = (await prove()).sessionSecret;
    rita = await actorOf(secret);
    const second = new SoftwareAuthenticator(ORIGIN);
    await enrol(rita, second);
    const [first] = (await readAccount(at(rita), {})).passkeys;
    await removePasskey(at(rita), { passkeyId: first?.id ?? "" });
    expect(await refusalOf(prove())).toMatchObject({ reason: "foreign_passkey" });
    await prove({}, second);
  });

  it.each(["", "null", "[]", "{", '{"id":"x"}', "x".repeat(100_000)])(
    "of another shape is refused (%#)",
    async (json) => {
      expect(await refusalOf(proveWith(json))).toMatchObject({ reason: "passkey_refused" });
    },
  );

  it("is nothing without a session", async () => {
    const answer = key.prove(await challenged(rita));
    expect(await refusalOf(proveWith(answer, "x".repeat(43)))).toMatchObject({ reason: "signed_out" });
  });

  it("cannot be begun by somebody without a passkey", async () => {
    const { actor: otto } = await signedIn("Otto");
    expect(await refusalOf(beginProof(at(otto), { way: "passkey" }))).toMatchObject({ reason: "no_passkey" });
  });
});

describe("a passkey", () => {
  it("is renamed and removed by its own person only, and removed by a proof of it", async () => {
    const { passkeyId } = await enrol(rita, key);
    const { actor: otto } = await signedIn("Otto");
    for (const act of [
      () => renamePasskey(at(otto), { passkeyId, name: "Mine" }),
      () => removePasskey(at(otto), { passkeyId }),
    ]) {
      expect(await refusalOf(act())).toMatchObject({ reason: "not_found" });
    }
    await renamePasskey(at(rita), { passkeyId, name: "Phone" });
    expect(await refusalOf(removePasskey(at(rita), { passkeyId }))).toMatchObject({
      reason: "step_up_required",
    });
    const proven = await actorOf((await prove()).sessionSecret);
    expect((await readAccount(at(proven), {})).passkeys.map(({ name }) => name)).toEqual(["Phone"]);
    const other = await signInAs(world, { id: rita.personId, name: "Rita" });
    await removePasskey(at(proven), { passkeyId });
    expect(await find(other.secret)).toBeNull();
    expect((await readAccount(at(proven), {})).passkeys).toEqual([]);
    expect(await refusalOf(removePasskey(at(proven), { passkeyId }))).toMatchObject({ reason: "not_found" });
  });

  it("that was removed never comes back", async () => {
    const { passkeyId } = await enrol(rita, key);
    const proven = await actorOf((await prove()).sessionSecret);
    await removePasskey(at(proven), { passkeyId });
    expect(await refusalOf(enrol(proven, key))).toMatchObject({ code: "conflict" });
  });
});
