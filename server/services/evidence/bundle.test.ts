import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { desc } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import { auditEntry } from "#db/schema/audit.ts";
import { now } from "#server/clock.ts";
import { isCanonical, parseJson } from "#server/domain/audit/event.ts";
import { canonicalJson, type Json } from "#server/domain/canonical/json.ts";
import { decisionId, questionJson, refJson } from "#server/domain/decision/decide.ts";
import { envelopeSchema, questionSchema } from "#server/domain/decision/schema.ts";
import { bytesDigest, memberBytes, MEMBERS } from "#server/domain/evidence/bundle.ts";
import { manifestStatement } from "#server/domain/evidence/manifest.ts";
import { readTar, writeTar } from "#server/domain/evidence/tar.ts";
import { verifyBundle } from "#server/domain/evidence/verify-bundle.ts";
import type { InstallationKey } from "#server/domain/audit/installation-key.ts";
import { deriveInstallationKey } from "#server/runner/heads.ts";
import { LogKeeper } from "#server/runner/log-keeper.ts";
import { refusalOf } from "#server/testing/refusal.ts";
import { type Bench, openBench } from "#server/testing/runner-bench.ts";
import { exportEvidence, makeBundle } from "./export.ts";

let bench: Bench;
let folder: string;
let keeper: LogKeeper;
let key: InstallationKey;
let tenantId: string;
/** A stage that changes the cloud, and one that only reads. */
let changeId: string;
let jobBundle: Buffer;
let tenantBundle: Buffer;

const ctx = () => ({ db: bench.database.db, actor: bench.operator, clock: now });
const bundleOf = async (kind: "job" | "tenant", id: string) =>
  makeBundle(bench.database.db, await exportEvidence(ctx(), { kind, id }), { at: now() });

beforeAll(async () => {
  bench = await openBench();
  folder = mkdtempSync(join(tmpdir(), "countersign-bundle-"));
  key = deriveInstallationKey(bench.sealKey);
  keeper = new LogKeeper(
    { db: bench.database.db, key, now },
    {
      databaseAppUrl: bench.database.appUrl,
      folder,
      git: null,
      webhook: null,
      acceptRestore: null,
      wait: (ms, signal) => sleep(Math.min(ms, 50), undefined, signal ? { signal } : {}),
    },
  );
  await keeper.start();
  tenantId = await bench.addTenant("acme", "10.20.0.0/24");
  await bench.runStage(tenantId, "0");
  const changed = await bench.runStage(tenantId, "1");
  expect(changed.state).toBe("succeeded");
  changeId = changed.id;
  jobBundle = await bundleOf("job", changeId);
  tenantBundle = await bundleOf("tenant", tenantId);
});
afterAll(async () => {
  await keeper.stop();
  await bench.close();
  rmSync(folder, { recursive: true });
});

const NOTHING = { heads: [], publicKey: null };
const verdictOf = (bytes: Buffer) => verifyBundle(bytes, NOTHING);

function membersOf(bytes: Buffer): Map<string, Buffer> {
  const read = readTar(bytes);
  if (read.kind === "bad") throw new Error(read.says);
  return new Map(read.members);
}

const pack = (members: ReadonlyMap<string, Buffer>) =>
  writeTar([...members].map(([name, content]) => ({ name, content })));

/** Puts other members in and signs the manifest anew, as only the holder of the key could. */
function resigned(bytes: Buffer, change: (members: Map<string, Buffer>) => void, by = key): Buffer {
  const members = membersOf(bytes);
  change(members);
  const manifest = objectOf(members.get(MEMBERS.manifest));
  const listed = [...members].filter(([name]) => name !== MEMBERS.manifest && name !== MEMBERS.signature);
  const made = memberBytes({
    ...manifest,
    members: listed.map(([name, content]) => ({ name, bytes: content.length, sha256: bytesDigest(content) })),
  });
  members.set(MEMBERS.manifest, made);
  const statement = manifestStatement({
    digest: bytesDigest(made),
    at: "2026-01-01T00:00:00.000Z",
    key: by.keyId,
  });
  members.set(
    MEMBERS.signature,
    memberBytes({ at: statement.at, key: by.keyId, publicKey: by.publicKey, signature: by.sign(statement) }),
  );
  return pack(members);
}

function objectOf(bytes: Buffer | undefined): { [key: string]: Json } {
  const value = parseJson(bytes?.toString() ?? "");
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new Error("No object.");
  return Object.fromEntries(Object.entries(value));
}

const jobName = (members: ReadonlyMap<string, Buffer>) =>
  [...members.keys()].find((name) => name.startsWith("job-")) ?? "";

/** The job bundle with one place of the job's record changed, signed anew. `path` is dotted. */
function withJob(path: string, change: (value: Json) => Json): Buffer {
  return resigned(jobBundle, (members) => {
    const name = jobName(members);
    members.set(name, memberBytes(changed(objectOf(members.get(name)), path.split("."), change)));
  });
}

function changed(value: Json, path: readonly string[], change: (value: Json) => Json): Json {
  const [first, ...rest] = path;
  if (first === undefined) return change(value);
  if (typeof value !== "object" || value === null) throw new Error(`There is no ${path.join(".")}.`);
  if (Array.isArray(value)) {
    return value.map((member: Json, at) => (String(at) === first ? changed(member, rest, change) : member));
  }
  const entries = Object.entries(value);
  if (!entries.some(([name]) => name === first)) throw new Error(`There is no ${first}.`);
  return Object.fromEntries(
    entries.map(([name, member]) => [name, name === first ? changed(member, rest, change) : member]),
  );
}

const madeUpSchema = z.object({
  question: z.looseObject({
    resource: z.record(z.string(), z.json()),
    context: z.record(z.string(), z.json()),
  }),
  envelope: envelopeSchema,
});
const isList = (value: Json): value is readonly Json[] => Array.isArray(value);
/** A journal in which its first call was announced once more. */
function triedTwice(journal: Json): Json {
  const entries: readonly Json[] = Array.isArray(journal) ? journal : [];
  const isIntent = (entry: Json) => JSON.stringify(entry).includes('"kind":"intent"');
  const intent = z.record(z.string(), z.json()).parse(entries.find(isIntent));
  return [...entries, { ...intent, seq: entries.length + 1 }];
}

const without = (value: Json): Json => (isList(value) ? value.slice(1) : value);

describe("a bundle", () => {
  it("of a job and of a tenant verifies, and taking it is on record", async () => {
    expect(verdictOf(jobBundle)).toMatchObject({
      kind: "whole",
      subject: { kind: "job", id: changeId },
      jobs: [{ state: "succeeded" }],
      publicKey: key.publicKey,
    });
    expect(verdictOf(tenantBundle)).toMatchObject({
      kind: "whole",
      subject: { kind: "tenant", id: tenantId },
      jobs: [{ state: "succeeded" }, { state: "succeeded" }],
    });
    const entries = await bench.database.db.select().from(auditEntry).orderBy(desc(auditEntry.seq));
    expect(entries.find(({ action }) => action === "evidence.export")).toMatchObject({
      outcome: "done",
      objectKind: "tenant",
      objectId: tenantId,
    });
    for (const [name, content] of membersOf(jobBundle)) {
      if (!name.endsWith(".json")) continue;
      expect(isCanonical(content.toString(), objectOf(content))).toBe(true);
    }
  });

  it("holds against heads and the key that were kept elsewhere, and not against others", () => {
    const verdict = verdictOf(jobBundle);
    if (verdict.kind === "broken") throw new Error(verdict.says);
    const { head } = verdict;
    expect(verifyBundle(jobBundle, { heads: [head], publicKey: key.publicKey }).kind).toBe("whole");
    const stranger = deriveInstallationKey(new Uint8Array(32).fill(9));
    expect(verifyBundle(jobBundle, { heads: [], publicKey: stranger.publicKey })).toMatchObject({
      kind: "broken",
      where: MEMBERS.signature,
    });
    // Somebody else's key may sign a manifest, but not the head that the entries are proven against.
    expect(verdictOf(resigned(jobBundle, () => undefined, stranger))).toMatchObject({
      kind: "broken",
      where: MEMBERS.audit,
    });
  });

  it("is refused for what there is not", async () => {
    const id = "00000000-0000-4000-8000-000000000000";
    expect(await refusalOf(exportEvidence(ctx(), { kind: "job", id }))).toMatchObject({ code: "not_found" });
    expect(await refusalOf(exportEvidence(ctx(), { kind: "tenant", id }))).toMatchObject({
      code: "not_found",
    });
  });

  it("names each member of which a byte was changed", () => {
    for (const [name, content] of membersOf(tenantBundle)) {
      for (const at of [0, Math.floor(content.length / 2), content.length - 2]) {
        const members = membersOf(tenantBundle);
        const bytes = Buffer.from(content);
        bytes[at] = (bytes[at] ?? 0) ^ 1;
        members.set(name, bytes);
        const verdict = verdictOf(pack(members));
        const isSigned = name === MEMBERS.manifest;
        expect(verdict).toMatchObject({ kind: "broken" });
        expect([name, ...(isSigned ? [MEMBERS.signature] : [])]).toContain(
          verdict.kind === "broken" && verdict.where,
        );
      }
    }
  });

  it("names each member that was taken away or put in", () => {
    for (const name of membersOf(tenantBundle).keys()) {
      const members = membersOf(tenantBundle);
      members.delete(name);
      expect(verdictOf(pack(members))).toMatchObject({ kind: "broken", where: name });
    }
    const members = membersOf(jobBundle).set("extra.json", Buffer.from("{}"));
    expect(verdictOf(pack(members))).toMatchObject({ kind: "broken", where: "extra.json" });
  });

  it.each<[string, string, (value: Json) => Json, string]>([
    ["a call's path", "plan.steps.0.calls.0.path", () => "/other", "content digest"],
    ["the identity", "plan.steps.0.identity", () => "service-user", "content digest"],
    ["the content digest", "contentDigest", () => `sha256:${"0".repeat(64)}`, "content digest"],
    ["the digest", "digest", () => `sha256:${"0".repeat(64)}`, "digest"],
    ["the nonce", "nonce", () => "x", "digest"],
    ["the expiry", "expiresAt", () => "2027-01-01T00:00:00.000Z", "digest"],
    ["the effect", "effect", () => "read", "effect"],
    ["the requester", "requester.id", () => "00000000-0000-4000-8000-000000000000", "another person"],
    ["the reason", "reason", () => "other", "another reason"],
    [
      "a decision's digest",
      "decisions.0.question.context.digest",
      () => `sha256:${"0".repeat(64)}`,
      "does not stand",
    ],
    ["a decision's effect", "decisions.0.envelope.effect", () => "deny", "does not allow"],
    ["the last decision's effect", "decisions.2.envelope.effect", () => "audit_only", "does not allow"],
    ["a decision's id", "decisions.1.envelope.id", () => "decision:0000000000000000", "does not stand"],
    ["a decision's time", "decisions.1.at", () => "2026-01-01T00:00:00.000Z", "at another time"],
    ["a lost first decision", "decisions", without, "let it be asked for"],
    [
      "the lost last decision",
      "decisions",
      (value) => (isList(value) ? value.slice(0, -1) : value),
      "ran without a decision",
    ],
    [
      "the lost decision about the approval",
      "decisions",
      (value) => (isList(value) ? value.toSpliced(1, 1) : value),
      "approve it",
    ],
    ["all decisions lost", "decisions", () => [], "let it be asked for"],
    ["the approval's digest", "approvals.0.digest", () => `sha256:${"0".repeat(64)}`, "another digest"],
    [
      "the approval's requester",
      "approvals.0.requestedBy",
      () => "00000000-0000-4000-8000-000000000000",
      "another requester",
    ],
    ["the approver", "approvals.0.person.id", () => "00000000-0000-4000-8000-000000000000", "no audit entry"],
    ["a tick", "approvals.0.tickedCallIds", without, "tick"],
    ["the approval's reason", "approvals.0.reason", () => "other", "another reason"],
    ["the approval's decision", "approvals.0.decision", () => "reject", "no audit entry"],
    ["the approval's time", "approvals.0.at", () => "2001-01-01T00:00:00.000Z", "outside"],
    ["a lost approval", "approvals", () => [], "without an approval"],
    ["a lost journal entry", "journal", without, "missing"],
    ["a try that nobody approved", "journal", triedTwice, "more often than"],
    ["an entry of the journal", "journal.0.body", () => ({ x: 1 }), "not what they were"],
    ["a call of the journal", "journal.3.callId", () => "nothing", "plan has not"],
    ["a value of the evidence", "evidence.0.values", () => ({ id: "other" }), "judge|not what they were"],
    ["evidence of no step", "evidence.0.stepId", () => "nothing", "plan has not"],
    ["a verdict", "gates.0.passed", () => false, "judge"],
    ["an assertion", "gates.0.assertions.0.passed", () => false, "judge"],
    ["an observation", "gates.0.assertions.0.observed", () => "other", "not what they were"],
    ["a lost verdict", "gates", () => [], "did not pass"],
    ["the state", "state", () => "failed", "another state"],
    ["the outcome's words", "outcomeSays", () => "other", "another outcome"],
    ["the marker's bytes", "marker.stageHash", () => "other", "other bytes"],
    ["the marker", "marker.isGreen", () => false, "another outcome"],
    ["the clean-room report", "cleanRoom.avoidable", () => 99, "clean-room"],
    ["a line of output", "output", without, "missing"],
    ["a signature of nobody", "signatures", () => [{ person: "x" }], "signature"],
  ])("signed anew over %s still names what does not fit", (...given) => {
    const [, path, change, says] = given;
    const verdict = verdictOf(withJob(path, change));
    expect(verdict).toMatchObject({ kind: "broken", where: jobName(membersOf(jobBundle)) });
    expect(verdict.kind === "broken" && verdict.says).toMatch(new RegExp(says));
  });

  it.each<["resource" | "context", string, string]>([
    ["resource", "id", "is about another job"],
    ["context", "digest", "is about another digest"],
  ])("signed anew over a decision made up about another %s names it", (part, name, says) => {
    const made = withJob("decisions.2", (value) => {
      const { question, envelope } = madeUpSchema.parse(value);
      const other = questionSchema.parse({ ...question, [part]: { ...question[part], [name]: "job:x" } });
      const { directory_etag: etag, policy_version: version } = envelope.provenance;
      return {
        ...objectOf(Buffer.from(JSON.stringify(value))),
        question: questionJson(other),
        envelope: {
          ...objectOf(Buffer.from(JSON.stringify(envelope))),
          resource: refJson(other.resource),
          id: decisionId(other, { etag, version }),
        },
      };
    });
    const verdict = verdictOf(made);
    expect(verdict.kind === "broken" && verdict.says).toContain(says);
  });

  it.each<[string, (value: Json) => Json]>([
    ["values", () => []],
    ["inputs", () => ({})],
  ])("signed anew over other %s of the tenant does not judge as before", (path, change) => {
    const bytes = resigned(jobBundle, (members) =>
      members.set(
        MEMBERS.tenant,
        memberBytes(changed(objectOf(members.get(MEMBERS.tenant)), [path], change)),
      ),
    );
    const verdict = verdictOf(bytes);
    // Inputs that no gate of this stage reads change nothing that it proves.
    if (path === "values") expect(verdict.kind).toBe("broken");
  });

  it("that leaves something out says so, and is not whole", async () => {
    const asked = await exportEvidence(ctx(), { kind: "tenant", id: tenantId });
    const limits = { jobs: 1, lines: 2, files: 0 };
    const partial = await makeBundle(bench.database.db, asked, { at: now(), limits });
    expect(verdictOf(partial)).toMatchObject({
      kind: "part",
      jobs: [{ state: "succeeded" }],
      lacks: [
        "1 of 2 jobs are left out: the oldest.",
        expect.stringMatching(/^\d+ of \d+ lines of output of job \d+ are left out: the last\.$/),
      ],
    });
    expect(verdictOf(jobBundle)).toMatchObject({ kind: "whole", lacks: [] });
    writeFileSync(join(folder, "part.tar"), partial);
  });

  it.each<[string, { held: number; there: number }]>([
    ["fewer jobs", { held: 0, there: 1 }],
    ["more jobs", { held: 2, there: 2 }],
    ["fewer jobs on record than it holds", { held: 1, there: 0 }],
  ])("that counts %s is broken", (_what, jobs) => {
    const other = resigned(jobBundle, (members) => {
      const manifest = objectOf(members.get(MEMBERS.manifest));
      members.set(MEMBERS.manifest, memberBytes({ ...manifest, jobs }));
    });
    expect(verdictOf(other)).toMatchObject({ kind: "broken", where: MEMBERS.manifest });
  });

  it("with more lines than it says is broken", () => {
    expect(verdictOf(withJob("outputThere", () => 0))).toMatchObject({
      kind: "broken",
      says: expect.stringContaining("more lines of output"),
    });
  });

  it("signed anew without one of its audit entries is broken", () => {
    const lines = (membersOf(jobBundle).get(MEMBERS.audit)?.toString() ?? "").split("\n").slice(0, -1);
    for (const at of lines.keys()) {
      if (at === 0) continue;
      const rest = lines.toSpliced(at, 1);
      const header = objectOf(Buffer.from(rest[0] ?? ""));
      const text = [canonicalJson({ ...header, count: rest.length - 1 }), ...rest.slice(1)]
        .map((line) => `${line}\n`)
        .join("");
      const bytes = resigned(jobBundle, (members) => members.set(MEMBERS.audit, Buffer.from(text)));
      const action = /"action":"([^"]+)"/.exec(lines[at] ?? "")?.[1];
      const isNeeded = ["job.request", "job.approve", "job.finished"].includes(action ?? "");
      if (isNeeded) expect(verdictOf(bytes)).toMatchObject({ kind: "broken" });
    }
  });

  it("of another subject than it says is broken", () => {
    const other = resigned(jobBundle, (members) => {
      const manifest = objectOf(members.get(MEMBERS.manifest));
      members.set(MEMBERS.manifest, memberBytes({ ...manifest, subject: { kind: "job", id: tenantId } }));
    });
    expect(verdictOf(other)).toMatchObject({ kind: "broken", where: MEMBERS.manifest });
  });
});

describe("countersign verify", () => {
  const verify = (...args: string[]): Promise<{ code: number; out: string; err: string }> =>
    new Promise((done) => {
      const main = resolve("server/cli/main.ts");
      const env = { NODE_ENV: "production" } as const;
      execFile(process.execPath, [main, "verify", ...args], { cwd: folder, env }, (error, out, err) => {
        done({ code: typeof error?.code === "number" ? error.code : 0, out, err });
      });
    });

  it("verifies in an empty folder without anything of the console", async () => {
    writeFileSync(join(folder, "job.tar"), jobBundle);
    writeFileSync(join(folder, "key.pub"), key.publicKey);
    const good = await verify("job.tar", "--key", "key.pub", "--head", "heads.jsonl");
    expect(good).toMatchObject({ code: 0, err: "" });
    expect(good.out).toContain("whole: evidence of job");
    const json = await verify("job.tar", "--json");
    expect(JSON.parse(json.out)).toMatchObject({ result: "whole", subject: { id: changeId } });
  });

  it("never calls whole what leaves something out", async () => {
    const part = await verify("part.tar", "--key", "key.pub");
    expect(part).toMatchObject({ code: 1, out: expect.stringMatching(/^part: evidence of tenant/) });
    expect(part.err).toContain("not whole: 1 of 2 jobs are left out: the oldest.");
    expect(JSON.parse((await verify("part.tar", "--json")).out)).toMatchObject({ result: "part" });
  });

  it("names what is broken", async () => {
    writeFileSync(
      join(folder, "bad.tar"),
      withJob("approvals.0.reason", () => "other"),
    );
    const bad = await verify("bad.tar");
    expect(bad).toMatchObject({ code: 1, out: "" });
    expect(bad.err).toMatch(/^broken in job-\d+\.json: .*another reason\.\n$/);
    expect(await verify("nothing.tar")).toMatchObject({ code: 2 });
    expect(await verify()).toMatchObject({ code: 2 });
  });
});
