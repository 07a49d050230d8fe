import { readFileSync } from "node:fs";
import { eq } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { cloud } from "#db/schema/cloud.ts";
import { evidence } from "#db/schema/job.ts";
import { finding } from "#db/schema/tenant.ts";
import { readPolicy } from "#server/services/policy/read.ts";
import { savePolicy } from "#server/services/policy/save.ts";
import { type Bench, openBench } from "#server/testing/runner-bench.ts";
import { runJob } from "./executor.ts";

const read = (name: string) =>
  readFileSync(new URL(`../sandbox/identity/policy/${name}`, import.meta.url), "utf8");
const OVERRIDE = read("domain-manager.yaml");

let bench: Bench;
let tenantId = "";
let live = "";

beforeAll(async () => {
  bench = await openBench();
  const { identity } = bench.cloud.world;
  live = read("base.yaml")
    .replaceAll("@ADMIN_DOMAIN_ID@", identity.adminDomainId)
    .replaceAll("@SERVICES_PROJECT_ID@", identity.servicesProjectId);
  tenantId = await bench.addTenant("acme", "10.20.1.0/24");
  for (const stage of ["0", "1", "2"]) await passes(stage);
}, 60_000);
afterAll(() => bench.close());

const ctx = () => ({ db: bench.database.db, actor: bench.operator, clock: bench.parts.now });

async function passes(stageKey: string) {
  const done = await bench.runStage(tenantId, stageKey);
  expect(done.state, `${stageKey}: ${done.outcomeSays ?? ""}`).toBe("succeeded");
  return done;
}

async function save(source: string) {
  const [row] = await bench.database.db.select({ id: cloud.id }).from(cloud);
  const cloudId = row?.id ?? "";
  const { newest } = await readPolicy(ctx(), { cloudId, number: null });
  const release = "22.0.2-0+deb12u6";
  return savePolicy(ctx(), { cloudId, baseNumber: newest, source, live, release, set: "", note: "" });
}

const findingsOf = async (jobId: string) =>
  (await bench.database.db.select().from(finding).where(eq(finding.jobId, jobId))).map(({ code }) => code);
const status = () => bench.cloud.world.settings.delivered;

describe("the policy of a cloud beside the saved one", () => {
  it("cannot be asked about before one is saved, nor before the tenant has somebody to ask as", async () => {
    expect(await bench.preview(tenantId, "G0")).toMatchObject({ state: "blocked" });
    await save(OVERRIDE);
    const young = await bench.addTenant("young", "10.20.2.0/24");
    const preview = await bench.preview(young, "G0");
    expect(preview.says).toContain("no domain with a manager");
  });

  it("is the simulated one, question by question, and what is tried changes nothing", async () => {
    const reads = await passes("G0");
    expect(reads.effect).toBe("read");
    const before = structuredClone(bench.cloud.world.identity);
    const writes = await passes("G1");
    expect(writes.effect).toBe("mutate");
    const { users, projects, groups, grants, domains } = bench.cloud.world.identity;
    expect({ users, projects, groups, grants, domains }).toEqual({
      users: before.users,
      projects: before.projects,
      groups: before.groups,
      grants: before.grants,
      domains: before.domains,
    });
    const rows = await bench.database.db.select().from(evidence).where(eq(evidence.jobId, writes.id));
    expect(rows.map(({ values }) => values)).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ asked: 11, differences: 0, failed: 0 }),
        expect.objectContaining({ asked: 6, differences: 0, failed: 0 }),
      ]),
    );
  });
});

describe("a delivery", () => {
  it("is not planned while the policy has an error, which it names by line and column", async () => {
    await save(`${OVERRIDE}"identity:get_group": "rule:nobody_wrote_this or role:admin"\n`);
    const preview = await bench.preview(tenantId, "I0");
    expect(preview.state).toBe("blocked");
    expect(preview.says).toMatch(/Line \d+, column \d+/);
  });

  it("attaches exactly what was packed, is taken by what it does, is rolled back and removed", async () => {
    await save(OVERRIDE.replace("# The Domain", "# Delivered: the Domain"));
    await passes("I0");
    await passes("I1");
    expect(status()).toMatchObject({ isEnabled: true, zipSha256: expect.stringMatching(/^[0-9a-f]{64}$/) });
    await passes("I2");
    await passes("I3");

    await passes("J0");
    expect(status()).toMatchObject({ isEnabled: false });
    const off = await bench.runStage(tenantId, "G0");
    expect(off.state).toBe("failed");
    expect(await findingsOf(off.id)).toContain("policy_differs_domain_manager_list_users_own");
    await passes("J1");
    expect(status()).toMatchObject({ isEnabled: false, zipSha256: null });
    // Rolled back and removed already: nothing is sent.
    expect((await passes("J0")).effect).toBe("read");
    expect((await passes("J1")).effect).toBe("read");
  }, 30_000);

  it("that lets a manager give away more than it may is found by what it does, case by case", async () => {
    await save(OVERRIDE.replace("'member':%(target.role.name)s", "@"));
    await passes("I0");
    await passes("I1");
    await passes("I2");
    const tried = await bench.runStage(tenantId, "I3");
    expect(tried.state).toBe("failed");
    expect(tried.outcomeSays).toContain("acceptance case");
    const codes = await findingsOf(tried.id);
    expect(codes).toContain("policy_case_fails_domain_manager_create_grant_own_role_admin");
    expect(codes.filter((code) => code.startsWith("policy_differs"))).toEqual([]);
  }, 30_000);

  it("stops where somebody saved another revision after it was approved", async () => {
    await save(OVERRIDE);
    const jobId = await bench.queue(await bench.preview(tenantId, "G0"));
    await save(`${OVERRIDE}# another\n`);
    await runJob(bench.parts, await bench.claim(), new AbortController());
    expect(await bench.getJob(jobId)).toMatchObject({ state: "refused" });
  });
});
