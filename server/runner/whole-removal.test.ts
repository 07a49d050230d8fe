import { desc, eq } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { journalEntry } from "#db/schema/job.ts";
import { operation } from "#db/schema/signing.ts";
import { signJob } from "#server/services/job/sign.ts";
import { type Bench, countChanges, openBench } from "#server/testing/runner-bench.ts";
import { enrol, openSigningKeys, type SigningKey, type SigningKeys } from "#server/testing/signing-keys.ts";
import { claimJob } from "./claim.ts";
import { runJob } from "./executor.ts";

const STAGES = ["0", "1", "2", "2.5", "3", "4"];

let bench: Bench;
let keys: SigningKeys;
let key: SigningKey;
let third = 80;

beforeAll(async () => {
  keys = await openSigningKeys();
  bench = await openBench();
  key = await keys.make();
  const { reviewer, parts } = bench;
  await enrol(db(), { line: key.publicLine, personId: reviewer.personId, at: parts.now() });
}, 60_000);
afterAll(async () => {
  await bench.close();
  await keys.close();
});

const db = () => bench.database.db;

async function onboarded(slug: string): Promise<string> {
  third += 1;
  const tenantId = await bench.addTenant(slug, `10.20.${third}.0/24`);
  for (const stage of [...STAGES, "R0"]) {
    expect(await bench.runStage(tenantId, stage)).toMatchObject({ state: "succeeded" });
  }
  return tenantId;
}

/** Asked for, approved and signed; queued. */
async function signed(tenantId: string, stageKey: string): Promise<string> {
  const jobId = await bench.queue(await bench.preview(tenantId, stageKey));
  expect(await bench.getJob(jobId)).toMatchObject({ state: "awaiting_signature", effect: "destroy" });
  const [row] = await db()
    .select()
    .from(operation)
    .where(eq(operation.jobId, jobId))
    .orderBy(desc(operation.attempt));
  const ctx = { db: db(), actor: bench.reviewer, clock: bench.parts.now };
  await signJob(ctx, { jobId, armored: await key.sign(row?.message ?? ""), operation: null });
  return jobId;
}

async function run(jobId: string) {
  await runJob(bench.parts, await bench.claim(), new AbortController());
  return bench.getJob(jobId);
}

async function journalOf(jobId: string, kind: "intent" | "outcome") {
  const rows = await db()
    .select()
    .from(journalEntry)
    .where(eq(journalEntry.jobId, jobId))
    .orderBy(journalEntry.seq);
  return rows.filter((row) => row.kind === kind).map(({ callId }) => callId);
}

describe("removing a tenant through the gate", () => {
  it("journals each deletion, stops at one that fails, and goes on with what is left", async () => {
    const tenantId = await onboarded("acme");
    // Without a cluster there is nothing for this stage to delete; it runs as a read.
    expect(await bench.runStage(tenantId, "R1")).toMatchObject({ state: "succeeded", effect: "read" });

    const first = await signed(tenantId, "R2");
    bench.cloud.faults.add({
      match: { service: "network", method: "DELETE", pathPrefix: "/v2.0/subnets" },
      times: 1,
      effect: "http500",
    });
    const stopped = await run(first);
    expect(stopped).toMatchObject({
      state: "failed",
      outcomeSays: expect.stringContaining("stopped at DELETE /subnets/"),
    });
    const sent = await journalOf(first, "intent");
    expect(sent).toEqual([
      "network.01-router-interface",
      "network.02-router-gateway",
      "network.03-router",
      "network.04-subnet",
    ]);
    expect(stopped.outcomeSays).toContain("Not removed: network.04-subnet, network.05-network");

    const again = await signed(tenantId, "R2");
    expect(await run(again)).toMatchObject({ state: "succeeded" });
    // What was gone is not deleted again.
    expect(await journalOf(again, "intent")).toEqual([
      "network.01-subnet",
      "network.02-network",
      "network.03-security-group",
    ]);
    const last = await signed(tenantId, "R3");
    expect(await run(last)).toMatchObject({ state: "succeeded" });
    expect(await journalOf(last, "outcome")).toEqual(await journalOf(last, "intent"));
    expect((await journalOf(last, "intent")).slice(-2)).toEqual([
      expect.stringMatching(/-domain-access$/),
      expect.stringMatching(/-domain$/),
    ]);
    const nothing = await bench.preview(tenantId, "R3");
    expect(nothing).toMatchObject({ state: "ready", effect: "read" });
  }, 180_000);

  it("does not run when something appeared after it was approved and signed, and sends nothing", async () => {
    const tenantId = await onboarded("globex");
    await bench.runStage(tenantId, "R1");
    const jobId = await signed(tenantId, "R2");
    const changes = countChanges(bench.cloud);
    const { network } = bench.cloud.world;
    const own = network.networks.find(({ name }) => name === "globex-net");
    if (!own) throw new Error("The tenant has no network.");
    network.networks.push({ ...own, id: "00000000-0000-4000-8000-00000000000a", name: "late" });
    expect(await run(jobId)).toMatchObject({
      state: "refused",
      outcomeSays: expect.stringContaining("has changed since this was approved"),
    });
    expect(changes()).toBe(0);
    expect(await journalOf(jobId, "intent")).toEqual([]);
  }, 120_000);

  it("asks who the domain is once more before it runs: one that came to hold an administrator is refused", async () => {
    const tenantId = await onboarded("initech");
    await bench.runStage(tenantId, "R1");
    const jobId = await signed(tenantId, "R2");
    const changes = countChanges(bench.cloud);
    const { identity } = bench.cloud.world;
    const user = Object.values(identity.users).find(({ name }) => name === "initech-svc");
    const admin = Object.values(identity.roles).find(({ name }) => name === "admin");
    if (!user || !admin) throw new Error("The tenant has no service user.");
    identity.grants.push({
      roleId: admin.id,
      actor: { kind: "user", id: user.id },
      target: { kind: "project", id: identity.adminProjectId },
    });
    expect(await run(jobId)).toMatchObject({
      state: "refused",
      outcomeSays: expect.stringContaining("administrator of the cloud"),
    });
    expect(changes()).toBe(0);
    expect(await bench.preview(tenantId, "R2")).toMatchObject({ state: "blocked" });
    expect(await claimJob(bench.parts)).toBeNull();
  }, 120_000);

  it("takes a deletion whose answer was lost for done, and never sends it twice", async () => {
    const tenantId = await onboarded("hooli");
    await bench.runStage(tenantId, "R1");
    const jobId = await signed(tenantId, "R2");
    for (const pathPrefix of ["/v2.0/routers", "/v2.0/networks"]) {
      bench.cloud.faults.add({
        match: { service: "network", pathPrefix, method: "DELETE" },
        times: 1,
        effect: "cut_after",
      });
    }
    expect(await run(jobId)).toMatchObject({ state: "succeeded" });
    const sent = await journalOf(jobId, "intent");
    expect(new Set(sent).size).toBe(sent.length);
  }, 120_000);
});
