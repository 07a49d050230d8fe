import { desc, eq } from "drizzle-orm";
import { afterAll, beforeAll, expect, it } from "vitest";
import { cloud } from "#db/schema/cloud.ts";
import { journalEntry } from "#db/schema/job.ts";
import { operation } from "#db/schema/signing.ts";
import { addHost } from "#server/services/guest/add-host.ts";
import { readHost } from "#server/services/guest/read.ts";
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
  const document = JSON.stringify({ guests: [], intents: [{ op: "key_rotation" }] });
  const given = { tenantId: hostId, seenGeneration: generation, document, reason: "As every quarter" };
  generation = (await saveDesired(as(), given)).generation;
  const preview = await bench.preview(hostId, "G2");
  expect(preview).toMatchObject({ state: "ready", effect: "destroy" });
  const jobId = await bench.queue(preview);
  const [row] = await db()
    .select()
    .from(operation)
    .where(eq(operation.jobId, jobId))
    .orderBy(desc(operation.attempt));
  const message = row?.message ?? "";
  expect(JSON.parse(message)).toMatchObject({ op: "key_rotation", target: { guest_id: "pve1" } });
  await signJob(as(bench.reviewer), { jobId, armored: await key.sign(message), operation: null });
  return jobId;
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
