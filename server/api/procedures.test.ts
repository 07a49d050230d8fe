import { randomUUID } from "node:crypto";
import { globSync, readFileSync } from "node:fs";
import { callTRPCProcedure, TRPCError } from "@trpc/server";
import type { inferRouterInputs } from "@trpc/server";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import { NO_FILTER } from "#server/domain/audit/schema.ts";
import { NO_ITEM_FILTER } from "#server/domain/item/choices.ts";
import { DEFAULT_SETTINGS } from "#server/domain/check/schema.ts";
import { ACTIONS } from "#server/domain/policy/actions.ts";
import { ROLE_RULES } from "#server/domain/policy/rules.ts";
import { DEFAULT_RULES } from "#server/domain/rule/rule.ts";
import { ROLES } from "#server/domain/person/states.ts";
import type { JobWorld } from "#server/testing/jobs.ts";
import { type DescribedProcedure, listProcedures } from "#server/testing/procedures.ts";
import { ed25519Signer } from "#server/testing/ssh-signer.ts";
import { browserOf, closeWeb, openWeb, ORIGIN } from "#server/testing/web.ts";
import { connection } from "./connection.ts";
import type { ApiContext } from "./context.ts";
import { appRouter, type AppRouter } from "./root.ts";

const ID = randomUUID();
const DIGEST = `sha256:${"0".repeat(64)}`;
const REASON = "Because";
const USER_KEY = ed25519Signer().line;
const ITEM_LIST = { filter: NO_ITEM_FILTER, sort: "code", descending: false, group: null } as const;
const RULING = {
  itemId: ID,
  point: "",
  ruling: "adopt" as const,
  reason: REASON,
  amendment: null,
  trigger: null,
};

/** One well-formed input per procedure, of things that are not there. A new procedure without one does not compile. */
const INPUTS: { [K in keyof inferRouterInputs<AppRouter>]: inferRouterInputs<AppRouter>[K] } = {
  account: {
    get: {},
    beginProof: { way: "sso" },
    beginEnrol: {},
    enrolPasskey: {
      name: "Key",
      response: {
        id: "x",
        rawId: "x",
        type: "public-key",
        response: { clientDataJSON: "x", attestationObject: "x" },
      },
    },
    renamePasskey: { passkeyId: ID, name: "Key" },
    removePasskey: { passkeyId: ID },
    changePassword: { current: "x", wanted: "several words do well" },
    endSessions: { sessionId: ID },
  },
  certificates: {
    list: {},
    request: { actor: "agt-no-such", publicKey: USER_KEY, ttlHours: 1 },
    answer: { requestId: ID },
    revoke: { certificateId: ID, reason: REASON },
    proposeRotation: { content: { after: 1 }, reason: REASON },
    backend: {},
    tryEngine: { engine: { addr: "https://bao.example.org", publicKey: USER_KEY } },
    proposeBackend: { content: { kind: "local", after: 1 }, reason: REASON },
  },
  checks: {
    list: {},
    get: { itemId: ID },
    targets: {},
    output: { runId: ID, after: 0 },
    attest: { itemId: ID, digest: DIGEST, reason: REASON },
    withdraw: { attestationId: ID, reason: REASON },
    run: { itemId: ID, digest: DIGEST, parameters: {} },
    cancel: { runId: ID },
    record: { runId: ID, outcome: "passed", reason: REASON },
    set: { itemId: ID, base: 0, settings: DEFAULT_SETTINGS, reason: REASON },
  },
  emergencies: {
    breakGlass: { jobId: ID, digest: DIGEST, nonce: "n".repeat(16), reason: REASON },
    review: { jobId: ID, note: REASON },
  },
  freeze: {
    set: { reason: REASON },
    proposeLift: { content: { freezeId: ID }, reason: REASON },
  },
  audit: {
    list: { filter: NO_FILTER, before: null },
    entry: { seq: 1 },
    heads: {},
    requestHead: {},
  },
  access: {
    actors: {},
    actor: { name: "agt-one-lane" },
    exportRegistry: {},
    compare: { text: "actors: {}" },
    proposeRegistry: { content: { base: 1, change: { kind: "retire", name: "agt-one" } }, reason: REASON },
    decisions: { subject: null, effect: null, reason: null, from: null, to: null, before: null },
    decision: { decisionId: "decision:0123456789abcdef" },
    tryOut: { text: "{}" },
    packages: {},
    shadow: { document: "x" },
    proposePackage: { content: { base: 1, document: "x" }, reason: REASON },
    health: {},
    proposeProvider: { content: { kind: "built_in", base: 1 }, reason: REASON },
  },
  guests: {
    fleet: {},
    armRecovery: { tenantId: ID, reason: REASON },
    endRecovery: { tenantId: ID },
    host: { tenantId: ID },
    addHost: { cloudId: ID, node: "pve1" },
    save: { tenantId: ID, seenGeneration: 0, document: "{}", reason: REASON },
  },
  hosts: {
    list: {},
    requestKey: { name: "jump" },
    propose: {
      content: {
        name: "local",
        base: 1,
        content: { kind: "local", aliases: [], denied: [], environment: [], isRetired: true },
      },
      reason: REASON,
    },
  },
  inbox: { list: {}, session: {} },
  itemActs: {
    get: { itemId: ID },
    move: { itemId: ID, seen: 1, to: "done", reason: null, trigger: null, evidence: null, successor: null },
    tick: { itemId: ID, point: "x", evidence: { kind: "attestation", id: "x" } },
    untick: { itemId: ID, point: "x", reason: REASON },
    attest: {
      itemId: ID,
      seen: 1,
      outcome: "passed",
      evidence: { kind: "attestation", id: "x" },
      reason: REASON,
      countsForDays: 30,
    },
    acceptRisk: { itemId: ID, seen: 1, ownerId: ID, until: "2030-01-01", pinnedTo: null, reason: REASON },
    classify: { itemId: ID, seen: 1, isChange: false, mustDifferFrom: null, target: null, reason: REASON },
    rule: { ...RULING, seen: 1 },
    proposeRuling: { content: RULING, reason: REASON },
    addChange: {
      documentId: null,
      what: "x",
      idText: "",
      files: "a",
      why: "b",
      revert: "c",
      itemIds: [],
      jobs: [],
    },
    decisionGraph: {},
    addLink: { itemId: ID, kind: "blocked_by", to: "R-1", toItemId: null, reason: REASON },
    decideLink: { linkId: ID, verdict: "confirm", reason: null },
    proposeUngate: { content: { gateId: ID, reason: REASON }, reason: REASON },
    setGate: {
      itemId: ID,
      cover: { cloudName: "x", tenantSlug: null, runbookSlug: null, stageKey: null, operation: null },
      reason: REASON,
    },
    withdrawGate: { gateId: ID, reason: REASON },
  },
  items: {
    list: { ...ITEM_LIST, after: null },
    outline: ITEM_LIST,
    facets: { filter: NO_ITEM_FILTER },
    get: { itemId: ID },
    history: { itemId: ID, before: null },
    overview: {},
    graph: { itemId: ID },
    resolve: { codes: ["R-3"] },
    create: {
      documentId: null,
      item: {
        kind: "H",
        title: "x",
        refs: "",
        body: "",
        fix: "",
        accept: [],
        check: null,
        ruleOnResult: "",
        trigger: "",
      },
      ownerId: null,
      dueOn: null,
    },
    createDecision: {
      documentId: null,
      decision: {
        title: "x",
        context: "y",
        points: ["z"],
        consequence: "",
        validation: "",
        related: "",
        supersedes: "",
      },
      ownerId: null,
      dueOn: null,
    },
    createRow: { documentId: null, row: { title: "x", note: "" }, ownerId: null, dueOn: null },
    edit: { itemId: ID, revision: 1, set: {}, reason: null },
    bulkEdit: { items: [{ itemId: ID, revision: 1 }], set: { dueOn: null } },
    views: {},
    saveView: { name: "Mine", query: "", isShared: false },
    removeView: { viewId: ID },
  },
  jobs: {
    list: { filter: "all", tenantId: null, before: null },
    get: { jobId: ID },
    output: { jobId: ID, after: 0 },
    searchOutput: { jobId: ID, text: "x" },
    plan: { planId: ID },
    preview: { tenantId: ID, stageKey: "0" },
    runRead: { planId: ID, contentDigest: DIGEST, idempotencyKey: ID },
    request: {
      planId: ID,
      contentDigest: DIGEST,
      reason: REASON,
      startsOnApproval: true,
      idempotencyKey: ID,
    },
    recheck: { jobId: ID },
    approve: { jobId: ID, digest: DIGEST, nonce: "n".repeat(16), tickedCallIds: [], reason: REASON },
    sign: { jobId: ID, armored: "x", operation: null },
    reject: { jobId: ID, digest: DIGEST, reason: REASON },
    withdraw: { jobId: ID, reason: REASON },
    start: { jobId: ID },
    cancel: { jobId: ID },
    resolve: { jobId: ID, verdict: "happened", reason: REASON },
    choose: { jobId: ID, choice: "retry", reason: REASON },
    attestByHand: {
      jobId: ID,
      stepId: "s",
      digest: DIGEST,
      result: "done",
      given: { note: REASON, texts: {}, files: {} },
    },
  },
  live: { changes: undefined },
  numbers: {
    list: {},
    series: { series: "ZZZ" },
    take: { series: "ZZZ", state: "reserved", purpose: REASON, number: null, count: 1 },
    move: { series: "ZZZ", number: 1, suffix: "", to: "assigned", reason: REASON },
  },
  people: {
    list: {},
    add: { email: "somebody@example.org", name: "Somebody", roles: ["auditor"] },
    setRoles: { personId: ID, roles: [] },
    disable: { personId: ID },
    enable: { personId: ID },
    endSessions: { personId: ID },
    proposeForget: { content: { personId: ID }, reason: REASON },
  },
  proposals: {
    list: { kinds: null },
    get: { proposalId: ID },
    approve: { proposalId: ID, digest: DIGEST, reason: REASON },
    reject: { proposalId: ID, digest: DIGEST, reason: REASON },
    withdraw: { proposalId: ID, reason: REASON },
  },
  registers: {
    documents: {},
    document: { documentId: ID, version: null },
    prose: { documentId: ID, part: "conventions" },
    editProse: { documentId: ID, part: "conventions", seen: DIGEST, words: "x", reason: null },
    lint: {},
    sessions: {},
    logSession: { date: "2026-09-18", label: "ops-matrix", operator: "Olga", scope: REASON },
  },
  rules: {
    get: {},
    choices: {},
    preview: { base: 1, set: DEFAULT_RULES },
    propose: { content: { base: 1, set: DEFAULT_RULES }, reason: REASON },
  },
  policy: {
    get: { cloudId: null, number: null },
    observed: { cloudId: ID },
    analyse: { source: "", live: "", release: "caracal", set: "" },
    save: { cloudId: ID, baseNumber: 0, source: "", live: "", release: "caracal", set: "", note: "" },
  },
  runbooks: {
    list: {},
    get: { slug: "tenant-onboarding" },
    versions: { slug: "tenant-onboarding" },
    compare: { slug: "tenant-onboarding", from: ID, to: ID },
    operations: {},
    check: { source: "# T" },
    draft: { draftId: ID },
    document: { documentId: ID },
    createDraft: { slug: "matrix" },
    saveDraft: { draftId: ID, revision: 1, source: "# T", isRebased: false },
    discardDraft: { draftId: ID },
    previewDraft: { draftId: ID, tenantId: ID, source: "# T" },
    draftPreview: { previewId: ID },
    proposePublish: { content: { draftId: ID, revision: 1, contentHash: DIGEST }, reason: REASON },
    publishReading: { content: { draftId: ID, revision: 1, contentHash: DIGEST }, reason: REASON },
    runs: { slug: "tenant-onboarding", stageKey: null, before: null },
    recall: { slug: "tenant-onboarding" },
    recallTenants: { slug: "tenant-onboarding", stageKey: "0", stageHash: DIGEST, reason: REASON },
    readThrough: { versionId: ID, stageKey: "0", part: null },
    importDocument: { source: "# T", name: "t.md" },
  },
  shell: {
    steps: { tenantId: ID, stageKey: "0" },
    attest: { tenantId: ID, stageKey: "0", stepId: "s", digest: DIGEST, reason: REASON },
  },
  signers: {
    list: {},
    proposeEnrol: {
      content: { personId: ID, publicKey: "x", role: "operational", validAfter: null, validBefore: null },
      reason: REASON,
    },
    proposeRevoke: { content: { signerId: ID }, reason: REASON },
    proposeRotate: { content: { signerId: ID, publicKey: "x" }, reason: REASON },
    prepareRepin: { personId: ID, publicKey: "x", reason: REASON },
    repin: { nonce: "n".repeat(16), armored: "x" },
  },
  standing: {
    list: {},
    patterns: {},
    propose: {
      content: {
        name: "Again",
        stageKey: "0",
        stageHash: DIGEST,
        cloudId: ID,
        tenants: [],
        operations: ["identity.domain.ensure"],
        parameters: [],
        maxUses: 1,
        from: "2026-01-01T00:00:00.000Z",
        until: "2026-01-02T00:00:00.000Z",
        replaces: null,
      },
      reason: REASON,
    },
    proposeWithdrawal: { content: { standingId: ID }, reason: REASON },
    use: { jobId: ID, digest: DIGEST, standingId: ID },
  },
  tenants: {
    board: { cloudId: null },
    get: { tenantId: ID },
    stage: { tenantId: ID, stageKey: "0" },
    create: {
      slug: "matrix",
      cloudId: ID,
      inputs: { cidr: "10.20.9.0/24", instances: 1, cores: 1, ramMb: 1, nodeCount: 1 },
    },
    requestHandover: { tenantId: ID, publicKey: "A".repeat(87) },
    collectHandover: { handoverId: ID },
    confirmHandover: { handoverId: ID },
  },
};

/** What a row holds and nobody may send: who asked, who decides, what was frozen, what it came to. */
const FORGED = [
  "extra",
  "requestedBy",
  "requesterId",
  "approverId",
  "actorId",
  "status",
  "state",
  "tenantId",
  "digest",
  "contentDigest",
  "effect",
  "class",
  "provenance",
  "__proto__",
  "constructor",
];

const metaSchema = z.strictObject({ action: z.enum(ACTIONS), isSingle: z.boolean().optional() });
const PROCEDURES = listProcedures();

let world: JobWorld;
beforeAll(async () => {
  world = await openWeb();
});
afterAll(() => closeWeb(world));

function inputOf(path: string): unknown {
  const inputs: Record<string, Record<string, unknown>> = INPUTS;
  const [group = "", name = ""] = path.split(".");
  return inputs[group]?.[name];
}

const contextOf = (given: Partial<ApiContext>): ApiContext => ({
  db: connection().db,
  connection: connection(),
  clock: () => new Date(),
  actor: null,
  cookieHeader: null,
  isBatch: false,
  signatureNamespace: "countersign-op-v1",
  origin: ORIGIN,
  ...given,
});

/** The code that a call is answered with, `OK` for an answer; of a stream, that of its beginning. */
async function answerCode(
  { path, type }: DescribedProcedure,
  ctx: ApiContext,
  input = inputOf(path),
): Promise<string> {
  const leave = new AbortController();
  try {
    const answer: unknown = await callTRPCProcedure({
      router: appRouter,
      path,
      type,
      ctx,
      getRawInput: () => Promise.resolve(input),
      signal: leave.signal,
      batchIndex: 0,
    });
    if (type === "subscription") await firstOf(answer);
    return "OK";
  } catch (error) {
    if (!(error instanceof TRPCError)) throw error;
    return error.code;
  } finally {
    leave.abort();
  }
}

async function firstOf(stream: unknown): Promise<void> {
  if (typeof stream !== "object" || stream === null || !(Symbol.asyncIterator in stream)) {
    throw new Error("A subscription answered something that is no stream.");
  }
  const iterate = stream[Symbol.asyncIterator];
  if (typeof iterate !== "function") throw new Error("A stream has no iterator.");
  const iterator: AsyncIterator<unknown> = iterate.call(stream);
  await iterator.next();
  await iterator.return?.();
}

describe("every procedure", () => {
  it("is there", () => expect(PROCEDURES.length).toBeGreaterThan(20));

  it.each(PROCEDURES)("$path declares one action of the policy table", ({ meta }) => {
    expect(() => metaSchema.parse(meta)).not.toThrow();
  });

  it.each(PROCEDURES)(
    "$path answers UNAUTHORIZED without a sign-in, whatever the input",
    async (procedure) => {
      const ctx = contextOf({});
      expect(await answerCode(procedure, ctx)).toBe("UNAUTHORIZED");
      expect(await answerCode(procedure, ctx, { nonsense: true })).toBe("UNAUTHORIZED");
    },
  );

  it("that decides, asks for, starts or reveals something is never part of a batch", async () => {
    const single = PROCEDURES.filter(({ meta }) => metaSchema.parse(meta).isSingle);
    expect(single.map(({ path }) => path).sort()).toEqual([
      "access.proposePackage",
      "access.proposeProvider",
      "access.proposeRegistry",
      "account.beginEnrol",
      "account.beginProof",
      "account.changePassword",
      "account.endSessions",
      "account.enrolPasskey",
      "account.removePasskey",
      "account.renamePasskey",
      "certificates.answer",
      "certificates.proposeBackend",
      "certificates.proposeRotation",
      "certificates.request",
      "certificates.revoke",
      "certificates.tryEngine",
      "checks.attest",
      "checks.cancel",
      "checks.record",
      "checks.run",
      "checks.withdraw",
      "emergencies.breakGlass",
      "emergencies.review",
      "freeze.proposeLift",
      "freeze.set",
      "guests.armRecovery",
      "hosts.propose",
      "hosts.requestKey",
      "itemActs.acceptRisk",
      "itemActs.addChange",
      "itemActs.attest",
      "itemActs.move",
      "itemActs.proposeRuling",
      "itemActs.proposeUngate",
      "itemActs.rule",
      "itemActs.setGate",
      "itemActs.withdrawGate",
      "jobs.approve",
      "jobs.attestByHand",
      "jobs.cancel",
      "jobs.choose",
      "jobs.reject",
      "jobs.request",
      "jobs.resolve",
      "jobs.runRead",
      "jobs.sign",
      "jobs.start",
      "jobs.withdraw",
      "people.proposeForget",
      "policy.save",
      "proposals.approve",
      "proposals.reject",
      "proposals.withdraw",
      "rules.propose",
      "runbooks.createDraft",
      "runbooks.discardDraft",
      "runbooks.importDocument",
      "runbooks.previewDraft",
      "runbooks.proposePublish",
      "runbooks.publishReading",
      "runbooks.recallTenants",
      "runbooks.saveDraft",
      "shell.attest",
      "signers.prepareRepin",
      "signers.proposeEnrol",
      "signers.proposeRevoke",
      "signers.proposeRotate",
      "signers.repin",
      "standing.propose",
      "standing.proposeWithdrawal",
      "standing.use",
      "tenants.collectHandover",
      "tenants.confirmHandover",
      "tenants.requestHandover",
    ]);
    const { actor } = await browserOf(world, ...ROLES);
    for (const procedure of single) {
      expect(await answerCode(procedure, contextOf({ actor, isBatch: true }))).toBe("BAD_REQUEST");
    }
  });

  it.each(PROCEDURES.filter(({ type }) => type !== "subscription"))(
    "$path refuses a field that it does not know",
    async (procedure) => {
      const { actor } = await browserOf(world, ...ROLES);
      const known = z.record(z.string(), z.unknown()).parse(inputOf(procedure.path));
      for (const name of FORGED.filter((each) => !Object.hasOwn(known, each))) {
        const input = Object.fromEntries([...Object.entries(known), [name, 1]]);
        expect(await answerCode(procedure, contextOf({ actor }), input), name).toBe("BAD_REQUEST");
      }
    },
  );
});

describe.each([...ROLES.map((role) => [role]), []])("a person with the role %s", (...roles) => {
  it("may exactly what the policy table says, on every procedure", async () => {
    const answers: Record<string, "allowed" | "forbidden"> = {};
    const expected: typeof answers = {};
    let visitor = await browserOf(world, ...roles);
    for (const [at, procedure] of PROCEDURES.entries()) {
      // One person alone is paced.
      if (at % 50 === 49) visitor = await browserOf(world, ...roles);
      const { actor, cookie } = visitor;
      const { action } = metaSchema.parse(procedure.meta);
      const isMeant = roles.some((role) => ROLE_RULES[action].includes(role));
      expected[procedure.path] = isMeant ? "allowed" : "forbidden";
      const code = await answerCode(procedure, contextOf({ actor, cookieHeader: cookie }));
      expect(code, procedure.path).not.toMatch(/UNAUTHORIZED|INTERNAL_SERVER_ERROR|TOO_MANY_REQUESTS/);
      answers[procedure.path] = code === "FORBIDDEN" ? "forbidden" : "allowed";
    }
    expect(answers).toEqual(expected);
  });
});

/** Every address that is no page, and who may call it. A new one has to be entered here. */
const ROUTES: Record<string, { level: string; methods: string[] }> = {
  "app/api/audit/export/route.ts": { level: "protected: audit.export", methods: ["GET"] },
  "app/api/auth/[...nextauth]/route.ts": { level: "public: signing in and out", methods: ["GET", "POST"] },
  "app/api/trpc/[trpc]/route.ts": { level: "protected: each procedure by itself", methods: ["GET", "POST"] },
  "app/api/evidence/[kind]/[id]/route.ts": { level: "protected: evidence.export", methods: ["GET"] },
  "app/api/jobs/[jobId]/hand/[stepId]/[name]/route.ts": {
    level: "protected: job.read_output",
    methods: ["GET"],
  },
  "app/api/jobs/[jobId]/operation/route.ts": { level: "protected: job.read", methods: ["GET"] },
  "app/api/jobs/[jobId]/output/route.ts": { level: "protected: job.read_output", methods: ["GET"] },
  "app/api/registers/documents/[documentId]/route.ts": {
    level: "protected: register.export",
    methods: ["GET"],
  },
  "app/api/registers/handoff/route.ts": { level: "protected: register.export", methods: ["GET"] },
  "app/api/registers/import/route.ts": { level: "protected: register.import", methods: ["POST"] },
  "app/api/registers/items/export/route.ts": { level: "protected: register.export", methods: ["GET"] },
  "app/api/registers/preview/route.ts": { level: "protected: register.import", methods: ["POST"] },
  "app/api/registers/session-ledger/route.ts": { level: "protected: register.export", methods: ["GET"] },
  "app/api/runbooks/[slug]/table/route.ts": { level: "protected: runbook.read", methods: ["GET"] },
  "app/api/ssh/ca/route.ts": { level: "protected: certificate.read", methods: ["GET"] },
  "app/api/ssh/krl/route.ts": { level: "protected: certificate.read", methods: ["GET"] },
  "app/api/ssh/signatures/route.ts": { level: "protected: certificate.read", methods: ["GET"] },
  "app/healthz/route.ts": { level: "public: one word about the database", methods: ["GET"] },
};

describe("route files", () => {
  it("are exactly the declared ones, with exactly their methods", () => {
    const found = globSync("app/**/route.{ts,tsx,js,mjs}").sort();
    expect(found).toEqual(Object.keys(ROUTES).sort());
    for (const file of found) {
      const exported = [...readFileSync(file, "utf8").matchAll(/\b(?:as|function|const) ([A-Z]{3,7})\b/g)];
      expect(new Set(exported.map(([, method]) => method)), file).toEqual(new Set(ROUTES[file]?.methods));
    }
  });

  it("have no back door in server actions or an older router", () => {
    const sources = globSync(["app/**/*.{ts,tsx}", "components/**/*.{ts,tsx}", "server/**/*.ts"]).filter(
      (file) => !file.endsWith(".test.ts"),
    );
    expect(sources.filter((file) => /^\s*["']use server["']/m.test(readFileSync(file, "utf8")))).toEqual([]);
    expect(globSync(["pages/**", "src/pages/**"])).toEqual([]);
  });
});
