import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { desc, eq } from "drizzle-orm";
import { afterAll, beforeAll, expect, it } from "vitest";
import * as z from "zod";
import { proposal } from "#db/schema/proposal.ts";
import { operation } from "#db/schema/signing.ts";
import { now } from "#server/clock.ts";
import type { PersonActor } from "#server/domain/policy/decide.ts";
import { jobRecordSchema } from "#server/domain/evidence/bundle.ts";
import { signatureProblem } from "#server/domain/evidence/verify-signature.ts";
import { verifyBundle } from "#server/domain/evidence/verify-bundle.ts";
import { DEFAULT_RULES } from "#server/domain/rule/rule.ts";
import { runJob } from "#server/runner/executor.ts";
import { deriveInstallationKey } from "#server/runner/heads.ts";
import { LogKeeper } from "#server/runner/log-keeper.ts";
import { SoftwareAuthenticator } from "#server/testing/authenticator.ts";
import { approvalOf } from "#server/testing/jobs.ts";
import { signInAs } from "#server/testing/people.ts";
import { type Bench, openBench } from "#server/testing/runner-bench.ts";
import { enrol, openSigningKeys, type SigningKey, type SigningKeys } from "#server/testing/signing-keys.ts";
import { beginEnrol } from "../account/begin-enrol.ts";
import { beginProof } from "../account/begin-proof.ts";
import { enrolPasskey } from "../account/enrol-passkey.ts";
import { approveJob } from "../job/approve.ts";
import { signJob } from "../job/sign.ts";
import { proveByPasskey } from "../person/prove-by-passkey.ts";
import { findActor } from "../person/session.ts";
import { approveProposal } from "../proposal/decide.ts";
import { proposeRules } from "../rules/change.ts";
import { collectJob, collectTenant } from "./collect.ts";
import { exportEvidence, makeBundle } from "./export.ts";

const ORIGIN = "https://console.example.org";

let bench: Bench;
let keys: SigningKeys;
let key: SigningKey;
let other: SigningKey;
let folder: string;
let keeper: LogKeeper;
let jobId: string;
let tenantId: string;

const db = () => bench.database.db;
const as = (actor: PersonActor) => ({ db: db(), actor, clock: now });

beforeAll(async () => {
  bench = await openBench();
  keys = await openSigningKeys();
  [key, other] = [await keys.make(), await keys.make()];
  folder = mkdtempSync(join(tmpdir(), "countersign-signed-"));
  keeper = new LogKeeper(
    { db: db(), key: deriveInstallationKey(bench.sealKey), now },
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
  await demandSignatures();
  tenantId = await bench.addTenant("acme", "10.20.0.0/24");
  await bench.runStage(tenantId, "0");
  jobId = await bench.ask(await bench.preview(tenantId, "1"));
  const rita = await withPasskey(bench.reviewer);
  await approveJob(as(rita), approvalOf(await bench.getJob(jobId)));
  const { personId } = bench.reviewer;
  await enrol(db(), { line: key.publicLine, personId, at: now() });
  const [row] = await db()
    .select()
    .from(operation)
    .where(eq(operation.jobId, jobId))
    .orderBy(desc(operation.attempt));
  const armored = await key.sign(row?.message ?? "");
  await signJob(as(rita), { jobId, armored, operation: null });
  await runJob(bench.parts, await bench.claim(), new AbortController());
});
afterAll(async () => {
  await keeper.stop();
  await keys.close();
  await bench.close();
  rmSync(folder, { recursive: true });
});

/** The same person in a session that a passkey of theirs has proven. */
async function withPasskey({ personId, name }: PersonActor): Promise<PersonActor> {
  const signedIn = await signInAs({ db: db(), clock: now }, { id: personId, name });
  const ctx = { ...as(signedIn.actor), origin: ORIGIN };
  const authenticator = new SoftwareAuthenticator(ORIGIN);
  const response = authenticator.enrol(await beginEnrol(ctx, {}));
  await enrolPasskey(ctx, { name: "Key", response });
  const { options } = await beginProof(ctx, { way: "passkey" });
  const json = JSON.stringify(authenticator.prove(options ?? { challenge: "" }));
  const browser = { address: "10.1.1.1", userAgent: null, replaces: signedIn.secret, origin: ORIGIN };
  const { sessionSecret } = await proveByPasskey({ db: db(), clock: now, ...browser }, json);
  const actor = await findActor({ db: db(), clock: now, isActivity: false }, sessionSecret);
  if (actor === null) throw new Error("There is no live session.");
  return actor;
}

/** From now on what changes something is signed as well. */
async function demandSignatures(): Promise<void> {
  const mara = await bench.addPerson("Mara Manager", ["manager"]);
  const ada = await bench.addPerson("Ada Admin", ["admin"]);
  const rules = DEFAULT_RULES.rules.map((rule) =>
    rule.name === "Changes"
      ? { ...rule, demands: { ...rule.demands, signature: "operational" as const } }
      : rule,
  );
  const content = { base: 1, set: { ...DEFAULT_RULES, rules } };
  const { proposalId } = await proposeRules(as(mara), { content, reason: "Keys" });
  const [row] = await db().select().from(proposal).where(eq(proposal.id, proposalId));
  await approveProposal(as(ada), { proposalId, digest: row?.digest ?? "", reason: "Keys" });
}

it("holds the signature that let a job go, and it verifies without the console", async () => {
  expect(await bench.getJob(jobId)).toMatchObject({ state: "succeeded" });
  const asked = await exportEvidence(as(bench.operator), { kind: "job", id: jobId });
  const bundle = await makeBundle(db(), asked, { at: now() });
  expect(verifyBundle(bundle, { heads: [], publicKey: null })).toMatchObject({
    kind: "whole",
    approvers: [{ name: "Rita Reviewer", provenBy: "passkey" }],
    signatures: [{ name: "Rita Reviewer", fingerprint: expect.stringMatching(/^SHA256:/) }],
  });
  writeFileSync(join(folder, "signed.tar"), bundle);
  const { code, out } = await verifyAlone("signed.tar");
  expect(code).toBe(0);
  expect(out).toMatch(/^signed: job \d+ by Rita Reviewer with SHA256:\S+$/m);
  // The browser's answer is not kept, so nobody can look at it again.
  expect(out).toMatch(
    /is the console's own word, and cannot be verified here: Rita Reviewer of job \d+ by passkey\./,
  );
});

it("does not verify with one signature, key or message in the place of another", async () => {
  const tenant = await collectTenant(db(), tenantId);
  const limits = { jobs: 10, lines: 1000 };
  const record = jobRecordSchema.parse(await collectJob(db(), jobId, { tenant, limits }));
  const [signature = {}] = record.signatures;
  expect(signatureProblem(signature, record)).toBeNull();
  const message = z.string().parse(signature["message"]);
  const wrong: [object, RegExp][] = [
    [{ armored: await other.sign(message) }, /made with another key/],
    [{ publicKey: other.publicLine }, /made with another key/],
    [{ armored: await key.sign(`${message} `) }, /does not verify/],
    [{ armored: await key.sign(message, { namespace: "git" }) }, /does not verify/],
    [{ namespace: "git" }, /does not verify/],
    [{ message: message.replace(record.digest, `sha256:${"0".repeat(64)}`) }, /operation of another job/],
    [{ digest: `sha256:${"0".repeat(64)}` }, /about another digest/],
    [{ person: record.requester }, /the requester's own/],
  ];
  for (const [change, says] of wrong) {
    expect(signatureProblem({ ...signature, ...change }, record)).toMatch(says);
  }
});

/** The command, in a folder with nothing of the console but the bundle. */
const verifyAlone = (name: string): Promise<{ code: number; out: string }> =>
  new Promise((done) => {
    const main = resolve("server/cli/main.ts");
    const env = { NODE_ENV: "production" } as const;
    execFile(process.execPath, [main, "verify", name], { cwd: folder, env }, (error, out) => {
      done({ code: typeof error?.code === "number" ? error.code : 0, out });
    });
  });
