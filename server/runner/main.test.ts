import { once } from "node:events";
import { randomBytes } from "node:crypto";
import { and, eq, isNull } from "drizzle-orm";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { connect } from "#db/client.ts";
import { journalEntry } from "#db/schema/job.ts";
import { plan } from "#db/schema/plan.ts";
import { runner } from "#db/schema/runner.ts";
import { previewStage } from "#server/services/plan/preview.ts";
import { type Bench, openBench } from "#server/testing/runner-bench.ts";
import { launchRunner, type RunnerProcess } from "#server/testing/runner-process.ts";
import { openSecret } from "./vault.ts";

let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.close());

const started: RunnerProcess[] = [];
afterEach(async () => {
  bench.cloud.faults.clear();
  for (const one of started.splice(0)) await one.end("SIGKILL");
});

const db = () => bench.database.db;

async function launch(sealKey = bench.sealKey) {
  const one = await launchRunner(bench, sealKey);
  started.push(one);
  return one;
}

async function launchReady() {
  const one = await launch();
  expect(await one.ready()).toEqual({ type: "ready" });
  return one;
}

async function eventually<T>(look: () => Promise<T | null | undefined | false>): Promise<T> {
  const giveUpAt = Date.now() + 60_000;
  for (;;) {
    const seen = await look();
    if (seen) return seen;
    if (Date.now() > giveUpAt) throw new Error("It did not happen within 60 s.");
    await new Promise((done) => setTimeout(done, 20));
  }
}

async function previewed(tenantId: string, stageKey: string) {
  const ctx = { db: db(), actor: bench.operator, clock: bench.parts.now };
  const { planId } = await previewStage(ctx, { tenantId, stageKey });
  return eventually(async () => {
    const [row] = await db().select().from(plan).where(eq(plan.id, planId));
    return row !== undefined && row.state !== "requested" && row;
  });
}

describe("the runner's process", () => {
  it("refuses to start with another sealing key than the one in use", async () => {
    const tenantId = await bench.addTenant("sealed", "10.20.10.0/24");
    for (const stageKey of ["0", "1"])
      expect((await bench.runStage(tenantId, stageKey)).state).toBe("succeeded");
    const { child, pid, said } = await launch(randomBytes(32));
    const [code] = await once(child, "exit");
    expect(code).toBe(1);
    expect(said()).toContain("COUNTERSIGN_SEAL_KEY");
    // It left before it entered itself or looked for work.
    expect(await db().select().from(runner).where(eq(runner.pid, pid))).toHaveLength(0);
  });

  it(
    "plans, is killed in the middle of a call, and goes on with it at the next start",
    { timeout: 60_000 },
    async () => {
      const first = await launchReady();
      const tenantId = await bench.addTenant("killed", "10.20.11.0/24");
      const read = await previewed(tenantId, "0");
      expect(read).toMatchObject({ state: "ready", effect: "read" });
      await bench.queue(read);
      const preview = await eventually(async () => {
        const row = await previewed(tenantId, "1").catch(() => null); // closed until stage 0 is green
        return row?.state === "ready" && row;
      });
      await first.end("SIGKILL");
      const jobId = await bench.queue(preview);
      const users = { service: "identity", method: "POST", pathPrefix: "/v3/users" } as const;
      bench.cloud.faults.add({ match: users, times: 1, effect: "delay_ms", delayMs: 1_500 });
      const second = await launchReady();
      await eventually(async () => {
        const rows = await db()
          .select()
          .from(journalEntry)
          .where(and(eq(journalEntry.jobId, jobId), eq(journalEntry.callId, "manager.create")));
        return rows.length === 1;
      });
      await second.end("SIGKILL");
      const third = await launchReady();
      const done = await eventually(async () => {
        const row = await bench.getJob(jobId);
        return row.state !== "running" && row.state !== "queued" && row;
      });
      // The cloud took the call up before or after the kill; either way it is there at most once.
      const managers = Object.values(bench.cloud.world.identity.users).filter(
        ({ name }) => name === "killed-domain-admin",
      );
      expect(managers.length).toBe(done.state === "succeeded" ? 1 : 0);
      expect(await third.end("SIGTERM")).toBe(0);
      const left = await db()
        .select()
        .from(runner)
        .where(and(eq(runner.pid, third.pid), isNull(runner.stoppedAt)));
      expect(left).toHaveLength(0);
      const secret = await openSecret(db(), bench.parts.sealer, { tenantId, name: "manager_password" });
      for (const { said } of [first, second, third]) {
        expect(said()).toContain("runner is ready");
        if (secret !== null) expect(said()).not.toContain(secret.value);
        expect(said()).not.toContain(bench.cloud.adminPassword);
      }
    },
  );

  it("survives the database going away and coming back", { timeout: 180_000 }, async () => {
    const { child } = await launchReady();
    const tenantId = await bench.addTenant("outage", "10.20.12.0/24");
    expect((await previewed(tenantId, "0")).state).toBe("ready");
    await dropConnections();
    expect((await previewedAgain(tenantId, "0")).state).toBe("ready");
    expect(child.exitCode).toBeNull();
    await dropConnections();
    expect((await previewedAgain(tenantId, "0")).state).toBe("ready");
  });

  it("ends when its parent is gone", async () => {
    const { child } = await launchReady();
    const exited = once(child, "exit");
    child.disconnect();
    expect(await exited).toEqual([0, null]);
  });
});

/** Every connection of the pool learns of the break by an error of its own: tries again, as a person would. */
async function previewedAgain(tenantId: string, stageKey: string): ReturnType<typeof previewed> {
  for (let attempt = 0; attempt < 20; attempt += 1) {
    const seen = await previewed(tenantId, stageKey).catch(() => null);
    if (seen) return seen;
  }
  return previewed(tenantId, stageKey);
}

/** Ends every connection but our own, as a restart of the database does. */
async function dropConnections(): Promise<void> {
  const killer = connect(bench.database.appUrl, { max: 1 });
  try {
    await killer.sql`select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and usename = current_user and pid <> pg_backend_pid()`;
  } finally {
    await killer.close();
  }
}
