import { and, desc, eq } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { auditEntry } from "#db/schema/audit.ts";
import { operation, signature, signer, usedNonce } from "#db/schema/signing.ts";
import type { Role } from "#server/domain/person/states.ts";
import type { PersonActor } from "#server/domain/policy/decide.ts";
import { dumpDatabase } from "#server/testing/database-dump.ts";
import { approvalOf, destroying, type JobRow, type JobWorld, openJobWorld } from "#server/testing/jobs.ts";
import { refusalOf, tally } from "#server/testing/refusal.ts";
import { enrol, openSigningKeys, type SigningKey, type SigningKeys } from "#server/testing/signing-keys.ts";
import { readInbox } from "../inbox/list.ts";
import { disablePerson } from "../person/disable.ts";
import { approveJob } from "./approve.ts";
import { readJob } from "./get.ts";
import { signJob } from "./sign.ts";
import { startJob } from "./start.ts";
import { withdrawJob } from "./withdraw.ts";

let world: JobWorld;
let keys: SigningKeys;
let key: SigningKey;
let signerId: string;
let olga: PersonActor;
let rita: PersonActor;
let sam: PersonActor;

beforeAll(async () => {
  keys = await openSigningKeys();
});
afterAll(() => keys.close());

beforeEach(async () => {
  world = await openJobWorld();
  olga = await world.person("Olga", "operator", "reviewer");
  rita = await world.person("Rita", "reviewer");
  sam = await world.person("Sam", "operator");
  key = await keys.make();
  signerId = await enrol(world.db, { line: key.publicLine, personId: sam.personId, at: world.now });
  return () => world.close();
});

async function approved(startsOnApproval = true): Promise<JobRow> {
  const job = await world.request(olga, { change: destroying, startsOnApproval });
  await world.recheck(rita, job.id, destroying);
  await approveJob(world.ctx(rita), { ...approvalOf(job), typedTarget: "client" });
  return world.job(job.id);
}

async function messageOf(jobId: string): Promise<string> {
  const [row] = await world.db
    .select()
    .from(operation)
    .where(eq(operation.jobId, jobId))
    .orderBy(desc(operation.attempt))
    .limit(1);
  if (!row) throw new Error("There is nothing to sign.");
  return row.message;
}

const hand = (by: PersonActor, jobId: string, armored: string) =>
  present(by, jobId, { armored, signed: null });

/** With the bytes that were signed, where they are not those of the page. */
const present = (by: PersonActor, jobId: string, of: { armored: string; signed: string | null }) =>
  signJob(world.ctx(by), {
    jobId,
    armored: of.armored,
    operation: of.signed === null ? null : Buffer.from(of.signed).toString("base64"),
  });

const spent = async () => (await world.db.select().from(usedNonce)).length;

/** The frozen envelope with something else in it, in canonical form as its keys stay in order. */
function changed(message: string, change: (envelope: Envelope) => void): string {
  const envelope: Envelope = JSON.parse(message);
  change(envelope);
  return JSON.stringify(envelope);
}
interface Envelope {
  expires_at: string;
  issued_at: string;
  nonce: string;
  op: string;
  params: Record<string, unknown>;
  target: { guest_id: string; host_id: string };
}

async function lastAudit() {
  const [entry] = await world.db
    .select()
    .from(auditEntry)
    .where(eq(auditEntry.action, "job.sign"))
    .orderBy(desc(auditEntry.seq))
    .limit(1);
  return entry;
}

describe("a plan that destroys", () => {
  it("stands in the inbox of whoever has a key for it, and of nobody else, until it is signed", async () => {
    const job = await approved();
    const signRows = async (who: PersonActor) =>
      (await readInbox(world.ctx(who), {})).decide.filter(({ kind }) => kind === "signature");
    expect(await signRows(sam)).toMatchObject([{ id: job.id, tenantId: job.tenantId }]);
    expect(await signRows(rita)).toEqual([]);
    expect(await signRows(olga)).toEqual([]);
    await world.db
      .update(signer)
      .set({ revokedAt: world.now, revokedBy: "test" })
      .where(eq(signer.id, signerId));
    expect(await signRows(sam)).toEqual([]);
  });

  it("waits for a signature after its approval, and runs on a third person's", async () => {
    const job = await approved();
    expect(job).toMatchObject({ state: "awaiting_signature", queuedAt: null });
    const { state } = await hand(rita, job.id, await key.sign(await messageOf(job.id)));
    expect(state).toBe("queued");
    const [row] = await world.db.select().from(signature).where(eq(signature.jobId, job.id));
    expect(row).toMatchObject({
      signerId,
      personId: sam.personId,
      presentedBy: rita.personId,
      digest: job.digest,
    });
    expect(await lastAudit()).toMatchObject({
      outcome: "done",
      details: { outcome: "signed", signedBy: sam.personId },
    });
    const page = await readJob(world.ctx(rita), { jobId: job.id });
    expect(page.signing).toMatchObject({ signed: { name: "Sam" }, hasSigners: true });
  });

  it("may be signed by its approver's own key, and is armed where the requester starts it", async () => {
    const own = await keys.make("ecdsa", 384);
    await enrol(world.db, { line: own.publicLine, personId: rita.personId, at: world.now });
    const job = await approved(false);
    await hand(rita, job.id, await own.sign(await messageOf(job.id)));
    expect(await world.job(job.id)).toMatchObject({ state: "approved" });
    await startJob(world.ctx(olga), { jobId: job.id });
    expect(await world.job(job.id)).toMatchObject({ state: "queued" });
  });

  it("cannot be started, withdrawn twice or signed before its approval", async () => {
    const asked = await world.request(olga, { change: destroying });
    const armored = await key.sign(await messageOf(asked.id));
    expect(await refusalOf(hand(rita, asked.id, armored))).toMatchObject({ reason: "not_waiting" });
    expect(await spent()).toBe(0);
    const job = await approved();
    expect(await refusalOf(startJob(world.ctx(olga), { jobId: job.id }))).toMatchObject({
      reason: "not_armed",
    });
    await withdrawJob(world.ctx(olga), { jobId: job.id, reason: "Not now" });
    const late = await key.sign(await messageOf(job.id));
    expect(await refusalOf(hand(rita, job.id, late))).toMatchObject({ reason: "not_waiting" });
    expect(await world.job(job.id)).toMatchObject({ state: "withdrawn" });
  });

  it("names what it destroys, and binds the digest that was approved", async () => {
    const job = await approved();
    const message = await messageOf(job.id);
    const envelope: Envelope = JSON.parse(message);
    expect(envelope).toMatchObject({
      op: "decommission",
      target: { guest_id: job.tenantId, host_id: expect.stringMatching(/^countersign-[0-9a-f-]{36}$/) },
      params: { digest: job.digest, job: job.id, calls: ["POST identity /domains", "POST identity /users"] },
      expires_at: job.expiresAt.toISOString(),
    });
    expect(envelope.nonce).not.toBe(job.nonce);
  });
});

describe("what is refused before the nonce", () => {
  it.each<[string, (message: string) => Promise<[string, string | null]>, string]>([
    ["a text that is no signature", async () => ["-----BEGIN NOTHING-----", null], "ErrMalformed"],
    [
      "a signature for another purpose",
      async (message) => [await key.sign(message, { namespace: "git" }), null],
      "ErrNamespace",
    ],
    [
      "the key of a stranger",
      async (message) => [await (await keys.make()).sign(message), null],
      "ErrUnknownSigner",
    ],
    [
      "a weak key",
      async (message) => [await (await keys.make("rsa", 2048)).sign(message), null],
      "ErrMalformed",
    ],
    [
      "a signature over other bytes",
      async (message) => [await key.sign(`${message} `), null],
      "ErrBadSignature",
    ],
    [
      "bytes that are not canonical",
      async (message) => {
        const other = `${message}\n`;
        return [await key.sign(other), other];
      },
      "ErrMalformed",
    ],
    [
      "an operation for another host",
      async (message) => {
        const other = changed(message, ({ target }) => void (target.host_id = "countersign-other"));
        return [await key.sign(other), other];
      },
      "ErrTarget",
    ],
    [
      "an operation whose time is over",
      async (message) => {
        const other = changed(message, (envelope) => {
          envelope.issued_at = new Date(world.now.getTime() - 7_200_000).toISOString();
          envelope.expires_at = world.now.toISOString();
        });
        return [await key.sign(other), other];
      },
      "ErrExpired",
    ],
    [
      "an operation from the future",
      async (message) => {
        const other = changed(message, (envelope) => {
          envelope.issued_at = new Date(world.now.getTime() + 120_001).toISOString();
        });
        return [await key.sign(other), other];
      },
      "ErrNotYetValid",
    ],
  ])("%s: and the good one is taken afterwards", async (_what, make, reason) => {
    const job = await approved();
    const message = await messageOf(job.id);
    const [armored, signed] = await make(message);
    const error = await present(rita, job.id, { armored, signed }).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ details: { reason, facts: { outcome: "rejected" } } });
    expect(await lastAudit()).toMatchObject({ outcome: "denied", details: { reason } });
    expect(await spent()).toBe(0);
    expect(await world.job(job.id)).toMatchObject({ state: "awaiting_signature" });
    await hand(rita, job.id, await key.sign(message));
    expect(await world.job(job.id)).toMatchObject({ state: "queued" });
  });

  it("a key that was revoked or whose time is over", async () => {
    const job = await approved();
    const message = await messageOf(job.id);
    const armored = await key.sign(message);
    const short = await keys.make();
    await enrol(world.db, {
      line: short.publicLine,
      personId: sam.personId,
      at: world.now,
      validBefore: new Date(world.now.getTime() - 1000),
    });
    expect(await refusalOf(hand(rita, job.id, await short.sign(message)))).toMatchObject({
      reason: "ErrUnknownSigner",
    });
    await world.db
      .update(signer)
      .set({ revokedAt: world.now, revokedBy: "test", revokedReason: "lost" })
      .where(eq(signer.id, signerId));
    expect(await refusalOf(hand(rita, job.id, armored))).toMatchObject({ reason: "ErrUnknownSigner" });
    expect(await spent()).toBe(0);
  });

  it("everything, while no signer is enrolled", async () => {
    const empty = await openJobWorld();
    try {
      const operator = await empty.person("Olga", "operator");
      const reviewer = await empty.person("Rita", "reviewer");
      const job = await empty.request(operator, { change: destroying });
      await empty.recheck(reviewer, job.id, destroying);
      await approveJob(empty.ctx(reviewer), { ...approvalOf(job), typedTarget: "client" });
      const [row] = await empty.db.select().from(operation).where(eq(operation.jobId, job.id));
      const armored = await key.sign(row?.message ?? "");
      const act = signJob(empty.ctx(reviewer), { jobId: job.id, armored, operation: null });
      expect(await refusalOf(act)).toEqual({ code: "approval_required", reason: "pending_signature" });
      expect(await empty.job(job.id)).toMatchObject({ state: "awaiting_signature" });
      const { signing } = await readJob(empty.ctx(reviewer), { jobId: job.id });
      expect(signing).toMatchObject({ hasSigners: false, couldSign: [] });
    } finally {
      await empty.close();
    }
  });

  it("a request that has expired meanwhile", async () => {
    const job = await approved();
    const message = await messageOf(job.id);
    const late = { ...world.ctx(rita), clock: () => job.expiresAt };
    const act = signJob(late, { jobId: job.id, armored: await key.sign(message), operation: null });
    expect((await refusalOf(act)).reason).toMatch(/ErrExpired|signed_out/);
  });
});

describe("what is refused after the nonce spends it, and fresh bytes are there", () => {
  const wrong: [string, () => Promise<{ with: SigningKey; change?: (e: Envelope) => void }>, string][] = [
    [
      "a recovery key",
      async () => {
        const cold = await keys.make();
        await enrol(world.db, {
          line: cold.publicLine,
          personId: sam.personId,
          at: world.now,
          role: "recovery",
        });
        return { with: cold };
      },
      "role_denied",
    ],
    [
      "another class",
      async () => ({ with: key, change: (e) => void (e.op = "guest_destroy") }),
      "binding_mismatch",
    ],
    [
      "another tenant",
      async () => ({ with: key, change: (e) => void (e.target.guest_id = "somebody") }),
      "binding_mismatch",
    ],
    [
      "another digest",
      async () => ({ with: key, change: (e) => void (e.params["digest"] = `sha256:${"0".repeat(64)}`) }),
      "binding_mismatch",
    ],
    [
      "the requester's own key",
      async () => {
        const own = await keys.make();
        await enrol(world.db, { line: own.publicLine, personId: olga.personId, at: world.now });
        return { with: own };
      },
      "self_signing",
    ],
    [
      "the key of somebody who is out",
      async () => {
        const boss = await world.person("Boss", "admin");
        await disablePerson(world.ctx(boss), { personId: sam.personId });
        return { with: key };
      },
      "signer_gone",
    ],
    [
      "the key of somebody without the right",
      async () => {
        const audits = await world.person("Una", "auditor");
        const own = await keys.make();
        await enrol(world.db, { line: own.publicLine, personId: audits.personId, at: world.now });
        return { with: own };
      },
      "signer_gone",
    ],
  ];

  it.each(wrong)("%s", async (_what, make, reason) => {
    const job = await approved();
    const message = await messageOf(job.id);
    const { with: used, change } = await make();
    const signed = change ? changed(message, change) : message;
    const armored = await used.sign(signed);
    expect(await refusalOf(present(rita, job.id, { armored, signed }))).toMatchObject({ reason });
    expect(await lastAudit()).toMatchObject({ outcome: "denied", details: { reason } });
    expect(await spent()).toBe(1);
    expect(await world.db.select().from(signature)).toEqual([]);
    expect(await refusalOf(present(rita, job.id, { armored, signed }))).toMatchObject({
      reason: "ErrReplay",
    });
    const fresh = await messageOf(job.id);
    expect(fresh).not.toBe(message);
    expect(await world.job(job.id)).toMatchObject({ state: "awaiting_signature" });
  });

  it("the operation of another job: that one gets fresh bytes, both can be signed after", async () => {
    const one = await approved();
    const other = await approved();
    const otherMessage = await messageOf(other.id);
    const armored = await key.sign(otherMessage);
    expect(await refusalOf(present(rita, one.id, { armored, signed: otherMessage }))).toMatchObject({
      reason: "binding_mismatch",
    });
    expect(await refusalOf(hand(rita, other.id, armored))).toMatchObject({ reason: "ErrBadSignature" });
    expect(await refusalOf(present(rita, other.id, { armored, signed: otherMessage }))).toMatchObject({
      reason: "ErrReplay",
    });
    for (const job of [one, other]) {
      await hand(rita, job.id, await key.sign(await messageOf(job.id)));
      expect(await world.job(job.id)).toMatchObject({ state: "queued" });
    }
  });
});

describe("who may hand it in", () => {
  it.each<[string, Role[], string]>([
    ["an auditor", ["auditor"], "role_missing"],
    ["an admin", ["admin"], "role_missing"],
    ["a manager", ["manager"], "role_missing"],
  ])("not %s", async (_what, roles, reason) => {
    const job = await approved();
    const one = await world.person("One", ...roles);
    expect(await refusalOf(hand(one, job.id, await key.sign(await messageOf(job.id))))).toMatchObject({
      reason,
    });
    expect(await spent()).toBe(0);
  });

  it("not the requester, whoever's key it is", async () => {
    const job = await approved();
    const armored = await key.sign(await messageOf(job.id));
    expect(await refusalOf(hand(olga, job.id, armored))).toMatchObject({ reason: "self_approval" });
    expect(await spent()).toBe(0);
  });
});

it("of 50 presentations at the same moment one is taken", async () => {
  const job = await approved();
  const armored = await key.sign(await messageOf(job.id));
  const others = await Promise.all(Array.from({ length: 10 }, (_, n) => world.person(`R${n}`, "reviewer")));
  const acts = Array.from({ length: 50 }, (_, n) => hand(others[n % 10] ?? rita, job.id, armored));
  const { done, refused } = tally(await Promise.allSettled(acts));
  expect({ done, refused: new Set(refused) }).toEqual({ done: 1, refused: new Set(["ErrReplay"]) });
  expect(await spent()).toBe(1);
  expect(await world.db.select().from(signature)).toHaveLength(1);
});

it("of a key that is revoked in that moment is taken whole or not at all", async () => {
  for (let round = 0; round < 12; round += 1) {
    const own = await keys.make();
    const ownId = await enrol(world.db, { line: own.publicLine, personId: sam.personId, at: world.now });
    const job = await approved();
    const armored = await own.sign(await messageOf(job.id));
    const before = await spent();
    const revoke = async () => {
      // Earlier and later within the time that a verdict takes.
      for (let n = 0; n < round; n += 1) await world.db.select().from(signer).where(eq(signer.id, ownId));
      await world.db
        .update(signer)
        .set({ revokedAt: world.now, revokedBy: "test", revokedReason: "lost" })
        .where(eq(signer.id, ownId));
    };
    const [handed] = await Promise.allSettled([hand(rita, job.id, armored), revoke()]);
    const rows = await world.db.select().from(signature).where(eq(signature.jobId, job.id));
    if (handed.status === "fulfilled") {
      expect(await world.job(job.id)).toMatchObject({ state: "queued" });
      expect({ signatures: rows.length, spent: (await spent()) - before }).toEqual({
        signatures: 1,
        spent: 1,
      });
    } else {
      expect(handed.reason).toMatchObject({ details: { reason: "ErrUnknownSigner" } });
      expect(await world.job(job.id)).toMatchObject({ state: "awaiting_signature" });
      expect({ signatures: rows.length, spent: (await spent()) - before }).toEqual({
        signatures: 0,
        spent: 0,
      });
    }
  }
});

it("a pasted private key is refused and stands nowhere", async () => {
  const job = await approved();
  const secret = await key.privateText();
  const error = await hand(rita, job.id, secret).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ details: { reason: "private_key", field: "armored" } });
  expect(String(error)).toMatch(/retire it/);
  const [entry] = await world.db
    .select()
    .from(auditEntry)
    .where(and(eq(auditEntry.action, "job.sign"), eq(auditEntry.outcome, "denied")));
  expect(entry?.details).toEqual({ code: "invalid", reason: "private_key" });
  const stored = (await dumpDatabase(world.database)).map(({ row }) => row).join("\n");
  const lines = secret.split("\n").filter((line) => line.length > 20 && !line.startsWith("-----"));
  expect(lines.length).toBeGreaterThan(3);
  for (const line of lines) {
    expect(stored).not.toContain(line);
    expect(JSON.stringify(error)).not.toContain(line);
  }
});
