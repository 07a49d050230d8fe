import { randomUUID } from "node:crypto";
import { and, asc, eq, inArray, sql } from "drizzle-orm";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { connect } from "#db/client.ts";
import { auditEntry } from "#db/schema/audit.ts";
import { job, journalEntry, lease, outputLine } from "#db/schema/job.ts";
import { roleGrant } from "#db/schema/person.ts";
import { markedDescription } from "#server/operations/identity/tenant-domain.ts";
import { wait } from "#server/runner/wait.ts";
import { cancelJob } from "#server/services/job/cancel.ts";
import { previewStage } from "#server/services/plan/preview.ts";
import { type Bench, countChanges, openBench } from "#server/testing/runner-bench.ts";
import type { Boundary } from "./boundaries.ts";
import { claimJob } from "./claim.ts";
import { RunStopped } from "./endings.ts";
import { runJob } from "./executor.ts";
import { expireRequests } from "./expire.ts";
import { readOnlySession } from "./observed-session.ts";
import type { RunnerParts } from "./parts.ts";
import { claimPlan, freeAbandonedPlans } from "./plan-tasks.ts";
import { planStage } from "./planner.ts";
import { leaveRunner } from "./presence.ts";
import { recoverJobs } from "./recovery.ts";

let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.close());
afterEach(async () => {
  bench.cloud.faults.clear();
  // What a failed test left must not be claimed by the next.
  await db().delete(lease);
  await db()
    .update(job)
    .set({ state: "cancelled" })
    .where(inArray(job.state, ["queued", "running"]));
});

const db = () => bench.database.db;
const recoverJob = async (parts: RunnerParts) => (await recoverJobs(parts, 1))[0] ?? null;
const domainsNamed = (name: string) =>
  Object.values(bench.cloud.world.identity.domains).filter((one) => one.name === name);
let subnets = 0;

/** A tenant whose stage 0 is green, and a queued job of stage 1. */
async function tenantBeforeStage1(slug: string): Promise<string> {
  subnets += 1;
  const tenantId = await bench.addTenant(slug, `10.20.${subnets}.0/24`);
  const green = await bench.runStage(tenantId, "0");
  expect(green.state, green.outcomeSays ?? "").toBe("succeeded");
  return tenantId;
}

async function queuedStage1(slug: string): Promise<{ tenantId: string; jobId: string }> {
  const tenantId = await tenantBeforeStage1(slug);
  return { tenantId, jobId: await bench.queue(await bench.preview(tenantId, "1")) };
}

async function run(parts = bench.parts): Promise<void> {
  await runJob(parts, await bench.claim(parts), new AbortController());
}

async function journalOf(jobId: string, kind: string) {
  return db()
    .select()
    .from(journalEntry)
    .where(and(eq(journalEntry.jobId, jobId), sql`kind = ${kind}`))
    .orderBy(asc(journalEntry.seq));
}

async function textOf(jobId: string): Promise<string> {
  const rows = await db()
    .select()
    .from(outputLine)
    .where(eq(outputLine.jobId, jobId))
    .orderBy(asc(outputLine.seq));
  return rows.map(({ text }) => text).join("\n");
}

describe("the cloud changes between approval and execution", () => {
  it("refuses, shows the difference and sends nothing", async () => {
    const { tenantId, jobId } = await queuedStage1("drifter");
    const description = markedDescription("Client: drifter", tenantId);
    const id = "d".repeat(32);
    bench.cloud.world.identity.domains[id] = { id, name: "drifter", description, enabled: true };
    const changes = countChanges(bench.cloud);
    await run();
    const done = await bench.getJob(jobId);
    expect(done.state, done.outcomeSays ?? "").toBe("refused");
    expect(done.outcomeSays).toContain("Nothing was sent");
    expect(done.drift).toContainEqual({ path: "steps.0.disposition", before: "apply", after: "already_so" });
    expect(changes()).toBe(0);
    expect(await journalOf(jobId, "intent")).toHaveLength(0);
  });

  it("refuses when the same stage can no longer be planned", async () => {
    const { jobId } = await queuedStage1("squatter");
    const id = "e".repeat(32);
    bench.cloud.world.identity.domains[id] = { id, name: "squatter", description: "", enabled: true };
    await run();
    const done = await bench.getJob(jobId);
    expect(done.state).toBe("refused");
    expect(done.outcomeSays).toContain("Nothing was sent");
    expect(done.outcomeAdvice).not.toBeNull();
  });
});

describe("an answer that is lost", () => {
  it("after the call took effect: the cloud shows it, and it is not sent again", async () => {
    const { jobId } = await queuedStage1("cutafter");
    bench.cloud.faults.add({
      match: { service: "identity", method: "POST", pathPrefix: "/v3/domains" },
      times: 1,
      effect: "cut_after",
    });
    await run();
    const done = await bench.getJob(jobId);
    expect(done.state, done.outcomeSays ?? "").toBe("succeeded");
    expect(domainsNamed("cutafter")).toHaveLength(1);
    expect((await journalOf(jobId, "outcome"))[0]?.body).toMatchObject({ result: "applied", seen: "probe" });
  });

  it("before the call was read: two looks, then failed, and the next preview can ask again", async () => {
    const { tenantId, jobId } = await queuedStage1("cutbefore");
    bench.cloud.faults.add({
      match: { service: "identity", method: "POST", pathPrefix: "/v3/domains" },
      times: 1,
      effect: "cut_before",
    });
    await run();
    const done = await bench.getJob(jobId);
    expect(done.state).toBe("failed");
    expect(done.outcomeSays).toContain("nothing was changed");
    expect(domainsNamed("cutbefore")).toHaveLength(0);
    const [, afterwards = ""] = (await textOf(jobId)).split("POST /v3/domains");
    expect(afterwards.match(/GET \/v3\/domains\?name=cutbefore/g)?.length).toBe(2);
    const again = await bench.runStage(tenantId, "1");
    expect(again.state, again.outcomeSays ?? "").toBe("succeeded");
    expect(domainsNamed("cutbefore")).toHaveLength(1);
  });

  it("when the cloud cannot be asked either: unknown, and the lane stays closed", async () => {
    const { tenantId, jobId } = await queuedStage1("nobody");
    const identity = { service: "identity" as const, pathPrefix: "/v3/domains" };
    bench.cloud.faults.add({ match: { ...identity, method: "POST" }, times: 1, effect: "cut_after" });
    bench.cloud.faults.add({ match: { ...identity, method: "GET" }, times: 10, effect: "http500" });
    const held = await bench.claim();
    // The plan is compared before the first call, so the reads may fail only from then on.
    const parts = await bench.otherParts({});
    bench.cloud.faults.clear();
    const failing = {
      ...parts,
      boundary: async (point: Boundary) => {
        if (point !== "before send") return;
        bench.cloud.faults.add({ match: { ...identity, method: "POST" }, times: 1, effect: "cut_after" });
        bench.cloud.faults.add({ match: { ...identity, method: "GET" }, times: 10, effect: "http500" });
      },
    };
    await runJob(failing, held, new AbortController());
    const done = await bench.getJob(jobId);
    expect(done.state, done.outcomeSays ?? "").toBe("outcome_unknown");
    expect(done.outcomeAdvice).toContain("Two people");
    bench.cloud.faults.clear();
    await expect(bench.preview(tenantId, "1")).rejects.toThrow(/unknown/);
    expect(await recoverJob(bench.parts)).toBeNull();
  });

  it("of a call that sets what is always there: the values tell", { timeout: 60_000 }, async () => {
    const tenantId = await bench.addTenant("lostquota", "10.20.201.0/24");
    for (const stageKey of ["0", "1"]) await bench.runStage(tenantId, stageKey);
    bench.cloud.faults.add({
      match: { service: "network", method: "PUT", pathPrefix: "/v2.0/quotas" },
      times: 1,
      effect: "cut_after",
    });
    bench.cloud.faults.add({
      match: { service: "compute", method: "PUT", pathPrefix: "/v2.1/os-quota-sets" },
      times: 1,
      effect: "cut_after",
    });
    const done = await bench.runStage(tenantId, "2");
    expect(done.state, done.outcomeSays ?? "").toBe("succeeded");
    const outcomes = await journalOf(done.id, "outcome");
    expect(outcomes.filter(({ body }) => JSON.stringify(body).includes('"seen":"probe"'))).toHaveLength(2);
  });

  it("of a password that was set: told by signing in with it", { timeout: 60_000 }, async () => {
    const tenantId = await bench.addTenant("resetter", "10.20.202.0/24");
    for (const stageKey of ["0", "1", "2", "2.5"]) {
      expect((await bench.runStage(tenantId, stageKey)).state).toBe("succeeded");
    }
    const reset = { service: "identity", method: "PATCH", pathPrefix: "/v3/users" } as const;
    bench.cloud.faults.add({ match: reset, times: 1, effect: "cut_before" });
    const lost = await bench.runStage(tenantId, "3");
    expect(lost.state, lost.outcomeSays ?? "").toBe("failed");
    bench.cloud.faults.add({ match: reset, times: 1, effect: "cut_after" });
    const took = await bench.runStage(tenantId, "3");
    expect(took.state, took.outcomeSays ?? "").toBe("succeeded");
    expect(await textOf(took.id)).toContain("sign in with svc_password -> accepted");
  });

  it("of a call whose answer holds a secret: said so, with what to do", { timeout: 60_000 }, async () => {
    const tenantId = await bench.addTenant("lostkey", "10.20.200.0/24");
    for (const stageKey of ["0", "1", "2", "2.5"]) {
      const done = await bench.runStage(tenantId, stageKey);
      expect(done.state, done.outcomeSays ?? "").toBe("succeeded");
    }
    bench.cloud.faults.add({
      match: { service: "compute", method: "POST", pathPrefix: "/v2.1/os-keypairs" },
      times: 1,
      effect: "cut_after",
    });
    const done = await bench.runStage(tenantId, "3");
    expect(done.state).toBe("failed");
    expect(done.outcomeSays).toContain("the secret in its answer was lost");
    expect(done.outcomeAdvice).toContain("Delete");
    const again = await bench.preview(tenantId, "3");
    expect(again.state).toBe("blocked");
    expect(again.advice).not.toBeNull();
  });
});

describe("a cloud in trouble", () => {
  it("HTTP 500 in the middle: looked at, failed, and what is done shows as already so", async () => {
    const { tenantId, jobId } = await queuedStage1("midway");
    bench.cloud.faults.add({
      match: { service: "identity", method: "POST", pathPrefix: "/v3/users" },
      times: 1,
      effect: "http500",
    });
    await run();
    const done = await bench.getJob(jobId);
    expect(done.state).toBe("failed");
    expect(done.outcomeSays).toContain("Step manager");
    const preview = await bench.preview(tenantId, "1");
    expect(preview.content?.steps[0]?.disposition).toBe("already_so");
    expect(preview.content?.steps[1]?.disposition).toBe("apply");
  });

  it("renews an expired token once, in the middle of a step", async () => {
    const { jobId } = await queuedStage1("expired");
    bench.cloud.faults.add({
      match: { service: "identity", method: "POST", pathPrefix: "/v3/users" },
      times: 1,
      effect: "expire_token",
    });
    await run();
    expect((await bench.getJob(jobId)).state).toBe("succeeded");
    expect(domainsNamed("expired")).toHaveLength(1);
  });

  it("blocks a plan when the certificate authority is missing or another's, before any call", async () => {
    const { jobId, tenantId } = await queuedStage1("wrongca");
    const config = bench.parts.clouds.get("embedded");
    if (!config) throw new Error("no cloud");
    const withCa = (cacertPath: string | null) => new Map([["embedded", { ...config, cacertPath }]]);
    const missing = await bench.otherParts({ clouds: withCa("/nowhere/ca.crt") });
    await run(missing);
    const done = await bench.getJob(jobId);
    expect(done.state).toBe("failed");
    expect(done.outcomeSays).toContain("/nowhere/ca.crt");
    const untrusted = await bench.otherParts({ clouds: withCa(null) });
    const second = await bench.queue(await bench.preview(tenantId, "1"));
    await run(untrusted);
    const refused = await bench.getJob(second);
    expect(refused.state).toBe("refused");
    expect(refused.outcomeSays).toContain("Nothing was");
    expect(domainsNamed("wrongca")).toHaveLength(0);
  });
});

describe("who may start a job", () => {
  it("gives one of two racing runners the job", async () => {
    const { jobId } = await queuedStage1("racer");
    const others = await Promise.all([1, 2, 3, 4].map(() => bench.otherParts()));
    const claims = await Promise.all(others.map((parts) => claimJob(parts)));
    const won = claims.flatMap((claim) => (claim?.kind === "claimed" ? [claim.held] : []));
    expect(won).toHaveLength(1);
    const [held] = won;
    if (held) await runJob(others[0] ?? bench.parts, held, new AbortController());
    expect((await bench.getJob(jobId)).state).toBe("succeeded");
    expect(await journalOf(jobId, "consumed")).toHaveLength(1);
  });

  it("refuses when the approver lost the role meanwhile", async () => {
    const { jobId } = await queuedStage1("revoked");
    const ofReviewer = and(eq(roleGrant.personId, bench.reviewer.personId), eq(roleGrant.role, "reviewer"));
    await db()
      .update(roleGrant)
      .set({ revokedAt: new Date(), revokedBy: bench.operator.personId })
      .where(ofReviewer);
    try {
      expect(await claimJob(bench.parts)).toEqual({ kind: "refused" });
    } finally {
      await db().insert(roleGrant).values({
        id: randomUUID(),
        personId: bench.reviewer.personId,
        role: "reviewer",
        grantedAt: new Date(),
      });
    }
    const done = await bench.getJob(jobId);
    expect(done).toMatchObject({ state: "refused", consumedAt: null });
    const [denial] = await db()
      .select()
      .from(auditEntry)
      .where(and(eq(auditEntry.objectId, jobId), eq(auditEntry.outcome, "denied")));
    expect(denial?.details).toMatchObject({ reason: "approver_gone" });
  });

  it("starts nothing whose decision cannot be written down, and spends nothing", async () => {
    const { jobId } = await queuedStage1("unlogged");
    const owner = connect(bench.database.ownerUrl, { max: 1 });
    const changes = countChanges(bench.cloud);
    await owner.sql`alter table decision_record add constraint no_room check (false) not valid`;
    try {
      expect(await claimJob(bench.parts)).toEqual({ kind: "refused" });
    } finally {
      await owner.sql`alter table decision_record drop constraint no_room`;
      await owner.close();
    }
    expect(await bench.getJob(jobId)).toMatchObject({
      state: "refused",
      consumedAt: null,
      outcomeSays: expect.stringContaining("could not be written down"),
    });
    expect(await journalOf(jobId, "claimed")).toHaveLength(0);
    expect(changes()).toBe(0);
    const [denial] = await db()
      .select()
      .from(auditEntry)
      .where(and(eq(auditEntry.objectId, jobId), eq(auditEntry.outcome, "denied")));
    expect(denial?.details).toMatchObject({ reason: "decision_unlogged", decision: null });
  });

  it("lets time deny, and only deny", async () => {
    const { jobId } = await queuedStage1("tardy");
    const late = { ...bench.parts, now: () => new Date(Date.now() + 25 * 60 * 60 * 1000) };
    expect(await expireRequests(late)).toBe(1);
    expect((await bench.getJob(jobId)).state).toBe("expired");
    expect(await claimJob(bench.parts)).toBeNull();
  });
});

describe("planning", () => {
  it("is refused while the stage before has not passed, whoever asks", async () => {
    const tenantId = await bench.addTenant("eager", "10.20.210.0/24");
    const result = await planStage(bench.parts, {
      tenantId,
      stageKey: "1",
      runbookVersionId: null,
      byHand: [],
    });
    expect(result).toMatchObject({ kind: "blocked", says: expect.stringContaining("opens after stage 0") });
  });

  it("goes to another runner when the one that took the task is gone", async () => {
    const tenantId = await bench.addTenant("orphan", "10.20.211.0/24");
    const ctx = { db: db(), actor: bench.operator, clock: bench.parts.now };
    const { planId } = await previewStage(ctx, { tenantId, stageKey: "0" });
    const gone = await bench.otherParts();
    expect((await claimPlan(gone))?.id).toBe(planId);
    await freeAbandonedPlans(db());
    expect(await claimPlan(bench.parts)).toBeNull();
    await leaveRunner(gone);
    await freeAbandonedPlans(db());
    expect((await claimPlan(bench.parts))?.id).toBe(planId);
  });

  it("gets a session that cannot change anything", async () => {
    const session = {
      describe: () => ({
        userId: "",
        userName: "",
        userDomainId: "",
        projectId: null,
        projectDomainId: null,
        isAdminProject: false,
        domainId: null,
        roles: [],
        isAppCred: false,
      }),
      endpointOf: () => "https://cloud/v3",
      close: () => Promise.resolve(),
      call: () => Promise.reject(new Error("sent")),
    };
    const reading = readOnlySession(session, () => undefined);
    await expect(reading.call({ service: "identity", method: "POST", path: "/users" })).rejects.toThrow(
      /only read/,
    );
    await expect(reading.call({ service: "identity", method: "GET", path: "/users" })).rejects.toThrow(
      "sent",
    );
  });
});

describe("stopping", () => {
  it("cancels between two calls and says what was not sent", async () => {
    const { jobId } = await queuedStage1("halfway");
    const ctx = { db: db(), actor: bench.operator, clock: bench.parts.now };
    let calls = 0;
    const parts = await bench.otherParts({
      boundary: async (point) => {
        if (point !== "after outcome" || (calls += 1) !== 1) return;
        await cancelJob(ctx, { jobId });
        await wait(1_000);
      },
    });
    await run(parts);
    const done = await bench.getJob(jobId);
    expect(done.state).toBe("cancelled");
    expect(done.outcomeSays).toContain("after 1 of 3 calls");
    expect(done.outcomeSays).toContain("manager.create");
    expect(domainsNamed("halfway")).toHaveLength(1);
    expect(await db().select().from(lease).where(eq(lease.jobId, jobId))).toHaveLength(0);
  });

  it("sends and writes nothing more once the lease is lost", async () => {
    const { jobId } = await queuedStage1("usurped");
    const thief = await bench.otherParts();
    const changes = countChanges(bench.cloud);
    let stolen = false;
    const parts = await bench.otherParts({
      boundary: async (point) => {
        if (point !== "after outcome" || stolen) return;
        stolen = true;
        await db()
          .update(lease)
          .set({ expiresAt: new Date(0) })
          .where(eq(lease.jobId, jobId));
        expect(await recoverJob(thief)).not.toBeNull();
      },
    });
    await run(parts);
    expect(changes()).toBe(1);
    const done = await bench.getJob(jobId);
    expect(done.state).toBe("running");
    const fencings = new Set(
      (await db().select().from(journalEntry).where(eq(journalEntry.jobId, jobId))).map(
        ({ fencing }) => fencing,
      ),
    );
    expect(fencings.size).toBe(2);
    // The thief goes on from the journal.
    const [held] = await db().select().from(lease).where(eq(lease.jobId, jobId));
    if (!held) throw new Error("the thief holds the lane");
    await runJob(thief, held, new AbortController());
    expect((await bench.getJob(jobId)).state).toBe("succeeded");
    expect(domainsNamed("usurped")).toHaveLength(1);
  });

  it("hands a job back when the runner stops, and another goes on", async () => {
    const { jobId } = await queuedStage1("baton");
    const stop = new AbortController();
    const parts = await bench.otherParts({
      boundary: async (point) => {
        if (point === "after outcome") stop.abort(new RunStopped("handed_back"));
      },
    });
    await runJob(parts, await bench.claim(parts), stop);
    expect((await bench.getJob(jobId)).state).toBe("running");
    const held = await recoverJob(bench.parts);
    expect(held?.jobId).toBe(jobId);
    if (held) await runJob(bench.parts, held, new AbortController());
    expect((await bench.getJob(jobId)).state).toBe("succeeded");
    expect(await journalOf(jobId, "intent")).toHaveLength(3);
  });
});

it("hands ten jobs back when the runner stops, and another ends each of them, once", async () => {
  const tenants: string[] = [];
  for (let n = 0; n < 10; n += 1) tenants.push(await tenantBeforeStage1(`baton-${n}`));
  const queued: string[] = [];
  for (const tenantId of tenants) queued.push(await bench.queue(await bench.preview(tenantId, "1")));
  const stop = new AbortController();
  let isBetween = 0;
  const parts = await bench.otherParts({
    // All ten are past their first call when the word to stop comes.
    boundary: async (point) => {
      if (point !== "after outcome" || stop.signal.aborted) return;
      isBetween += 1;
      if (isBetween === queued.length) stop.abort(new RunStopped("handed_back"));
      while (!stop.signal.aborted) await wait(5);
    },
  });
  const held = [];
  for (const _ of queued) held.push(await bench.claim(parts));
  await Promise.all(held.map((one) => runJob(parts, one, stop)));
  for (const jobId of queued) expect((await bench.getJob(jobId)).state).toBe("running");
  const taken = [];
  for (const _ of queued) taken.push(await recoverJob(bench.parts));
  expect(new Set(taken.map((one) => one?.jobId))).toEqual(new Set(queued));
  await Promise.all(
    taken.flatMap((one) => (one === null ? [] : [runJob(bench.parts, one, new AbortController())])),
  );
  for (const [n, jobId] of queued.entries()) {
    expect((await bench.getJob(jobId)).state).toBe("succeeded");
    expect(await journalOf(jobId, "intent")).toHaveLength(3);
    expect(domainsNamed(`baton-${n}`)).toHaveLength(1);
  }
});

describe("a gate that fails", () => {
  it("stops there, keeps the next stage closed and says what to do", async () => {
    const { tenantId, jobId } = await queuedStage1("overfull");
    const { identity } = bench.cloud.world;
    const parts = await bench.otherParts();
    // One assignment too many, given by somebody else while the stage runs.
    const meddling = {
      ...parts,
      boundary: async (point: Boundary) => {
        const manager = Object.values(identity.users).find(({ name }) => name === "overfull-domain-admin");
        const reader = Object.values(identity.roles).find(({ name }) => name === "reader");
        const domain = Object.values(identity.domains).find(({ name }) => name === "overfull");
        if (point !== "before intent" || !manager || !reader || !domain) return;
        identity.grants.push({
          roleId: reader.id,
          actor: { kind: "user", id: manager.id },
          target: { kind: "domain", id: domain.id },
        });
      },
    };
    await run(meddling);
    const done = await bench.getJob(jobId);
    expect(done.state).toBe("failed");
    expect(done.outcomeSays).toMatch(/direct count|gate-1/);
    await expect(bench.preview(tenantId, "2")).rejects.toThrow(/Opens after/);
  });
});
