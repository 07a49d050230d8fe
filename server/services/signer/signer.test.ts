import { eq } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { proposal } from "#db/schema/proposal.ts";
import { operation, signer } from "#db/schema/signing.ts";
import type { PersonActor } from "#server/domain/policy/decide.ts";
import { dumpDatabase } from "#server/testing/database-dump.ts";
import { type JobWorld, openJobWorld } from "#server/testing/jobs.ts";
import { refusalOf, tally } from "#server/testing/refusal.ts";
import { enrol, openSigningKeys, type SigningKey, type SigningKeys } from "#server/testing/signing-keys.ts";
import { approveProposal } from "../proposal/decide.ts";
import { listSignerPage } from "./list.ts";
import { proposeEnrol, proposeRevoke, proposeRotate } from "./propose.ts";
import { prepareRepin, repin } from "./repin.ts";

let world: JobWorld;
let keys: SigningKeys;
let key: SigningKey;
let ada: PersonActor;
let rita: PersonActor;
let sam: PersonActor;

beforeAll(async () => {
  keys = await openSigningKeys();
});
afterAll(() => keys.close());
beforeEach(async () => {
  world = await openJobWorld();
  ada = await world.person("Ada", "admin");
  rita = await world.person("Rita", "reviewer");
  sam = await world.person("Sam", "operator");
  key = await keys.make();
  return () => world.close();
});

const as = (actor: PersonActor) => world.ctx(actor);
const reason = "Because";
const enrolment = (line: string, change: { role?: "operational" | "recovery"; personId?: string } = {}) => ({
  content: {
    personId: sam.personId,
    publicKey: line,
    role: "operational" as const,
    validAfter: null,
    validBefore: null,
    ...change,
  },
  reason,
});

async function agree(by: PersonActor, proposalId: string) {
  const [row] = await world.db.select().from(proposal).where(eq(proposal.id, proposalId));
  return approveProposal(as(by), { proposalId, digest: row?.digest ?? "", reason });
}
const live = async () => {
  const { signers } = await listSignerPage(as(ada), {});
  return signers.filter(({ state }) => state === "valid");
};

describe("enrolling", () => {
  it("takes two people, and then the key may sign", async () => {
    const { proposalId } = await proposeEnrol(as(sam), enrolment(key.publicLine));
    expect(await live()).toEqual([]);
    expect(await refusalOf(agree(sam, proposalId))).toMatchObject({ reason: "self_approval" });
    await agree(rita, proposalId);
    expect(await live()).toMatchObject([{ owner: "Sam", role: "operational", enrolledBy: proposalId }]);
  });

  it.each<[string, () => Promise<string>, string]>([
    ["a private key", () => key.privateText(), "private_key"],
    ["a weak key", async () => (await keys.make("rsa", 2048)).publicLine, "key_refused"],
    ["two lines", async () => `${key.publicLine}\n${key.publicLine}`, "key_refused"],
    ["a line with options", async () => `namespaces="git" ${key.publicLine}`, "key_refused"],
    ["no key", async () => "hello", "key_refused"],
  ])("refuses %s", async (_what, line, why) => {
    expect(await refusalOf(proposeEnrol(as(sam), enrolment(await line())))).toMatchObject({ reason: why });
    expect(await world.db.select().from(proposal)).toEqual([]);
  });

  it("keeps nothing of a pasted private key", async () => {
    const secret = await key.privateText();
    await refusalOf(proposeEnrol(as(sam), enrolment(secret)));
    const stored = (await dumpDatabase(world.database)).map(({ row }) => row).join("\n");
    for (const line of secret.split("\n").filter((one) => one.length > 20 && !one.startsWith("-----"))) {
      expect(stored).not.toContain(line);
    }
  });

  it("refuses a key in two roles, also when both were asked for before either was decided", async () => {
    const one = await proposeEnrol(as(sam), enrolment(key.publicLine));
    const two = await proposeEnrol(as(sam), enrolment(`${key.publicLine} x`, { role: "recovery" }));
    await agree(rita, one.proposalId);
    expect(await refusalOf(agree(rita, two.proposalId))).toMatchObject({ reason: "drift" });
    const again = enrolment(key.publicLine, { role: "recovery", personId: rita.personId });
    expect(await refusalOf(proposeEnrol(as(sam), again))).toMatchObject({ reason: "key_known" });
    expect(await live()).toHaveLength(1);
  });

  it("refuses people without the right", async () => {
    const una = await world.person("Una", "auditor");
    expect(await refusalOf(proposeEnrol(as(una), enrolment(key.publicLine)))).toMatchObject({
      reason: "role_missing",
    });
    const { proposalId } = await proposeEnrol(as(sam), enrolment(key.publicLine));
    const max = await world.person("Max", "manager");
    expect(await refusalOf(agree(max, proposalId))).toMatchObject({ reason: "role_missing" });
  });
});

describe("revoking and rotating", () => {
  it("never takes the last operational key, whoever asks and however many at once", async () => {
    const other = await keys.make();
    const a = await enrol(world.db, { line: key.publicLine, personId: sam.personId, at: world.now });
    expect(await refusalOf(proposeRevoke(as(ada), { content: { signerId: a }, reason }))).toMatchObject({
      reason: "last_operational",
    });
    const b = await enrol(world.db, { line: other.publicLine, personId: rita.personId, at: world.now });
    const cold = await keys.make();
    await enrol(world.db, {
      line: cold.publicLine,
      personId: rita.personId,
      at: world.now,
      role: "recovery",
    });
    const asked = [];
    for (const signerId of [a, b])
      asked.push(await proposeRevoke(as(ada), { content: { signerId }, reason }));
    const { done } = tally(await Promise.allSettled(asked.map(({ proposalId }) => agree(rita, proposalId))));
    expect(done).toBe(1);
    expect((await live()).filter(({ role }) => role === "operational")).toHaveLength(1);
  });

  it("rotates the last one in one step, and the old key does not come back", async () => {
    const old = await enrol(world.db, { line: key.publicLine, personId: sam.personId, at: world.now });
    const fresh = await keys.make("ecdsa", 256);
    const content = { signerId: old, publicKey: fresh.publicLine };
    const { proposalId } = await proposeRotate(as(sam), { content, reason });
    await agree(rita, proposalId);
    expect(await live()).toMatchObject([{ owner: "Sam", keyType: "ecdsa-sha2-nistp256" }]);
    expect(await refusalOf(proposeEnrol(as(sam), enrolment(key.publicLine)))).toMatchObject({
      reason: "key_known",
    });
    expect(await refusalOf(proposeRotate(as(sam), { content, reason }))).toMatchObject({ reason: "revoked" });
  });

  it("keeps keys as they were enrolled, whatever the code would do", async () => {
    const id = await enrol(world.db, { line: key.publicLine, personId: sam.personId, at: world.now });
    for (const change of [{ role: "recovery" as const }, { publicKey: "x" }, { personId: rita.personId }]) {
      await expect(world.db.update(signer).set(change).where(eq(signer.id, id))).rejects.toThrow();
    }
    await expect(world.db.delete(signer).where(eq(signer.id, id))).rejects.toThrow();
  });
});

describe("an emergency re-pin", () => {
  let cold: SigningKey;
  let fresh: SigningKey;
  const ask = () =>
    prepareRepin(as(ada), { personId: sam.personId, publicKey: fresh.publicLine, reason: "Both are lost" });

  beforeEach(async () => {
    cold = await keys.make();
    fresh = await keys.make();
    await enrol(world.db, { line: key.publicLine, personId: sam.personId, at: world.now });
    await enrol(world.db, {
      line: cold.publicLine,
      personId: rita.personId,
      at: world.now,
      role: "recovery",
    });
  });

  it("by the recovery key revokes every operational key and puts the new one in place", async () => {
    const { nonce, message } = await ask();
    await repin(as(rita), { nonce, armored: await cold.sign(message) });
    const left = await live();
    expect(left.map(({ role, owner }) => `${role} ${owner}`).sort()).toEqual([
      "operational Sam",
      "recovery Rita",
    ]);
    expect(left.find(({ role }) => role === "operational")?.publicKey).toBe(
      fresh.publicLine.split(" ").slice(0, 2).join(" "),
    );
    const again = repin(as(rita), { nonce, armored: await cold.sign(message) });
    expect(await refusalOf(again)).toMatchObject({ reason: "ErrReplay" });
  });

  it("by an operational key is refused and spent; so is one by the asker's own recovery key", async () => {
    const { nonce, message } = await ask();
    const armored = await key.sign(message);
    expect(await refusalOf(repin(as(rita), { nonce, armored }))).toMatchObject({ reason: "role_denied" });
    expect(await refusalOf(repin(as(rita), { nonce, armored }))).toMatchObject({ reason: "ErrReplay" });
    const own = await keys.make();
    await enrol(world.db, { line: own.publicLine, personId: ada.personId, at: world.now, role: "recovery" });
    const second = await ask();
    const act = repin(as(ada), { nonce: second.nonce, armored: await own.sign(second.message) });
    expect(await refusalOf(act)).toMatchObject({ reason: "self_signing" });
    expect((await live()).filter(({ role }) => role === "operational")).toHaveLength(1);
  });

  it("over other bytes, for another purpose, too late or with a private key changes nothing", async () => {
    const { nonce, message, expiresAt } = await ask();
    const sent = (armored: string) => refusalOf(repin(as(rita), { nonce, armored }));
    expect(await sent(await cold.sign(`${message} `))).toMatchObject({ reason: "ErrBadSignature" });
    expect(await sent(await cold.sign(message, { namespace: "git" }))).toMatchObject({
      reason: "ErrNamespace",
    });
    expect(await sent(await cold.privateText())).toMatchObject({ reason: "private_key" });
    const late = { ...as(rita), clock: () => expiresAt };
    const act = repin(late, { nonce, armored: await cold.sign(message) });
    expect((await refusalOf(act)).reason).toMatch(/ErrExpired|signed_out|step_up_required/);
    await repin(as(rita), { nonce, armored: await cold.sign(message) });
  });

  it("of something that is not a re-pin is not found", async () => {
    expect(await refusalOf(repin(as(rita), { nonce: "n".repeat(32), armored: "x" }))).toMatchObject({
      reason: "not_found",
    });
    expect(await world.db.select().from(operation)).toEqual([]);
  });
});
