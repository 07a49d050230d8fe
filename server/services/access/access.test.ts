import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { eq } from "drizzle-orm";
import { connect } from "#db/client.ts";
import { accessDecision, accessPackage, accessProvider, accessRegistry } from "#db/schema/access.ts";
import { proposal } from "#db/schema/proposal.ts";
import { readCheck } from "#server/domain/access-policy/request.ts";
import { DomainError } from "#server/domain/error/domain-error.ts";
import type { PersonActor } from "#server/domain/policy/decide.ts";
import { bridgeRequest, openElsewhere, seedExamples, SHIPPED_POLICY } from "#server/testing/access.ts";
import { type JobWorld, openJobWorld } from "#server/testing/jobs.ts";
import { answerTo } from "#server/testing/proposals.ts";
import { refusalOf } from "#server/testing/refusal.ts";
import { approveProposal } from "../proposal/decide.ts";
import { readProposal } from "../proposal/read.ts";
import { compareRegistry, exportRegistry, getActor, listActors } from "./actors.ts";
import { askAccess } from "./ask.ts";
import { listDecisions, readDecision, tryDecision } from "./decisions.ts";
import { readHealth } from "./health.ts";
import { proposePackage } from "./package.ts";
import { listPackages, shadowPackage } from "./packages.ts";
import { proposeProvider } from "./provider.ts";
import { proposeRegistry } from "./registry.ts";
import { getAccess, lockAccess } from "./rows.ts";

let world: JobWorld;
let elsewhere: Awaited<ReturnType<typeof openElsewhere>>;
let olga: PersonActor;
let mara: PersonActor;

beforeAll(async () => {
  world = await openJobWorld();
  expect(await refusalOf(getAccess(world.db))).toMatchObject({ code: "unavailable" });
  await seedExamples(world.db, world.clock);
  await seedExamples(world.db, world.clock);
  elsewhere = await openElsewhere(world.db, world.clock);
  olga = await world.person("Olga", "operator");
  mara = await world.person("Mara", "manager", "operator");
});
afterAll(async () => {
  await elsewhere.close();
  await world.close();
});
beforeEach(() => elsewhere.set(null));

const as = (actor: PersonActor) => world.ctx(actor);
const REASON = "As agreed";
const detailsOf = (act: Promise<unknown>) =>
  act.then(
    () => null,
    (error: unknown) => (error instanceof DomainError ? error.details : error),
  );

function question(ttl: unknown = 2, context: object = {}) {
  const read = readCheck(bridgeRequest(ttl, context));
  if (read.kind === "refused") throw new Error(read.says);
  return read.value;
}
const ask = (ttl: unknown = 2, context: object = {}) =>
  askAccess(world.db, { question: question(ttl, context), at: world.now });
const agree = async ({ proposalId }: { proposalId: string }) =>
  approveProposal(as(mara), await answerTo(world, proposalId));

type Change = Parameters<typeof proposeRegistry>[1]["content"]["change"];
async function change(wanted: Change, base?: number) {
  const { version } = await listActors(as(olga), {});
  return proposeRegistry(as(olga), { content: { base: base ?? version, change: wanted }, reason: REASON });
}
const lane = {
  name: "agt-new-lane",
  type: "agt" as const,
  principals: ["lane"],
  maxTtlHours: 4,
  description: "",
  isRetired: false,
};

describe("the registry", () => {
  it("begins with the examples, and is changed by two people, version by version", async () => {
    expect((await listActors(as(olga), {})).counts).toMatchObject({ actors: 4, systems: 1, tenants: 1 });
    const asked = await change({ kind: "add", actor: lane });
    expect((await listActors(as(olga), {})).waiting).toMatchObject([{ title: "Add the actor agt-new-lane" }]);
    expect(await refusalOf(approveProposal(as(olga), await answerTo(world, asked.proposalId)))).toMatchObject(
      {
        code: "forbidden",
      },
    );
    await agree(asked);
    expect((await getActor(as(olga), { name: lane.name })).actor).toMatchObject({ maxTtlHours: 4, cap: 24 });
    await agree(await change({ kind: "change", actor: { ...lane, maxTtlHours: 1 } }));
    await agree(await change({ kind: "retire", name: lane.name }));
    const { actors, version, versions } = await listActors(as(olga), {});
    expect(actors.at(-1)).toMatchObject({ name: lane.name, maxTtlHours: 1, isRetired: true });
    expect([version, versions.length]).toEqual([4, 4]);
  });

  it.each<[string, Change, { reason: string; field?: string }]>([
    [
      "over the cap",
      { kind: "add", actor: { ...lane, name: "agt-b-c", maxTtlHours: 25 } },
      { reason: "ttl_out_of_bounds", field: "content.change.actor.maxTtlHours" },
    ],
    [
      "half an hour",
      { kind: "add", actor: { ...lane, name: "agt-b-c", maxTtlHours: 0.5 } },
      { reason: "ttl_out_of_bounds", field: "content.change.actor.maxTtlHours" },
    ],
    [
      "another prefix",
      { kind: "add", actor: { ...lane, name: "adm-b-c" } },
      { reason: "name_prefix", field: "content.change.actor.name" },
    ],
    [
      "no principal",
      { kind: "add", actor: { ...lane, name: "agt-b-c", principals: [] } },
      { reason: "no_principals", field: "content.change.actor.principals" },
    ],
    [
      "a name that is taken",
      { kind: "add", actor: { ...lane, name: "adm-example", type: "adm" } },
      { reason: "name_taken", field: "content.change.actor.name" },
    ],
    ["nobody changed", { kind: "change", actor: { ...lane, name: "agt-b-c" } }, { reason: "not_found" }],
    ["nobody retired", { kind: "retire", name: "agt-b-c" }, { reason: "not_found" }],
    ["a file that is none", { kind: "import", text: "{" }, { reason: "not_readable" }],
  ])("refuses %s, naming the field", async (_what, wanted, details) => {
    expect(await detailsOf(change(wanted))).toMatchObject(details);
  });

  it("refuses a change on an older version, and one that changed since it was asked for", async () => {
    expect(await refusalOf(change({ kind: "retire", name: "adm-example" }, 1))).toMatchObject({
      reason: "registry_changed",
    });
    const late = await change({ kind: "add", actor: { ...lane, name: "agt-late-lane" } });
    await agree(await change({ kind: "add", actor: { ...lane, name: "agt-early-lane" } }));
    expect(await refusalOf(agree(late))).toMatchObject({ reason: "drift" });
  });

  it("is exported as the file that it is, and imported the same", async () => {
    const { text, version } = await exportRegistry(as(olga), {});
    expect(await compareRegistry(as(olga), { text })).toMatchObject({
      kind: "read",
      isSame: true,
      changes: [],
    });
    expect(await refusalOf(change({ kind: "import", text }))).toMatchObject({ reason: "already_so" });
    const marked = text.replace('"name": "SSH certificates"', '"name": "SSH certificates", "zone": [1]');
    await agree(await change({ kind: "import", text: marked }));
    expect(await exportRegistry(as(olga), {})).toMatchObject({ version: version + 1, text: marked });
    const inventory = "actors: { adm-example: { type: adm, principals: [adm-full], ttl_hours: 99 } }";
    expect(await compareRegistry(as(olga), { text: inventory })).toMatchObject({
      kind: "refused",
      faults: [{ path: "actors.adm-example.ttl_hours", reason: "ttl_out_of_bounds" }],
    });
    const compared = await compareRegistry(as(olga), { text: inventory.replace("99", "47") });
    expect(
      compared.kind === "read" ? compared.changes.map((one) => `${one.change} ${one.name}`) : [],
    ).toContain("changed adm-example");
  });
});

describe("a decision", () => {
  it("is logged before it is given, explained by its id, and comes again the same", async () => {
    const allowed = await ask();
    if (allowed.kind === "none") throw new Error(allowed.says);
    expect(allowed).toMatchObject({ isAllowed: true, envelope: { reason: "signing_policy_matched" } });
    const denied = await ask(999);
    expect(denied).toMatchObject({ isAllowed: false, envelope: { reason: "ttl_out_of_bounds" } });
    const { decisions } = await listDecisions(as(olga), { ...ALL, subject: "agt-state-hub-bridge" });
    expect(decisions.slice(0, 2).map(({ reason }) => reason)).toEqual([
      "ttl_out_of_bounds",
      "signing_policy_matched",
    ]);
    await ask();
    const read = await readDecision(as(olga), { decisionId: allowed.envelope.id });
    expect(read).toMatchObject({ times: 2, replay: { id: allowed.envelope.id, effect: "allow" } });
    await agree(await change({ kind: "retire", name: "agt-state-hub-bridge" }));
    const after = await readDecision(as(olga), { decisionId: allowed.envelope.id });
    expect(after.replay).toMatchObject({ effect: "deny", reason: "unknown_actor_resource" });
    expect(after.replay?.id).not.toBe(allowed.envelope.id);
    expect(await ask()).toMatchObject({ isAllowed: false });
    const { actors } = await listActors(as(olga), {});
    const bridge = actors.find(({ name }) => name === "agt-state-hub-bridge");
    if (bridge === undefined) throw new Error("The bridge is gone.");
    const { cap: _cap, allowedSubjects: _subjects, principals, ...rest } = bridge;
    await agree(
      await change({ kind: "change", actor: { ...rest, principals: [...principals], isRetired: false } }),
    );
    expect(await ask()).toMatchObject({ isAllowed: true });
  });

  it("is found by effect, reason and day, and by nothing else", async () => {
    const day = world.now.toISOString().slice(0, 10);
    expect(
      (await listDecisions(as(olga), { ...ALL, effect: "deny", from: day, to: day })).decisions,
    ).not.toEqual([]);
    for (const filter of [
      { effect: "redact" as const },
      { reason: "x" },
      { from: "2030-01-01" },
      { subject: "x" },
      { before: 1 },
    ]) {
      expect((await listDecisions(as(olga), { ...ALL, ...filter })).decisions).toEqual([]);
    }
    expect(
      await refusalOf(readDecision(as(olga), { decisionId: "decision:0000000000000000" })),
    ).toMatchObject({
      reason: "not_found",
    });
    expect(await tryDecision(as(olga), { text: "{}" })).toMatchObject({ kind: "refused", field: "subject" });
    expect(await tryDecision(as(olga), { text: JSON.stringify(bridgeRequest(25)) })).toMatchObject({
      envelope: { reason: "ttl_out_of_bounds" },
    });
  });

  it("that cannot be written down is none, and nothing of the log can be changed", async () => {
    const owner = connect(world.database.ownerUrl, { max: 1 });
    try {
      await owner.sql.unsafe("alter table access_decision add constraint no_room check (false) not valid");
      expect(await ask()).toMatchObject({ kind: "none", reason: "decision_unlogged" });
    } finally {
      await owner.sql.unsafe("alter table access_decision drop constraint no_room");
      await owner.close();
    }
    for (const table of [accessDecision, accessRegistry, accessPackage, accessProvider]) {
      await expect(world.db.delete(table)).rejects.toThrow();
    }
    await expect(world.db.update(accessDecision).set({ effect: "allow" })).rejects.toThrow();
    const { snapshot, digest } = (await world.db.select().from(accessRegistry))[0] ?? {
      snapshot: "",
      digest: "",
    };
    const alone = { number: 99, snapshot, digest, says: "Alone", at: world.now };
    await expect(world.db.insert(accessRegistry).values(alone)).rejects.toThrow();
  });
});

const ALL = { subject: null, effect: null, reason: null, from: null, to: null, before: null };

describe("a policy package", () => {
  const looser = SHIPPED_POLICY.replaceAll("at most actor.max_ttl_hours", "at most 9000");
  const stricter = SHIPPED_POLICY.replace("1.0.0", "1.1.0").replace(
    "- context.ttl_hours at least 1",
    "- context.ttl_hours at least 1\n        - context.ticket is text",
  );

  it("is not activated while a fixture fails, or without any", async () => {
    const activate = (document: string) =>
      proposePackage(as(olga), { content: { base: 1, document }, reason: REASON });
    expect(await refusalOf(activate(looser))).toMatchObject({ reason: "fixtures_fail" });
    expect(await refusalOf(activate(stricter))).toMatchObject({ reason: "fixtures_fail" });
    expect(await detailsOf(activate("# prose"))).toMatchObject({
      reason: "unreadable",
      field: "content.document",
    });
    expect(await refusalOf(activate(SHIPPED_POLICY))).toMatchObject({ reason: "already_so" });
    const bare = SHIPPED_POLICY.replace(/fixtures:\n(?: {2}- .*\n)+/, "").replaceAll(
      /```yaml (?:fixture|test)/g,
      "```text",
    );
    expect(await refusalOf(activate(bare))).toMatchObject({ reason: "no_fixtures" });
  });

  it("shows over the logged decisions what it would change, and changes nothing by it", async () => {
    await ask();
    const shadow = await shadowPackage(as(olga), { document: stricter });
    if (shadow.kind === "refused") throw new Error("The package cannot be read.");
    expect(shadow.cases.filter(({ isPassing }) => !isPassing).length).toBeGreaterThan(0);
    expect(shadow.changed).toContainEqual(
      expect.objectContaining({ before: "allow signing_policy_matched", after: "deny ttl_out_of_bounds" }),
    );
    expect(await ask()).toMatchObject({ isAllowed: true });
    expect(await shadowPackage(as(olga), { document: "x" })).toMatchObject({ kind: "refused" });
  });

  it("is activated by two people, and decides from then on", async () => {
    const before = await ask();
    const document = SHIPPED_POLICY.replace("1.0.0", "1.0.1");
    const asked = await proposePackage(as(olga), { content: { base: 1, document }, reason: REASON });
    expect((await readProposal(as(mara), { proposalId: asked.proposalId })).considerations[0]).toContain(
      "Of the last ",
    );
    await agree(asked);
    const after = await ask();
    if (before.kind === "none" || after.kind === "none") throw new Error("There is no answer.");
    expect(after.envelope.matched_policy_version).toContain("1.0.1+sha256.");
    expect(after.envelope.id).not.toBe(before.envelope.id);
    const { number, cases, versions } = await listPackages(as(olga), {});
    expect([number, versions.length, cases.every(({ isPassing }) => isPassing)]).toEqual([2, 2, true]);
  });

  it("that was taken back is not the one that later gets its number", async () => {
    const { package: inForce } = await getAccess(world.db);
    const [asked] = await world.db.select({ id: proposal.id }).from(proposal).limit(1);
    const number = inForce.number + 1;
    const read = async (document: string) => {
      const given = { number, document, name: inForce.front.package, version: "2", passing: 1, cases: 1 };
      let version = "";
      const taken = world.db.transaction(async (tx) => {
        await tx.insert(accessPackage).values({ ...given, proposalId: asked?.id ?? null, at: world.clock() });
        ({ version } = (await getAccess(tx)).package);
        tx.rollback();
      });
      await expect(taken).rejects.toThrow(/rollback/i);
      return version;
    };
    const first = await read(`${SHIPPED_POLICY}\nOne word.\n`);
    const second = await read(`${SHIPPED_POLICY}\nAnother word.\n`);
    expect(new Set([first, second, inForce.version]).size).toBe(3);
    expect((await getAccess(world.db)).package.version).toBe(inForce.version);
  });
});

describe("an external decision service", () => {
  const enable = (origin = elsewhere.origin) =>
    proposeProvider(as(olga), { content: { kind: "external", base: 0, origin }, reason: REASON });

  it.each<[string, Parameters<typeof elsewhere.set>[0], string]>([
    ["it is not well", ({ response }) => void response.writeHead(503).end(), "health_smoke"],
    [
      "it denies everything",
      ({ envelope, request, response }) =>
        json(response, request.url === "/healthz" ? {} : { ...envelope, effect: "deny" }),
      "allow_smoke",
    ],
    [
      "it allows everything",
      ({ envelope, request, response }) =>
        json(response, request.url === "/healthz" ? {} : { ...envelope, effect: "allow" }),
      "deny_smoke",
    ],
  ])("is not put in place where %s", async (_what, how, reason) => {
    elsewhere.set(how);
    expect(await refusalOf(enable())).toMatchObject({ reason });
  });

  it.each([
    "http://169.254.169.254",
    "http://a/b",
    "http://u:p@a",
    "ftp://a",
    "file:///etc/passwd",
    "a",
    "http://a?x=1",
  ])("is nothing at %s", async (origin) => {
    await expect(enable(origin)).rejects.toThrow();
  });

  it("is asked nothing for somebody who may not ask for it, nor within a transaction", async () => {
    const before = elsewhere.paths.length;
    const content = { kind: "external" as const, base: 0, origin: elsewhere.origin };
    const refused = await refusalOf(
      proposeProvider(as(await world.person("Rolf", "reviewer")), { content, reason: REASON }),
    );
    expect(refused).toMatchObject({ code: "forbidden" });
    expect(elsewhere.paths).toHaveLength(before);
    elsewhere.set(({ envelope, request, response }) => {
      // Whoever is asked could wait for a lock that the asker holds: there is none.
      void world.db
        .transaction((tx) => lockAccess(tx))
        .then(() => json(response, request.url === "/healthz" ? {} : envelope));
    });
    await enable();
  });

  it("that shall be asked about jobs has to answer about one", async () => {
    elsewhere.set(({ envelope, request, response }) =>
      json(response, request.url === "/healthz" ? {} : envelope?.resource.type === "job" ? {} : envelope),
    );
    const content = { kind: "external" as const, base: 0, origin: elsewhere.origin, jobs: true };
    expect(await refusalOf(proposeProvider(as(olga), { content, reason: REASON }))).toMatchObject({
      reason: "job_smoke",
    });
    elsewhere.set(null);
    const { proposalId } = await proposeProvider(as(olga), { content, reason: REASON });
    const [row] = await world.db.select().from(proposal).where(eq(proposal.id, proposalId));
    expect(row?.rendering.says).toContain("no job starts");
  });

  it("is put in place by two people, decides, and its faults deny", async () => {
    await agree(await enable());
    expect(await readHealth(as(olga), {})).toMatchObject({
      kind: "external",
      origin: elsewhere.origin,
      trouble: null,
    });
    expect(elsewhere.paths).toContain("GET /healthz");
    expect(await ask(3)).toMatchObject({ isAllowed: true, envelope: { provenance: { mode: "external" } } });
    expect(await ask(99)).toMatchObject({ isAllowed: false, envelope: { reason: "ttl_out_of_bounds" } });
  });

  it.each<[string, string, Parameters<typeof elsewhere.set>[0]]>([
    ["PD1", "an error", ({ response }) => void response.writeHead(500).end("{}")],
    ["PD1", "nothing in it", ({ response }) => void response.writeHead(200, JSON_TYPE).end()],
    [
      "PD1",
      "a page",
      ({ envelope, response }) =>
        void response.writeHead(200, { "content-type": "text/html" }).end(JSON.stringify(envelope)),
    ],
    [
      "PD1",
      "half of it",
      ({ envelope, response }) =>
        void response.writeHead(200, JSON_TYPE).end(JSON.stringify(envelope).slice(0, 90)),
    ],
    [
      "PD1",
      "a body that breaks off",
      ({ envelope, response }) => {
        response.writeHead(200, { ...JSON_TYPE, "content-length": 9999 });
        response.write(JSON.stringify(envelope));
        setImmediate(() => response.destroy());
      },
    ],
    [
      "PD1",
      "a redirect",
      ({ response }) => void response.writeHead(307, { location: `${elsewhere.origin}/elsewhere` }).end(),
    ],
    [
      "PD1",
      "far too much",
      ({ envelope, response }) =>
        void response
          .writeHead(200, JSON_TYPE)
          .end(JSON.stringify({ ...envelope, diagnostics: { x: "x".repeat(70_000) } })),
    ],
    ["PD1", "silence", () => undefined],
    ["PD1", "a closed door", ({ request }) => void request.socket.destroy()],
    ["PD2", "ALLOW", answering({ effect: "ALLOW" })],
    ["PD2", "allow and a blank", answering({ effect: "allow " })],
    ["PD2", "true", answering({ effect: true })],
    ["PD2", "no effect", answering({ effect: undefined })],
    ["PD3", "an obligation", answering({ obligations: [{ type: "mask" }] })],
    ["PD4", "no id", answering({ id: undefined })],
    ["PD4", "an empty id", answering({ id: "" })],
    ["PD4", "the id of another request", answering({ id: "decision:reused" })],
    [
      "PD6",
      "another subject",
      answering({ subject: { id: "adm-example", type: "adm", tenant: "tenant:platform" } }),
    ],
    [
      "PD6",
      "another resource",
      answering({ resource: { id: "x", type: "ssh-certificate", system: "ops-warden" } }),
    ],
    ["PD6", "another request's id", answering({ request_id: "mine" })],
    ["PD6", "an unknown field", answering({ also: 1 })],
  ])("%s: %s denies, and stands in the log", async (_id, what, how) => {
    elsewhere.set(answering({ id: "decision:reused" }));
    if (what === "the id of another request") await ask(1, { first: true });
    elsewhere.set(how);
    const before = elsewhere.paths.length;
    const answer = await ask(2, { what });
    expect(answer).toMatchObject({ kind: "none", reason: "policy_unavailable" });
    expect(elsewhere.paths.slice(before)).toEqual(["POST /v1/check"]);
    const [row] = (await listDecisions(as(olga), ALL)).decisions;
    expect(row).toMatchObject({ effect: "deny", reason: "policy_unavailable" });
    elsewhere.set(null);
    expect(await ask(2, { what })).toMatchObject({ isAllowed: true });
  });

  it.each(["not_applicable", "audit_only", "redact", "deny"])("PD2: %s is no allow", async (effect) => {
    elsewhere.set(answering({ effect }));
    expect(await ask(2, { effect })).toMatchObject({ kind: "answered", isAllowed: false });
  });

  it("that is gone denies, is shown as gone, and is taken away by two people", async () => {
    elsewhere.set(({ request }) => void request.socket.destroy());
    expect(await ask()).toMatchObject({ kind: "none" });
    expect((await readHealth(as(olga), {})).trouble).toContain("cannot be reached");
    await agree(await proposeProvider(as(olga), { content: { kind: "built_in", base: 1 }, reason: REASON }));
    expect(await ask()).toMatchObject({ isAllowed: true, envelope: { provenance: { mode: "in_process" } } });
    const kinds = await world.db.select().from(accessProvider).where(eq(accessProvider.kind, "external"));
    expect(kinds[0]?.smokes).toMatchObject({ actor: "adm-example" });
  });
});

const JSON_TYPE = { "content-type": "application/json" };
type Given = Parameters<NonNullable<Parameters<typeof elsewhere.set>[0]>>[0];
function json(response: Given["response"], value: unknown): void {
  response.writeHead(200, JSON_TYPE).end(JSON.stringify(value));
}
/** What would be right, with something else in it. */
function answering(change: object) {
  return ({ envelope, response }: Given) => json(response, { ...envelope, ...change });
}
