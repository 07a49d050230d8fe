import { webcrypto } from "node:crypto";
import { asc, eq } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { auditEntry } from "#db/schema/audit.ts";
import { gateResult, journalEntry, outputLine } from "#db/schema/job.ts";
import { handover, secret } from "#db/schema/secret.ts";
import { finding, tenant, tenantValue } from "#db/schema/tenant.ts";
import { auditHash } from "#server/domain/audit/chain.ts";
import { SECRET_NAMES } from "#server/domain/secret/names.ts";
import { patternsOf } from "#server/domain/secret/spellings.ts";
import { confirmHandover } from "#server/services/handover/confirm.ts";
import { requestHandover } from "#server/services/handover/request.ts";
import { dumpDatabase } from "#server/testing/database-dump.ts";
import { type Bench, countChanges, openBench } from "#server/testing/runner-bench.ts";
import { answerHandover } from "./handover.ts";
import { planStage } from "./planner.ts";
import { openSecret } from "./vault.ts";

const STAGES = ["0", "1", "2", "2.5", "3", "4", "5", "6-7"];

let bench: Bench;
let tenantId = "";
/** Sealed values as they were before the hand-over, for the search afterwards. */
let canaries: string[] = [];

beforeAll(async () => {
  bench = await openBench();
  tenantId = await bench.addTenant("acme", "10.20.24.0/24");
});
afterAll(() => bench.close());

const db = () => bench.database.db;

async function outputOf(jobId: string): Promise<string> {
  const lines = await db()
    .select()
    .from(outputLine)
    .where(eq(outputLine.jobId, jobId))
    .orderBy(asc(outputLine.seq));
  expect(lines.map(({ seq }) => seq)).toEqual(lines.map((_, index) => index + 1));
  return lines.map(({ text }) => text).join("\n");
}

describe("onboarding a tenant", () => {
  it.each(STAGES)("passes stage %s", { timeout: 60_000 }, async (stageKey) => {
    const done = await bench.runStage(tenantId, stageKey);
    const output = await outputOf(done.id);
    expect(done.state, `${done.outcomeSays ?? ""}\n${output}`).toBe("succeeded");
    // Every call is told, the sign-ins and the comparison before the first step as well.
    expect(output).toMatch(/^Comparing[^\n]*\nPOST \/v3\/auth\/tokens -> 201 \(\d+ ms\)\n/);
    const [gate] = await db().select().from(gateResult).where(eq(gateResult.jobId, done.id));
    expect(gate?.passed).toBe(true);
    expect(gate?.assertions.every(({ expected, observed }) => expected !== "" && observed !== "")).toBe(true);
  });

  it("wrote an intent before and an outcome after each call, and nothing twice", async () => {
    const entries = await db().select().from(journalEntry).orderBy(journalEntry.jobId, journalEntry.seq);
    const intents = entries.filter(({ kind }) => kind === "intent");
    expect(intents.length).toBeGreaterThan(15);
    for (const intent of intents) {
      const ofCall = entries.filter(
        ({ jobId, callId }) => jobId === intent.jobId && callId === intent.callId,
      );
      const kinds = ofCall.map(({ kind }) => kind).filter((kind) => kind !== "sealed");
      expect(kinds).toEqual(["intent", "outcome"]);
    }
  });

  it("filled the as-run reference by itself", async () => {
    const rows = await db().select().from(tenantValue).where(eq(tenantValue.tenantId, tenantId));
    const names = rows.map(({ name }) => name);
    expect(names).toEqual(
      expect.arrayContaining(["domain_id", "project_id", "app_cred_id", "network_id", "cluster_id"]),
    );
    expect(new Set(names).size).toBe(names.length);
  });

  it("keeps every secret sealed and nowhere else", async () => {
    const opened = await Promise.all(
      SECRET_NAMES.map((name) => openSecret(db(), bench.parts.sealer, { tenantId, name })),
    );
    canaries = opened.flatMap((one) => (one === null ? [] : [one.value]));
    expect(canaries).toHaveLength(SECRET_NAMES.length);
    await expectNoCanary();
  });
});

describe("running it again", () => {
  it("finds every stage already so and sends nothing", { timeout: 60_000 }, async () => {
    const changes = countChanges(bench.cloud);
    for (const stageKey of STAGES) {
      const preview = await bench.preview(tenantId, stageKey);
      expect(preview.effect, stageKey).toBe(stageKey === "2" ? "mutate" : "read");
      const done = await bench.runStage(tenantId, stageKey);
      expect(done.state, done.outcomeSays ?? "").toBe("succeeded");
    }
    const codes = (await db().select().from(finding).where(eq(finding.tenantId, tenantId))).map(
      ({ code }) => code,
    );
    expect(new Set(codes).size).toBe(codes.length);
    // The attempts of stage 2 are made each time: what they show is that the cloud still refuses.
    expect(changes()).toBe(3);
    bench.cloud.faults.clear();
  });
});

describe("the hand-over", () => {
  it("is boxed to the asking browser alone, and the secrets are gone when it opened the box", async () => {
    const browser = await webcrypto.subtle.generateKey({ name: "ECDH", namedCurve: "P-256" }, false, [
      "deriveBits",
    ]);
    const raw = await webcrypto.subtle.exportKey("raw", browser.publicKey);
    const publicKey = Buffer.from(raw).toString("base64url");
    const ctx = { db: db(), actor: bench.operator, clock: bench.parts.now };
    const { handoverId } = await requestHandover(ctx, { tenantId, publicKey });

    expect(await answerHandover(bench.parts)).toBe(true);
    expect(await answerHandover(bench.parts)).toBe(false);

    const [row] = await db().select().from(handover).where(eq(handover.id, handoverId));
    expect(row?.state).toBe("ready");
    const set: unknown = JSON.parse(await openBox(browser.privateKey, handoverId, row?.box ?? null));
    expect(set).toEqual({
      horizonUrl: null,
      domainName: "acme",
      domainAdminName: "acme-domain-admin",
      password: canaries[SECRET_NAMES.indexOf("manager_password")],
      caPem: expect.stringContaining("BEGIN CERTIFICATE"),
    });
    await expect(openBox(browser.privateKey, tenantId, row?.box ?? null)).rejects.toThrow();

    const before = await db().select().from(secret).where(eq(secret.tenantId, tenantId));
    expect(before.every(({ sealed }) => sealed !== null)).toBe(true);
    await confirmHandover(ctx, { handoverId });
    const secrets = await db().select().from(secret).where(eq(secret.tenantId, tenantId));
    expect(secrets.length).toBeGreaterThanOrEqual(SECRET_NAMES.length);
    expect(secrets.every(({ sealed, destroyedAt }) => sealed === null && destroyedAt !== null)).toBe(true);
    const [after] = await db().select().from(tenant).where(eq(tenant.id, tenantId));
    expect(after?.handedOverAt).not.toBeNull();
    await expectNoCanary();
  });

  it("leaves no identity of the tenant that could be used", async () => {
    await expect(bench.preview(tenantId, "2")).rejects.toThrow(/handed over/);
    const result = await planStage(bench.parts, {
      tenantId,
      stageKey: "2",
      runbookVersionId: null,
      byHand: [],
    });
    expect(result).toMatchObject({ kind: "blocked", says: expect.stringContaining("handed over") });
  });

  it("is on an unbroken audit chain", async () => {
    const entries = await db().select().from(auditEntry).orderBy(auditEntry.seq);
    expect(entries.map(({ action }) => action)).toEqual(
      expect.arrayContaining(["job.started", "job.finished", "secret.opened", "handover.boxed"]),
    );
    for (const { hash, ...covered } of entries) {
      expect(auditHash({ ...covered, at: covered.at.toISOString() })).toBe(hash);
    }
  });
});

async function expectNoCanary(): Promise<void> {
  const rows = await dumpDatabase(bench.database);
  expect(rows.length).toBeGreaterThan(100);
  const searches = canaries.flatMap((value) =>
    value.includes("\n")
      ? value
          .split("\n")
          .slice(1, -2)
          .map((line) => new RegExp(escape(line)))
      : patternsOf(value).map(({ source }) => new RegExp(source)),
  );
  const hits = rows.filter(({ row }) => searches.some((search) => search.test(row)));
  expect(hits.map(({ table }) => table)).toEqual([]);
}

const escape = (text: string) => text.replace(/[+/=]/g, "\\$&");

async function openBox(
  privateKey: webcrypto.CryptoKey,
  id: string,
  box: { publicKey: string; iv: string; ciphertext: string } | null,
): Promise<string> {
  const { subtle } = webcrypto;
  const bytes = (text: string | undefined) => Buffer.from(text ?? "", "base64url");
  const curve = { name: "ECDH", namedCurve: "P-256" };
  const theirs = await subtle.importKey("raw", bytes(box?.publicKey), curve, false, []);
  const shared = await subtle.deriveBits({ name: "ECDH", public: theirs }, privateKey, 256);
  const material = await subtle.importKey("raw", shared, "HKDF", false, ["deriveKey"]);
  const info = new TextEncoder().encode("countersign-handover");
  const key = await subtle.deriveKey(
    { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(0), info },
    material,
    { name: "AES-GCM", length: 256 },
    false,
    ["decrypt"],
  );
  const additionalData = new TextEncoder().encode(id);
  const plain = await subtle.decrypt(
    { name: "AES-GCM", iv: bytes(box?.iv), additionalData },
    key,
    bytes(box?.ciphertext),
  );
  return new TextDecoder().decode(plain);
}
