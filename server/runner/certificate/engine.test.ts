import { desc, eq } from "drizzle-orm";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { auditEntry } from "#db/schema/audit.ts";
import { sshCertificate, sshEngineToken, sshEngineTrial } from "#db/schema/certificate.ts";
import { proposal } from "#db/schema/proposal.ts";
import { parseCertificate } from "#server/domain/ssh-certificate/certificate.ts";
import { type Engine, engineSchema, tryEngineSchema } from "#server/domain/ssh-certificate/schema.ts";
import { proposeBackend } from "#server/services/certificate/backend.ts";
import { readBackend } from "#server/services/certificate/backend-page.ts";
import { revokeCertificate } from "#server/services/certificate/revoke.ts";
import { tryEngine } from "#server/services/certificate/try-engine.ts";
import { approveProposal } from "#server/services/proposal/decide.ts";
import {
  actorOf,
  type CertificateWorld,
  openCertificateWorld,
  trySsh,
} from "#server/testing/certificates.ts";
import { refusalOf } from "#server/testing/refusal.ts";
import { ENGINE_TOKEN_OF_TESTS, type Misbehaviour, openSshEngine } from "#server/testing/ssh-engine.ts";
import { openSshd } from "#server/testing/sshd.ts";
import { makeAuthority } from "./authority.ts";
import { keepEngineToken } from "./engine-token.ts";
import { tryEngineNow } from "./engine-trial.ts";

let world: CertificateWorld;
let remote: Awaited<ReturnType<typeof openSshEngine>>;
let engine: Engine;
let publicKey = "";

beforeAll(async () => {
  world = await openCertificateWorld([actorOf("adm-olga-desk"), actorOf("agt-lane-one")]);
  remote = await openSshEngine();
  // As an engine gives it: without a comment. With one it is the same key.
  const key = remote.publicKey.replace(/ ca$/, "");
  engine = engineSchema.parse({ addr: remote.addr, publicKey: key });
  ({ publicKey } = await world.keys.make());
});
afterAll(async () => {
  await remote.close();
  await world.close();
});
afterEach(() => {
  remote.state.wrong = {};
  remote.state.ca = "ca";
});

const REASON = "It has the keys";

/** What came of trying an engine out. */
async function tried(of: Engine = engine) {
  const { trialId } = await tryEngine(world.ctx(), { engine: of });
  expect(await tryEngineNow(world.parts)).toBe(true);
  const [trial] = await world.db.select().from(sshEngineTrial).where(eq(sshEngineTrial.id, trialId));
  return { state: trial?.state, says: trial?.findings.at(-1) ?? "", findings: trial?.findings ?? [] };
}

async function putInPlace(content: Parameters<typeof proposeBackend>[1]["content"]): Promise<void> {
  const { proposalId } = await proposeBackend(world.ctx(), { content, reason: REASON });
  await approved(proposalId);
}

async function approved(proposalId: string): Promise<void> {
  const [row] = await world.db.select().from(proposal).where(eq(proposal.id, proposalId));
  await approveProposal(world.ctx(world.people.rita), {
    proposalId,
    digest: row?.digest ?? "",
    reason: "Looked at",
  });
}

describe("an engine's description", () => {
  it.each<[string, object, string]>([
    ["http elsewhere", { addr: "http://bao.example.org" }, "engine.addr"],
    ["another protocol", { addr: "ftp://127.0.0.1" }, "engine.addr"],
    ["a path", { addr: "https://bao.example.org/v1" }, "engine.addr"],
    ["an account", { addr: "https://a:b@bao.example.org" }, "engine.addr"],
    ["a password alone", { addr: "https://:b@bao.example.org" }, "engine.addr"],
    ["no address", { addr: "bao" }, "engine.addr"],
    ["a mount that climbs", { mount: "ssh/../sys" }, "engine.mount"],
    ["a mount with a slash at its end", { mount: "ssh/" }, "engine.mount"],
    ["a role that is a path", { roles: { agt: "a/b" } }, "engine.roles.agt"],
    ["a role for what is no type", { roles: { root: "root-role" } }, "engine.roles"],
    ["a token", { token: "hvs.secret" }, "engine"],
    ["no key", { publicKey: " " }, "engine.publicKey"],
  ])("is refused with %s, naming the field", (_what, change, field) => {
    const read = tryEngineSchema.safeParse({ engine: { ...engine, ...change } });
    expect(read.error?.issues[0]?.path.join(".")).toBe(field);
  });

  it("has the usual mount and roles where none are named", () => {
    expect(engine).toMatchObject({
      mount: "ssh",
      roles: { adm: "adm-role", agt: "agt-role", atm: "atm-role" },
    });
  });

  it("is refused with a private key or a certificate in the place of its public key", async () => {
    const asked = (key: string) =>
      refusalOf(tryEngine(world.ctx(), { engine: { ...engine, publicKey: key } }));
    expect(await asked("-----BEGIN OPENSSH PRIVATE KEY-----\nx")).toMatchObject({ reason: "private_key" });
    expect(await asked("ssh-ed25519 AAAA")).toMatchObject({ code: "invalid" });
  });
});

describe("before two people put an engine in place", () => {
  it("is nothing tried without a token, and a token goes to no other address than its own", async () => {
    expect(await tried()).toMatchObject({ state: "failed", says: expect.stringContaining("has no") });
    await keepEngineToken(world.parts, {
      addr: "https://elsewhere.example.org",
      token: ENGINE_TOKEN_OF_TESTS,
    });
    expect(await tried()).toMatchObject({ state: "failed", says: expect.stringContaining("nowhere else") });
    expect(remote.state.seen).toEqual([]);
    await keepEngineToken(world.parts, { addr: remote.addr, token: ENGINE_TOKEN_OF_TESTS });
    await keepEngineToken(world.parts, { addr: remote.addr, token: ENGINE_TOKEN_OF_TESTS });
    expect(await world.db.$count(sshEngineToken)).toBe(2);
  });

  it.each<[string, Misbehaviour, string | RegExp]>([
    [
      "a role gives more than its type may",
      {
        roles: {
          "agt-role": {
            key_type: "ca",
            max_ttl: 90_000,
            allow_user_certificates: true,
            allow_user_key_ids: true,
          },
        },
      },
      /gives up to 25 hours/,
    ],
    [
      "a role has no maximum",
      {
        roles: {
          "agt-role": { key_type: "ca", max_ttl: 0, allow_user_certificates: true, allow_user_key_ids: true },
        },
      },
      /no max_ttl/,
    ],
    [
      "a role takes no key ids",
      { roles: { "agt-role": { key_type: "ca", max_ttl: 60, allow_user_certificates: true } } },
      /key id/,
    ],
    [
      "a role is for hosts",
      { roles: { "agt-role": { key_type: "ca", max_ttl: 60, allow_host_certificates: true } } },
      /user certificates/,
    ],
    ["a role is for one-time passwords", { roles: { "agt-role": { key_type: "otp" } } }, /key type otp/],
    [
      "a role's maximum is no time",
      { roles: { "adm-role": { key_type: "ca", max_ttl: "soon" } } },
      /no time/,
    ],
    ["the throw-away key comes back otherwise", { certificate: () => publicKey }, /cannot be used/],
    ["it is sealed", { answer: (response) => Boolean(response.writeHead(503).end()) }, /503/],
  ])("it fails where %s", async (_what, wrong, says) => {
    remote.state.wrong = wrong;
    expect(await tried()).toMatchObject({ state: "failed", says: expect.stringMatching(says) });
    expect(
      await refusalOf(
        proposeBackend(world.ctx(), { content: { kind: "engine", after: 1, engine }, reason: REASON }),
      ),
    ).toMatchObject({ reason: "engine_smoke" });
  });

  it("is none put in place that was not tried, or was tried with another role or key", async () => {
    const ask = (of: Engine) =>
      refusalOf(
        proposeBackend(world.ctx(), { content: { kind: "engine", after: 1, engine: of }, reason: REASON }),
      );
    expect(await tried()).toMatchObject({ state: "passed" });
    expect(await ask({ ...engine, roles: { ...engine.roles, agt: "adm-role" } })).toMatchObject({
      reason: "engine_untried",
    });
    expect(await ask({ ...engine, publicKey })).toMatchObject({ reason: "engine_untried" });
  });

  it("is none put in place that fails since, or by one person alone", async () => {
    expect((await tried()).findings).toContain(
      "It signed a throw-away key for agt-lane-one, exactly as asked.",
    );
    const content = { kind: "engine" as const, after: 1, engine };
    const commented = { ...content, engine: { ...engine, publicKey: remote.publicKey } };
    const { proposalId } = await proposeBackend(world.ctx(), { content: commented, reason: REASON });
    const [row] = await world.db.select().from(proposal).where(eq(proposal.id, proposalId));
    const decision = { proposalId, digest: row?.digest ?? "", reason: "Looked at" };
    expect(await refusalOf(approveProposal(world.ctx(), decision))).toMatchObject({ code: "forbidden" });
    remote.state.ca = "other";
    await tried();
    expect(await refusalOf(approveProposal(world.ctx(world.people.rita), decision))).toMatchObject({
      reason: "drift",
    });
    remote.state.ca = "ca";
    await tried();
    await approved(proposalId);
    expect(await readBackend(world.ctx(), {})).toMatchObject({ kind: "engine", after: 2, engine });
    expect(
      await refusalOf(proposeBackend(world.ctx(), { content: { ...content, after: 2 }, reason: REASON })),
    ).toMatchObject({
      reason: "already_so",
    });
  });
});

describe("an engine in place", () => {
  const HOUR = 3600;

  it("signs what was decided on; a real sshd lets it in until it is revoked", async () => {
    const sshd = await openSshd();
    const { path, publicKey: own } = await world.keys.make();
    const answer = await world.sign("agt-lane-one", { publicKey: own, ttlHours: 2 });
    if (answer.kind !== "signed") throw new Error(`${answer.code}: ${answer.says}`);
    const read = parseCertificate(answer.certificate);
    expect(read).toMatchObject({
      kind: "ok",
      certificate: {
        keyId: "agt-lane-one",
        principals: ["agt-lane-one-in"],
        extensions: ["permit-port-forwarding"],
      },
    });
    const authorities = await world.authorities();
    expect(authorities).toContain(engine.publicKey.split(" ")[1]);
    sshd.trustAuthority(authorities, ["agt-lane-one-in"]);
    sshd.revoke(await world.krl());
    await world.keys.certify(path, answer.certificate);
    expect(await trySsh(path, sshd)).toEqual({ isIn: true, says: "in\n" });
    await revokeCertificate(world.ctx(), { certificateId: answer.certificateId, reason: "Lost" });
    sshd.revoke(await world.krl());
    expect(await trySsh(path, sshd)).toMatchObject({ isIn: false });
    await sshd.close();
  });

  const other = (change: object): Misbehaviour => ({ asked: (asked) => ({ ...asked, ...change }) });
  const status = (code: number, type = "application/json", body = "{}"): Misbehaviour => ({
    answer: (response) => Boolean(response.writeHead(code, { "content-type": type }).end(body)),
  });

  it.each<[string, () => Misbehaviour, string]>([
    ["is sealed", () => status(503), "engine_unavailable"],
    ["breaks", () => status(500), "engine_unavailable"],
    ["is asked too often", () => status(429), "engine_unavailable"],
    ["knows no such token", () => status(403), "engine_refused"],
    ["has no such role", () => status(404), "engine_refused"],
    ["refuses what is asked", () => status(400), "engine_refused"],
    [
      "sends us elsewhere",
      () => ({
        answer: (response) => Boolean(response.writeHead(307, { location: "http://127.0.0.1:1/" }).end()),
      }),
      "engine_unavailable",
    ],
    ["hangs up", () => ({ answer: (response) => Boolean(response.destroy()) }), "engine_unavailable"],
    ["says nothing", () => ({ answer: () => true }), "engine_unavailable"],
    ["answers a page", () => status(200, "text/html", "<html>"), "engine_answer"],
    ["answers half of its JSON", () => status(200, "application/json", '{"data":{"signed_'), "engine_answer"],
    [
      "answers without a key",
      () => status(200, "application/json", '{"data":{"serial_number":"1"}}'),
      "engine_answer",
    ],
    [
      "answers more than anybody reads",
      () => status(200, "application/json", `"${"x".repeat(70_000)}"`),
      "engine_answer",
    ],
    ["signs for longer", () => ({ validity: { from: -30, to: 3 * HOUR } }), "engine_answer"],
    ["signs for ever", () => ({ validity: { from: -30, to: 10 * 365 * 24 * HOUR } }), "engine_answer"],
    ["signs for a shorter time", () => ({ validity: { from: -30, to: HOUR } }), "engine_answer"],
    ["begins long ago", () => ({ validity: { from: -HOUR, to: 2 * HOUR - 60 } }), "engine_answer"],
    ["begins later", () => ({ validity: { from: 600, to: 2 * HOUR - 60 } }), "engine_answer"],
    ["adds a principal", () => other({ valid_principals: "agt-lane-one-in,root" }), "engine_answer"],
    ["signs for another principal", () => other({ valid_principals: "root" }), "engine_answer"],
    ["leaves the principals out", () => other({ valid_principals: "" }), "engine_answer"],
    ["writes another key id", () => other({ key_id: "adm-olga-desk" }), "engine_answer"],
    [
      "adds an extension",
      () => other({ extensions: { "permit-pty": "", "permit-port-forwarding": "" } }),
      "engine_answer",
    ],
    ["leaves an extension out", () => other({ extensions: {} }), "engine_answer"],
    [
      "adds a critical option",
      () => ({ options: ["clear", "permit-port-forwarding", "force-command=id"] }),
      "engine_answer",
    ],
    ["names another serial number", () => ({ serial: () => "1" }), "engine_answer"],
    ["gives the key back", () => ({ certificate: () => publicKey }), "engine_answer"],
    [
      "changes one letter",
      () => ({ certificate: (line) => line.replace(/A([^A]{8})/, "B$1") }),
      "engine_answer",
    ],
    ["gives two lines", () => ({ certificate: (line) => `${line}${line}` }), "engine_answer"],
  ])("is unavailable, and gives out nothing, where it %s", async (_what, wrong, code) => {
    remote.state.wrong = wrong();
    const before = await world.db.$count(sshCertificate);
    const answer = await world.sign("agt-lane-one", { publicKey, ttlHours: 2 });
    expect(answer).toMatchObject({ kind: "unavailable", step: "sign", code });
    expect(await world.db.$count(sshCertificate)).toBe(before);
    const [entry] = await world.db.select().from(auditEntry).orderBy(desc(auditEntry.seq)).limit(1);
    expect(entry).toMatchObject({ action: "certificate.signed", outcome: "failed", details: { code } });
  });

  it("is unavailable where it signs another's key, or under another authority", async () => {
    const { publicKey: theirs } = await world.keys.make();
    remote.state.wrong = other({ public_key: theirs });
    expect(await world.sign("agt-lane-one", { publicKey, ttlHours: 2 })).toMatchObject({
      code: "engine_answer",
      says: expect.stringContaining("another key"),
    });
    remote.state.wrong = {};
    remote.state.ca = "other";
    expect(await world.sign("agt-lane-one", { publicKey, ttlHours: 2 })).toMatchObject({
      code: "engine_answer",
      says: expect.stringContaining("another authority"),
    });
  });

  it("is not asked at all for what the caps or the decision refuse", async () => {
    const before = remote.state.seen.length;
    expect(await world.sign("agt-lane-one", { publicKey, ttlHours: 25 })).toMatchObject({ kind: "refused" });
    expect(await world.sign("agt-no-such", { publicKey, ttlHours: 1 })).toMatchObject({ kind: "refused" });
    expect(remote.state.seen).toHaveLength(before);
  });

  it("got nothing but its own token, which stands nowhere in the clear", async () => {
    expect([...remote.state.tokens]).toEqual([ENGINE_TOKEN_OF_TESTS]);
    const rows = await world.db.select().from(sshEngineToken);
    const entries = await world.db.select().from(auditEntry);
    const page = await readBackend(world.ctx(), {});
    const all = JSON.stringify([
      entries,
      page,
      rows.map(({ sealed }) => Buffer.from(sealed).toString("latin1")),
    ]);
    expect(all).not.toContain(ENGINE_TOKEN_OF_TESTS);
    expect(page.token).toMatchObject({ name: "COUNTERSIGN_SSH_ENGINE_TOKEN", addr: remote.addr });
  });

  it("gives way to a key of the installation, and comes back with its own", async () => {
    await putInPlace({ kind: "local", after: 2 });
    // Until the runner has made the key, the engine signs.
    expect(await world.sign("agt-lane-one", { publicKey, ttlHours: 1 })).toMatchObject({ kind: "signed" });
    await makeAuthority(world.parts);
    const calls = remote.state.seen.length;
    expect(await world.sign("agt-lane-one", { publicKey, ttlHours: 1 })).toMatchObject({ kind: "signed" });
    expect(remote.state.seen).toHaveLength(calls);
    expect(await tried()).toMatchObject({ state: "passed" });
    await putInPlace({ kind: "engine", after: 3, engine });
    expect(await world.sign("agt-lane-one", { publicKey, ttlHours: 1 })).toMatchObject({ kind: "signed" });
    const lines = (await world.authorities()).trim().split("\n");
    expect(new Set(lines.map((line) => line.split(" ")[1])).size).toBe(lines.length);
  });
});
