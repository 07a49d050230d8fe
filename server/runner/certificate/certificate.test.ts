import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { and, eq, isNull } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { connect } from "#db/client.ts";
import { accessDecision } from "#db/schema/access.ts";
import { auditEntry } from "#db/schema/audit.ts";
import { certificateRequest, sshAuthority, sshCertificate } from "#db/schema/certificate.ts";
import { proposal } from "#db/schema/proposal.ts";
import { parseCertificate } from "#server/domain/ssh-certificate/certificate.ts";
import { awaitCertificate } from "#server/services/certificate/answer.ts";
import { listCertificatePage } from "#server/services/certificate/list.ts";
import { requestCertificate } from "#server/services/certificate/request.ts";
import { revokeCertificate } from "#server/services/certificate/revoke.ts";
import { proposeRotation } from "#server/services/certificate/rotate.ts";
import { exportSignatureLog } from "#server/services/certificate/signature-log.ts";
import { approveProposal } from "#server/services/proposal/decide.ts";
import {
  actorOf,
  type CertificateWorld,
  openCertificateWorld,
  trySsh,
} from "#server/testing/certificates.ts";
import { refusalOf } from "#server/testing/refusal.ts";
import { openSshd, type Sshd } from "#server/testing/sshd.ts";
import type { SshHost } from "#server/domain/host/host.ts";
import { Redactor } from "#server/domain/secret/redact.ts";
import { runBlock } from "../check/check-process.ts";
import { findContainment } from "../process/containment.ts";
import { createSealer } from "../sealing.ts";
import { answerRequest, carryOutRequest } from "./answer-request.ts";
import { makeAuthority } from "./authority.ts";
import { CertificateRunner } from "./certificate-runner.ts";
import { decideRequest } from "./decide.ts";
import { signInOnHost } from "./host-sign-in.ts";
import { certificateSigner } from "./signer.ts";

let world: CertificateWorld;
let sshd: Sshd;
let publicKey = "";

beforeAll(async () => {
  world = await openCertificateWorld([
    actorOf("agt-lane-one"),
    actorOf("agt-lane-two"),
    actorOf("adm-olga-desk", { maxTtlHours: 48 }),
    actorOf("atm-backup-daily", { maxTtlHours: 8 }),
    actorOf("agt-boot-strap", { maxTtlHours: 2 }),
    actorOf("agt-gone-lane", { isRetired: true }),
  ]);
  sshd = await openSshd();
  ({ publicKey } = await world.keys.make());
});
afterAll(async () => {
  await sshd.close();
  await world.close();
});

const HOUR = 3_600_000;

async function signed(actor: string, ttlHours?: number, key = publicKey) {
  const answer = await world.sign(actor, { publicKey: key, ...(ttlHours === undefined ? {} : { ttlHours }) });
  if (answer.kind !== "signed") throw new Error(`${answer.code}: ${answer.says}`);
  const read = parseCertificate(answer.certificate);
  if (read.kind === "refused") throw new Error(read.says);
  return { ...answer, read: read.certificate };
}

const auditOf = (objectId: string) =>
  world.db.select().from(auditEntry).where(eq(auditEntry.objectId, objectId)).orderBy(auditEntry.seq);

describe("a certificate", () => {
  it("says who, as whom and until when, after a decision that stands on record, and is in the log", async () => {
    const one = await signed("agt-lane-one", 3);
    expect(one.read).toMatchObject({
      keyId: "agt-lane-one",
      principals: ["agt-lane-one-in"],
      extensions: ["permit-port-forwarding"],
    });
    expect(one.read.validBefore - one.read.validAfter).toBe(3 * 3600);
    const asked = await world.db
      .select()
      .from(accessDecision)
      .where(eq(accessDecision.decisionId, one.decisionId));
    expect(asked[0]).toMatchObject({
      effect: "allow",
      reason: "signing_policy_matched",
      subject: "agt-lane-one",
    });
    const [entry] = await auditOf(one.certificateId);
    expect(entry).toMatchObject({
      action: "certificate.signed",
      outcome: "done",
      details: {
        decisionId: one.decisionId,
        serial: String(one.read.serial),
        requestedBy: world.people.olga.personId,
      },
    });
    const lines: string[] = [];
    for await (const line of await exportSignatureLog(world.ctx(), {})) lines.push(line);
    expect(JSON.parse(lines.at(-1) ?? "")).toMatchObject({
      actor: "agt-lane-one",
      policy_decision_id: one.decisionId,
      ttl_hours: 3,
    });
    expect(lines.join("")).not.toContain(publicKey.split(" ")[1]);
  });

  it.each([
    ["adm-olga-desk", ["permit-pty"]],
    ["atm-backup-daily", []],
  ])(
    "of %s allows no more than its type needs, for as long as it may where nobody says",
    async (name, more) => {
      const { read } = await signed(name);
      expect(read.extensions).toEqual(more);
      expect(read.validBefore - read.validAfter).toBe((name.startsWith("adm") ? 48 : 8) * 3600);
    },
  );

  it.each<[string, { name: string; ttlHours: number }, { step: string; code: string }]>([
    [
      "an actor that nobody knows",
      { name: "agt-no-such", ttlHours: 1 },
      { step: "actor", code: "unknown_actor" },
    ],
    ["a retired actor", { name: "agt-gone-lane", ttlHours: 1 }, { step: "actor", code: "actor_retired" }],
    [
      "an hour more than the actor may",
      { name: "agt-boot-strap", ttlHours: 3 },
      { step: "decision", code: "ttl_out_of_bounds" },
    ],
    [
      "an hour more than the type may",
      { name: "adm-olga-desk", ttlHours: 49 },
      { step: "decision", code: "ttl_out_of_bounds" },
    ],
    [
      "any number of hours",
      { name: "agt-lane-one", ttlHours: 1e9 },
      { step: "decision", code: "ttl_out_of_bounds" },
    ],
  ])(
    "is refused for %s, at its step, and nothing is signed",
    async (_what, { name, ttlHours }, { step, code }) => {
      const before = await world.db.$count(sshCertificate);
      const answer = await world.sign(name, { publicKey, ttlHours });
      expect(answer).toMatchObject({ kind: "refused", step, code });
      expect(await world.db.$count(sshCertificate)).toBe(before);
      expect((await auditOf(name)).at(-1)).toMatchObject({
        action: "certificate.signed",
        outcome: "denied",
        details: { code, step },
      });
    },
  );

  it("is refused for another subject than the actor's own two", async () => {
    const as = (subject: string) => world.sign("agt-lane-one", { publicKey, ttlHours: 1, subject });
    expect(await as("iam:agt-lane-one")).toMatchObject({ kind: "signed" });
    expect(await as("iam:agt-lane-two")).toMatchObject({ kind: "refused", code: "unknown_subject" });
  });

  it.each<[string, object, string]>([
    ["no hours", { ttlHours: 0 }, "ttlHours"],
    ["fewer than none", { ttlHours: -1 }, "ttlHours"],
    ["half an hour", { ttlHours: 0.5 }, "ttlHours"],
    ["what is no number", { ttlHours: Number.NaN }, "ttlHours"],
    ["hours with a unit", { ttlHours: "2h" }, "ttlHours"],
    ["more hours than there are", { ttlHours: 1e15 }, "ttlHours"],
    ["no actor", { actor: "" }, "actor"],
    ["an actor of two lines", { actor: "agt-a\nagt-b" }, "actor"],
    ["a field that nobody knows", { force: true }, ""],
  ])("is not even asked for with %s", async (_what, change, field) => {
    const input = { actor: "agt-lane-one", publicKey, ttlHours: 1, ...change };
    const read = requestCertificate.input.safeParse(input);
    expect(read.error?.issues[0]?.path.join(".")).toBe(field);
    await Promise.resolve();
  });

  it("is not made for a private key, which is neither kept nor logged", async () => {
    const { path } = await world.keys.make();
    const secret = await readFile(path, "utf8");
    const refused = await refusalOf(
      requestCertificate(world.ctx(), { actor: "agt-lane-one", publicKey: secret, ttlHours: 1 }),
    );
    expect(refused).toMatchObject({ code: "invalid", reason: "private_key" });
    const body = (secret.split("\n")[1] ?? "").slice(0, 30);
    const kept = await world.db.select().from(certificateRequest);
    const entries = await world.db.select().from(auditEntry).orderBy(auditEntry.seq);
    expect(JSON.stringify([kept, entries])).not.toContain(body);
    expect(entries.at(-1)).toMatchObject({ action: "certificate.sign", outcome: "denied" });
  });

  it("is signed for whom the rules name for the type of the actor, as the rules are now", async () => {
    const { otto, ada } = world.people;
    const ask = (actor: string, who: typeof otto) => world.sign(actor, { publicKey, ttlHours: 1, who });
    expect(await ask("agt-lane-one", otto)).toMatchObject({ kind: "signed" });
    expect(await ask("adm-olga-desk", ada)).toMatchObject({ kind: "signed" });
    const refused = await ask("adm-olga-desk", otto);
    expect(refused).toMatchObject({ kind: "refused", step: "actor", code: "actor_type_not_allowed" });
    expect((await auditOf("adm-olga-desk")).at(-1)).toMatchObject({
      action: "certificate.signed",
      outcome: "denied",
      details: { code: "actor_type_not_allowed", requestedBy: otto.personId },
    });
    const page = await listCertificatePage(world.ctx(otto), {});
    const cannot = Object.fromEntries(page.actors.map(({ name, cannot: why }) => [name, why]));
    expect([cannot["agt-lane-one"], cannot["adm-olga-desk"]]).toEqual([
      null,
      expect.stringContaining("Manager"),
    ]);
    // Other rules, past the two people whom they take: that is tested where rules are.
    const owner = connect(world.database.ownerUrl, { max: 1 });
    const rules = (version: number, roles: string) =>
      owner.sql.unsafe(
        `insert into approval_rule_set (version, content, at, proposal_id) select ${version}, ${roles}, now(), null from approval_rule_set where version = 1`,
      );
    await owner.sql`alter table approval_rule_set drop constraint approval_rule_set_by_two`;
    await rules(2, `content || '{"signing":{"adm":["operator"],"agt":[],"atm":[]}}'::jsonb`);
    expect(await ask("adm-olga-desk", otto)).toMatchObject({ kind: "signed" });
    expect(await ask("agt-lane-one", ada)).toMatchObject({ code: "actor_type_not_allowed" });
    await rules(3, `'{"format":"of another day"}'::jsonb`);
    expect(await ask("adm-olga-desk", otto)).toMatchObject({ code: "actor_type_not_allowed" });
    await rules(4, "content");
    await owner.close();
  });

  it("is for an operator to ask for, and for whoever asked to see", async () => {
    const input = { actor: "agt-lane-one", publicKey, ttlHours: 1 };
    expect(await refusalOf(requestCertificate(world.ctx(world.people.rita), input))).toMatchObject({
      code: "forbidden",
    });
    const { requestId } = await requestCertificate(world.ctx(), input);
    await answerRequest(world.parts);
    expect(await refusalOf(awaitCertificate(world.ctx(world.people.rita), { requestId }))).toMatchObject({
      code: "forbidden",
    });
    expect(await refusalOf(awaitCertificate(world.ctx(), { requestId: randomUUID() }))).toMatchObject({
      code: "not_found",
    });
  });

  it("ends the one before it: an actor holds one", async () => {
    const first = await signed("agt-lane-two", 1);
    const second = await signed("agt-lane-two", 1);
    const live = await world.db
      .select({ id: sshCertificate.id })
      .from(sshCertificate)
      .where(and(eq(sshCertificate.actorName, "agt-lane-two"), isNull(sshCertificate.revokedAt)));
    expect(live).toEqual([{ id: second.certificateId }]);
    const { log, scorecard } = await listCertificatePage(world.ctx(), {});
    expect(log.find(({ id }) => id === first.certificateId)).toMatchObject({ state: "revoked" });
    expect(scorecard.filter(({ isGood }) => !isGood)).toEqual([]);
  });

  it("that was asked for too long ago is never signed, by whichever clock", async () => {
    const input = { actor: "agt-lane-one", publicKey, ttlHours: 1 };
    const { requestId } = await requestCertificate(world.ctx(), input);
    world.clock.offsetMs += 11_000;
    expect(await awaitCertificate(world.ctx(), { requestId })).toMatchObject({
      kind: "unavailable",
      code: "runner_unavailable",
    });
    expect(await answerRequest(world.parts)).toBe(false);
    const again = await requestCertificate(world.ctx(), input);
    world.clock.offsetMs += 11_000;
    expect(await answerRequest(world.parts)).toBe(true);
    world.clock.offsetMs = 0;
    expect(await awaitCertificate(world.ctx(), { requestId: again.requestId })).toMatchObject({
      code: "runner_unavailable",
    });
  });

  it("is not signed with what the registry says now, where that was not decided on", async () => {
    const { requestId } = await requestCertificate(world.ctx(), {
      actor: "agt-lane-two",
      publicKey,
      ttlHours: 1,
    });
    const mine = eq(certificateRequest.id, requestId);
    const [asked] = await world.db.select().from(certificateRequest).where(mine);
    if (asked === undefined) throw new Error("The request of the test.");
    const { record } = await decideRequest(world.db, { request: asked, at: world.parts.now() });
    if (record === null) throw new Error("The decision of the test.");
    const older = JSON.parse(
      JSON.stringify(record.question).replace("agt-lane-two-in", "agt-lane-two-before"),
    );
    await world.db
      .update(certificateRequest)
      .set({ state: "decided", ...record, question: older })
      .where(mine);
    const [row] = await world.db.select().from(certificateRequest).where(mine);
    if (row === undefined) throw new Error("The request of the test.");
    await carryOutRequest(world.parts, { row, validSeconds: null });
    expect(await awaitCertificate(world.ctx(), { requestId })).toMatchObject({
      kind: "refused",
      code: "registry_changed",
    });
  });

  it("is unavailable, not denied, where the key of the authority does not open", async () => {
    const sealer = createSealer(Buffer.alloc(32, 7));
    const answer = await world.sign(
      "agt-lane-one",
      { publicKey, ttlHours: 1 },
      { ...world.parts, signer: certificateSigner(sealer) },
    );
    expect(answer).toMatchObject({ kind: "unavailable", step: "sign", code: "ca_unavailable" });
  });

  it("is signed by the runner's own loop, as soon as it is asked for", async () => {
    const runner = new CertificateRunner(world.parts, world.database.appUrl);
    await runner.start();
    const input = { actor: "agt-lane-one", publicKey, ttlHours: 1 };
    const asked = await Promise.all(Array.from({ length: 5 }, () => requestCertificate(world.ctx(), input)));
    const answers = await Promise.all(
      asked.map(({ requestId }) => awaitCertificate(world.ctx(), { requestId })),
    );
    await runner.stop();
    expect(answers.map(({ kind }) => kind)).toEqual(Array.from({ length: 5 }, () => "signed"));
  });
});

describe("the database", () => {
  it("has no certificate without a decision that allowed it, and takes nothing back", async () => {
    const one = await signed("agt-lane-one", 1);
    const [row] = await world.db
      .select()
      .from(sshCertificate)
      .where(eq(sshCertificate.id, one.certificateId));
    const asked = eq(certificateRequest.id, row?.requestId ?? "");
    await expect(
      world.db.insert(sshCertificate).values({
        ...(row ?? expect.fail("signed")),
        id: randomUUID(),
        requestId: randomUUID(),
        serial: "999",
        revokedAt: new Date(),
        revokedReason: "x",
      }),
    ).rejects.toThrow();
    await expect(
      world.db.update(certificateRequest).set({ state: "requested" }).where(asked),
    ).rejects.toThrow();
    await revokeCertificate(world.ctx(), { certificateId: one.certificateId, reason: "Lost laptop" });
    await expect(
      world.db
        .update(sshCertificate)
        .set({ revokedAt: null, revokedReason: null })
        .where(eq(sshCertificate.id, one.certificateId)),
    ).rejects.toThrow();
    expect(
      await refusalOf(revokeCertificate(world.ctx(), { certificateId: one.certificateId, reason: "Twice" })),
    ).toMatchObject({ reason: "revoked_already" });
  });

  it("holds no authority's key that opens elsewhere, and never shows it", async () => {
    const [row] = await world.db.select().from(sshAuthority);
    expect(Buffer.from(row?.sealed ?? []).length).toBeGreaterThan(40);
    const page = JSON.stringify(await listCertificatePage(world.ctx(), {}));
    expect(page).not.toContain("sealed");
  });
});

describe("a block on a host that lets an actor in", () => {
  const block = (change: Partial<SshHost> = {}) => {
    const host: SshHost = {
      kind: "ssh",
      aliases: [],
      denied: [],
      environment: [],
      isRetired: false,
      address: "127.0.0.1",
      port: sshd.port,
      user: sshd.user,
      hostKeys: [sshd.hostKey],
      actor: "agt-lane-two",
      ...change,
    };
    return { host, runId: randomUUID(), requestedBy: world.people.olga.personId };
  };

  it("signs in with a key of its own and a certificate, which ends with the run", async () => {
    sshd.trustAuthority(await world.authorities(), ["agt-lane-two-in"]);
    sshd.revoke(await world.krl());
    const carried = await signed("agt-lane-two", 1);
    const run = block();
    const ready = await signInOnHost(world.parts, run);
    if (ready.kind === "refused") throw new Error(ready.says);
    const { privateKey, certificate, end } = ready.signIn;
    const lines: string[] = [];
    const done = await runBlock({
      ...run,
      script: "echo ran",
      environment: {},
      timeSeconds: 20,
      sshKey: privateKey,
      sshCertificate: certificate,
      redactor: new Redactor(),
      containment: await findContainment(),
      lines: async (more) => void lines.push(...more.map(({ bytes }) => bytes.toString("utf8"))),
      signal: new AbortController().signal,
    });
    expect([done.ending, done.exitCode, lines]).toEqual(["exited", 0, ["ran"]]);
    expect(sshd.log()).toContain("ID agt-lane-two");
    await end();
    const rows = await world.db
      .select()
      .from(sshCertificate)
      .innerJoin(certificateRequest, eq(certificateRequest.id, sshCertificate.requestId))
      .where(eq(certificateRequest.runId, run.runId));
    const [own] = rows;
    expect(own?.ssh_certificate).toMatchObject({
      purpose: "run",
      revokedReason: "The run that it was for is over.",
    });
    // For minutes, not for hours; and whoever carries one away keeps it.
    const { validBefore, signedAt } = own?.ssh_certificate ?? expect.fail("signed");
    expect(validBefore.getTime() - signedAt.getTime()).toBeLessThanOrEqual(180_000);
    const { open } = await listCertificatePage(world.ctx(), {});
    expect(open.map(({ id }) => id)).toContain(carried.certificateId);
  });

  it("is not started where the actor gets none", async () => {
    expect(await signInOnHost(world.parts, block({ actor: "agt-gone-lane" }))).toEqual({
      kind: "refused",
      says: expect.stringContaining("retired"),
    });
  });
});

describe("a real sshd that trusts the authority", () => {
  it("lets a certificate in, until it is revoked", async () => {
    sshd.trustAuthority(await world.authorities(), ["agt-lane-one-in"]);
    sshd.revoke(await world.krl());
    const { path, publicKey: own } = await world.keys.make();
    const one = await signed("agt-lane-one", 1, own);
    await world.keys.certify(path, one.certificate);
    expect(await trySsh(path, sshd)).toEqual({ isIn: true, says: "in\n" });
    expect(sshd.log()).toContain(`ID agt-lane-one (serial ${one.read.serial})`);
    await revokeCertificate(world.ctx(), { certificateId: one.certificateId, reason: "Lost laptop" });
    sshd.revoke(await world.krl());
    expect(await trySsh(path, sshd)).toMatchObject({ isIn: false });
    expect(sshd.log()).toMatch(/revoked/i);
    // The next one of the same actor and key is another one.
    const next = await signed("agt-lane-one", 1, own);
    await world.keys.certify(path, next.certificate);
    expect(await trySsh(path, sshd)).toMatchObject({ isIn: true });
  });

  it("refuses another principal, another authority, one that has run out, and the key alone", async () => {
    sshd.trustAuthority(await world.authorities(), ["agt-lane-one-in"]);
    sshd.revoke(await world.krl());
    const { path, publicKey: own } = await world.keys.make();
    expect(await trySsh(path, sshd)).toMatchObject({ isIn: false });
    const other = await signed("agt-lane-two", 1, own);
    await world.keys.certify(path, other.certificate);
    expect(await trySsh(path, sshd)).toMatchObject({ isIn: false });
    expect(sshd.log()).toContain("does not contain an authorized principal");
    world.clock.offsetMs = -2 * HOUR;
    const late = await signed("agt-lane-one", 1, own);
    world.clock.offsetMs = 0;
    await world.keys.certify(path, late.certificate);
    expect(await trySsh(path, sshd)).toMatchObject({ isIn: false });
    expect(sshd.log()).toContain("expired");
    const good = await signed("agt-lane-one", 1, own);
    await world.keys.certify(path, good.certificate);
    sshd.trustAuthority(`${own.trim()}\n`, ["agt-lane-one-in"]);
    expect(await trySsh(path, sshd)).toMatchObject({ isIn: false });
    sshd.trustAuthority(await world.authorities(), ["agt-lane-one-in"]);
    expect(await trySsh(path, sshd)).toMatchObject({ isIn: true });
  });

  it("trusts the next authority beside the first, which signs no more once two people rotated it", async () => {
    const before = await signed("agt-lane-one", 1);
    const asked = { content: { after: 1 }, reason: "Every year" };
    const { proposalId } = await proposeRotation(world.ctx(), asked);
    const [row] = await world.db.select().from(proposal).where(eq(proposal.id, proposalId));
    const decision = { proposalId, digest: row?.digest ?? "", reason: "Checked" };
    expect(await refusalOf(approveProposal(world.ctx(), decision))).toMatchObject({ code: "forbidden" });
    await approveProposal(world.ctx(world.people.rita), decision);
    await makeAuthority(world.parts);
    const lines = (await world.authorities()).trim().split("\n");
    expect(lines).toHaveLength(2);
    const { path, publicKey: own } = await world.keys.make();
    const after = await signed("agt-lane-two", 1, own);
    expect(after.read.caKey.fingerprint).not.toBe(before.read.caKey.fingerprint);
    await world.keys.certify(path, after.certificate);
    sshd.trustAuthority(`${lines[1]}\n`, ["agt-lane-two-in"]);
    sshd.revoke(await world.krl());
    expect(await trySsh(path, sshd)).toMatchObject({ isIn: false });
    sshd.trustAuthority(`${lines.join("\n")}\n`, ["agt-lane-two-in"]);
    expect(await trySsh(path, sshd)).toMatchObject({ isIn: true });
    const { open, scorecard } = await listCertificatePage(world.ctx(), {});
    expect(open.find(({ id }) => id === before.certificateId)).toMatchObject({ state: "stale" });
    expect(scorecard.find(({ key }) => key === "no_stale")).toMatchObject({ isGood: false });
    expect(await refusalOf(proposeRotation(world.ctx(), asked))).toMatchObject({
      reason: "authority_changed",
    });
  });
});
