import { desc, eq } from "drizzle-orm";
import { afterAll, beforeAll, expect, it } from "vitest";
import { cloud } from "#db/schema/cloud.ts";
import { job, journalEntry } from "#db/schema/job.ts";
import { operation } from "#db/schema/signing.ts";
import { clampRecovery } from "#server/domain/guest/recovery.ts";
import { addHost } from "#server/services/guest/add-host.ts";
import { readHost } from "#server/services/guest/read.ts";
import { armRecovery, endRecovery } from "#server/services/guest/recovery.ts";
import { saveDesired } from "#server/services/guest/save.ts";
import { signJob } from "#server/services/job/sign.ts";
import { type Bench, openBench } from "#server/testing/runner-bench.ts";
import { enrol, openSigningKeys, type SigningKey, type SigningKeys } from "#server/testing/signing-keys.ts";
import { refreshClouds } from "./clouds.ts";
import { runJob } from "./executor.ts";
import { observeDue } from "./observe-guests.ts";

const FIRST = "countersign@pve!console";
let bench: Bench;
let keys: SigningKeys;
let key: SigningKey;
let hostId: string;
let generation = 0;

beforeAll(async () => {
  keys = await openSigningKeys();
  bench = await openBench({ hasHypervisor: true });
  key = await keys.make();
  await enrol(db(), { line: key.publicLine, personId: bench.reviewer.personId, at: bench.parts.now() });
  const [row] = await db().select().from(cloud).where(eq(cloud.name, "embedded-hypervisor"));
  hostId = (await addHost(as(), { cloudId: row?.id ?? "", node: "pve1" })).tenantId;
}, 60_000);
afterAll(async () => {
  await bench.close();
  await keys.close();
});

const db = () => bench.database.db;
const as = (actor = bench.operator) => ({ db: db(), actor, clock: bench.parts.now });
const tokens = () => bench.cloud.world.hypervisor.tokens ?? [];

/** A rotation as far as its signature. */
async function rotation(): Promise<string> {
  const { jobId, message } = await unsignedRotation();
  await signJob(as(bench.reviewer), { jobId, armored: await key.sign(message), operation: null });
  return jobId;
}

async function messageOf(jobId: string): Promise<string> {
  const [row] = await db()
    .select()
    .from(operation)
    .where(eq(operation.jobId, jobId))
    .orderBy(desc(operation.attempt));
  return row?.message ?? "";
}

async function unsignedRotation(): Promise<{ jobId: string; message: string }> {
  const document = JSON.stringify({ guests: [], intents: [{ op: "key_rotation" }] });
  const given = { tenantId: hostId, seenGeneration: generation, document, reason: "As every quarter" };
  generation = (await saveDesired(as(), given)).generation;
  const preview = await bench.preview(hostId, "G2");
  expect(preview).toMatchObject({ state: "ready", effect: "destroy" });
  const jobId = await bench.queue(preview);
  const message = await messageOf(jobId);
  expect(JSON.parse(message)).toMatchObject({ op: "key_rotation", target: { guest_id: "pve1" } });
  return { jobId, message };
}

async function run(jobId: string) {
  await runJob(bench.parts, await bench.claim(), new AbortController());
  return bench.getJob(jobId);
}

it("puts another token in the place of the first, seals it, and works with it from then on", async () => {
  const jobId = await rotation();
  expect(await run(jobId)).toMatchObject({ state: "succeeded" });
  expect(tokens().map(({ id }) => id)).toEqual([`${FIRST}-2`]);
  const [{ secret } = { secret: "" }] = tokens();
  const entries = await db().select().from(journalEntry).where(eq(journalEntry.jobId, jobId));
  expect(secret).toHaveLength(36);
  expect(JSON.stringify(entries)).not.toContain(secret);
  expect(entries.some(({ kind }) => kind === "sealed")).toBe(true);

  await refreshClouds(bench.parts, "10.20.0.0/16");
  const [row] = await db().select().from(cloud).where(eq(cloud.name, "embedded-hypervisor"));
  expect(row).toMatchObject({ state: "reachable" });
  await observeDue(bench.parts);
  const { actual, observed } = await readHost(as(), { tenantId: hostId });
  expect({ problem: observed.problem, guests: actual?.guests.length }).toEqual({ problem: null, guests: 4 });

  expect(await run(await rotation())).toMatchObject({ state: "succeeded" });
  expect(tokens().map(({ id }) => id)).toEqual([`${FIRST}-3`]);
});

it("keeps the old token when the new one could not be made", async () => {
  const before = tokens();
  const jobId = await rotation();
  bench.cloud.faults.add({
    match: { service: "hypervisor", method: "POST", pathPrefix: "/access/users" },
    times: 1,
    effect: "http500",
  });
  const { state } = await run(jobId);
  expect(["failed", "outcome_unknown"]).toContain(state);
  expect(tokens()).toEqual(before);
});

it("closes a host in recovery mode for all but a rotation, which a recovery key signs then and only then", async () => {
  await db()
    .update(job)
    .set({ resolvedAt: new Date(), resolution: "did_not_happen" })
    .where(eq(job.state, "outcome_unknown"));
  const cold = await keys.make();
  const at = bench.parts.now();
  await enrol(db(), { line: cold.publicLine, personId: bench.reviewer.personId, role: "recovery", at });
  const { jobId, message } = await unsignedRotation();
  const by = async (bytes: string) =>
    signJob(as(bench.reviewer), { jobId, armored: await cold.sign(bytes), operation: null });
  await expect(by(message)).rejects.toMatchObject({ code: "forbidden", details: { reason: "role_denied" } });

  const armed = { tenantId: hostId, reason: "The operational keys are lost" };
  expect(await armRecovery(as(), { ...armed, seconds: 1 })).toMatchObject({ seconds: 60 });
  await expect(armRecovery(as(), armed)).rejects.toMatchObject({ code: "conflict" });
  expect((await readHost(as(), { tenantId: hostId })).recovery).toMatchObject({ reason: armed.reason });
  expect(await bench.preview(hostId, "G1")).toMatchObject({
    state: "blocked",
    says: expect.stringContaining("recovery mode of pve1 is armed until"),
  });
  await by(await messageOf(jobId));
  expect(await run(jobId)).toMatchObject({ state: "succeeded" });

  const later = () => new Date(Date.now() + 61_000);
  expect((await readHost({ ...as(), clock: later }, { tenantId: hostId })).recovery).toBeNull();
  await endRecovery(as(), { tenantId: hostId });
  await expect(endRecovery(as(), { tenantId: hostId })).rejects.toMatchObject({ code: "conflict" });
  expect(await bench.preview(hostId, "G1")).toMatchObject({ state: "ready" });
});

it.each([
  [undefined, 1800],
  [-1, 60],
  [59, 60],
  [61.6, 62],
  [14_401, 14_400],
  [Number.POSITIVE_INFINITY, 14_400],
  [Number.NaN, 1800],
])("arms it for a bounded time: %s becomes %s seconds", (asked, seconds) => {
  expect(clampRecovery(asked)).toBe(seconds);
});
