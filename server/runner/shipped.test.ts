import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { and, eq } from "drizzle-orm";
import { afterAll, beforeAll, expect, it } from "vitest";
import { evidence } from "#db/schema/job.ts";
import { tenantValue } from "#db/schema/tenant.ts";
import { CATALOGUE } from "#server/domain/operation/catalogue.ts";
import type { PersonActor } from "#server/domain/policy/decide.ts";
import { parseRunbook } from "#server/domain/runbook/parse.ts";
import { attestByHand } from "#server/services/hand/attest.ts";
import { BESIDE_SLUGS } from "#server/services/runbook/published.ts";
import { attestStep } from "#server/services/shell/attest.ts";
import { listShellSteps } from "#server/services/shell/stage.ts";
import { readTenant } from "#server/services/tenant/get.ts";
import { refusalOf } from "#server/testing/refusal.ts";
import { type Bench, openBench } from "#server/testing/runner-bench.ts";
import { keepLocalHost } from "./check/local-host.ts";
import { runJob } from "./executor.ts";
import { recoverJobs } from "./recovery.ts";

let bench: Bench;
let tenantId = "";
beforeAll(async () => {
  bench = await openBench();
  await keepLocalHost(bench.parts, true);
  tenantId = await bench.addTenant("acme", "10.20.1.0/24");
});
afterAll(() => bench.close());

const db = () => bench.database.db;
const ctx = (actor: PersonActor = bench.operator) => ({ db: db(), actor, clock: bench.parts.now });

/** The step, and the texts that it asks for. */
type Told = { stepId: string } & Record<string, string>;

async function attest(at: { id: string }, told: Told, actor?: PersonActor) {
  const { id: jobId } = at;
  const { stepId, ...texts } = told;
  const { digest } = await bench.getJob(jobId);
  const given = { note: "Done as told", texts, files: {} };
  await attestByHand(ctx(actor), { jobId, stepId, digest, result: "done", given });
  for (const held of await recoverJobs(bench.parts, 10))
    await runJob(bench.parts, held, new AbortController());
  return bench.getJob(jobId);
}

async function passes(stageKey: string): Promise<void> {
  const done = await bench.runStage(tenantId, stageKey);
  expect(done.state, done.outcomeSays ?? "").toBe("succeeded");
  expect(done.effect).toBe("read");
}

it.each(BESIDE_SLUGS)("%s parses without a diagnostic, and every tenant has it", async (slug) => {
  const { runbook, diagnostics } = parseRunbook(
    readFileSync(resolve("runbooks", `${slug}.md`), "utf8"),
    CATALOGUE,
  );
  expect(diagnostics).toEqual([]);
  expect(runbook?.slug).toBe(slug);
  const { beside } = await readTenant(ctx(), { tenantId });
  expect(beside.map((one) => one.slug)).toContain(slug);
});

it("the look before a tenant reads every service of the cloud, and what is free", async () => {
  await passes("P0");
  const read = await db().select().from(evidence);
  expect(Object.fromEntries(read.map(({ stepId, values }) => [stepId, values]))).toMatchObject({
    compute_quota: { instances: 10, cores: 20, ram_mb: 51_200, key_pairs: 100 },
    network_quota: { networks: 100, subnets: 100, routers: 10, floating_ips: 50, ports: 500 },
  });
  await passes("P1");
});

it("the rehearsal of an unseal takes two people, of whom the second did nothing of it before", async () => {
  const ready = await bench.runStage(tenantId, "U0");
  expect(ready.state).toBe("awaiting_person");
  const store = await attest(ready, { stepId: "store", store_status: "sealed, 0 of 2" });
  expect(store.state, store.outcomeSays ?? "").toBe("succeeded");
  const job = await bench.runStage(tenantId, "U1");
  const both = await bench.addPerson("Bo Both", ["operator", "reviewer"]);
  expect(await attest(job, { stepId: "first_share", first_progress: "1 of 2" }, both)).toMatchObject({
    state: "awaiting_person",
  });
  const second = { stepId: "second_share", second_progress: "open after 4 minutes" };
  expect(await refusalOf(attest(job, second, both))).toMatchObject({ reason: "must_differ" });
  expect(await refusalOf(attest(job, second))).toMatchObject({ reason: "not_the_assignee" });
  const done = await attest(job, second, bench.reviewer);
  expect(done.state, done.outcomeSays ?? "").toBe("succeeded");
});

it("the names of a certificate are read from the service that somebody named", async () => {
  const asked = await bench.runStage(tenantId, "C0");
  const { port } = new URL(bench.parts.clouds.get("embedded")?.authUrl ?? "");
  const texts = { stepId: "address", certificate_host: "127.0.0.1", certificate_port: port };
  expect(await attest(asked, texts)).toMatchObject({ state: "succeeded" });
  const [step] = await listShellSteps(ctx(), { tenantId, stageKey: "C1" });
  for (const actor of [bench.operator, bench.reviewer]) {
    const digest = step?.digest ?? "";
    await attestStep(ctx(actor), { tenantId, stageKey: "C1", stepId: "names", digest, reason: "It reads" });
  }
  await passes("C1");
  const [names] = await db()
    .select()
    .from(tenantValue)
    .where(and(eq(tenantValue.tenantId, tenantId), eq(tenantValue.name, "certificate_names")));
  expect(names?.value).toMatch(/IP Address:127\.0\.0\.1/);
});
