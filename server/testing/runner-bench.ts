import { randomBytes, randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { eq } from "drizzle-orm";
import type { Db } from "#db/client.ts";
import { cloud } from "#db/schema/cloud.ts";
import { job } from "#db/schema/job.ts";
import { person, roleGrant, session } from "#db/schema/person.ts";
import { plan } from "#db/schema/plan.ts";
import { runner } from "#db/schema/runner.ts";
import { tenant } from "#db/schema/tenant.ts";
import { CATALOGUE } from "#server/domain/operation/catalogue.ts";
import type { Role } from "#server/domain/person/states.ts";
import type { PersonActor } from "#server/domain/policy/decide.ts";
import { DEFAULT_NAMESPACE } from "#server/domain/settings/signature-namespace.ts";
import { getCloud } from "#server/openstack/clouds.ts";
import { HANDLERS } from "#server/operations/handlers.ts";
import { claimJob } from "#server/runner/claim.ts";
import { refreshClouds } from "#server/runner/clouds.ts";
import { runJob } from "#server/runner/executor.ts";
import { openGuestPace } from "#server/runner/guest-pace.ts";
import type { Lease } from "#server/runner/lease.ts";
import { noBoundary, PATIENCE, type RunnerParts } from "#server/runner/parts.ts";
import { findContainment } from "#server/runner/process/containment.ts";
import { claimPlan, runPlan } from "#server/runner/plan-tasks.ts";
import { publishRunbooks } from "#server/runner/publish.ts";
import { certificateSigner } from "#server/runner/certificate/signer.ts";
import { createSealer } from "#server/runner/sealing.ts";
import { wait } from "#server/runner/wait.ts";
import { startSandbox, type RunningSandbox, type SandboxOptions } from "#server/sandbox/kernel/server.ts";
import { approveJob } from "#server/services/job/approve.ts";
import { recheckJob } from "#server/services/job/recheck.ts";
import { requestJob } from "#server/services/job/request.ts";
import { runRead } from "#server/services/job/run-read.ts";
import { getNewestVersion, ONBOARDING_SLUG } from "#server/services/runbook/published.ts";
import { previewStage } from "#server/services/plan/preview.ts";
import { testDatabase, type TestDatabase } from "./database.ts";

export interface BenchOptions {
  clusterCreateMs?: number;
  seen?: SandboxOptions["seen"];
  /** Whether the runner knows the hypervisor beside the cloud as well. */
  hasHypervisor?: true;
}

/** A real database, the embedded cloud over TLS, two people, and the runner's own code. */
export interface Bench {
  database: TestDatabase;
  cloud: RunningSandbox;
  operator: PersonActor;
  reviewer: PersonActor;
  parts: RunnerParts;
  sealKey: Buffer;
  /** The same runner as another process would be: another id and, if given, other boundaries. */
  otherParts(change?: Partial<RunnerParts>): Promise<RunnerParts>;
  addTenant(slug: string, cidr: string): Promise<string>;
  /** Another person, signed in a moment ago. */
  addPerson(name: string, roles: Role[]): Promise<PersonActor>;
  /** The finished plan row of a preview. */
  preview(tenantId: string, stageKey: string): Promise<typeof plan.$inferSelect>;
  /** A requested change, compared with the cloud just now, that waits for its decision. */
  ask(preview: typeof plan.$inferSelect): Promise<string>;
  /** A queued job of a ready preview: run at once for a read, else requested, compared and approved. */
  queue(preview: typeof plan.$inferSelect): Promise<string>;
  claim(parts?: RunnerParts): Promise<Lease>;
  /** Previews, queues, claims and runs one stage. */
  runStage(tenantId: string, stageKey: string): Promise<typeof job.$inferSelect>;
  getJob(jobId: string): Promise<typeof job.$inferSelect>;
  close(): Promise<void>;
}

/** Counts the calls that the embedded cloud takes and that could change it; sign-ins are not among them. */
export function countChanges(cloud: RunningSandbox): () => number {
  const times = 10_000;
  const beside = ["compute", "network", "image", "container-infra"] as const;
  const identityRoots = ["/v3/domains", "/v3/projects", "/v3/users", "/v3/OS-TRUST"];
  const matches = [
    ...beside.flatMap((service) => CHANGING.map((method) => ({ service, method }))),
    ...identityRoots.flatMap((pathPrefix) =>
      CHANGING.map((method) => ({ service: "identity" as const, method, pathPrefix })),
    ),
  ];
  const counters = matches.map((match) => cloud.faults.add({ match, times, effect: "delay_ms", delayMs: 0 }));
  return () => counters.reduce((sum, { remainingCount }) => sum + times - remainingCount, 0);
}

const CHANGING = ["POST", "PUT", "PATCH", "DELETE"];

export async function openBench(options: BenchOptions = {}): Promise<Bench> {
  const database = await testDatabase();
  const folder = await mkdtemp(join(tmpdir(), "countersign-bench-"));
  const sandbox = await startSandbox({
    dataDir: folder,
    clusterCreateMs: options.clusterCreateMs ?? 200,
    seen: options.seen,
  });
  const { db, sql } = database;
  const search = { clientConfigFile: sandbox.cloudsFile, workingDir: folder, homeDir: folder };
  const sealKey = randomBytes(32);
  const sealer = createSealer(sealKey);
  const containment = await findContainment();
  const names = ["embedded", ...(options.hasHypervisor === true ? ["embedded-hypervisor"] : [])];
  const makeParts = async (change: Partial<RunnerParts> = {}): Promise<RunnerParts> => {
    const made: RunnerParts = {
      runnerId: randomUUID(),
      db,
      sql,
      clouds: new Map(names.map((name) => [name, getCloud(search, name)])),
      catalogue: CATALOGUE,
      handlers: HANDLERS,
      sealer,
      signer: certificateSigner(sealer),
      containment,
      signatureNamespace: DEFAULT_NAMESPACE,
      now: () => new Date(),
      wait,
      patience: PATIENCE,
      guestPace: openGuestPace({ perMinute: 6000, now: () => new Date(), wait }),
      boundary: noBoundary,
      ...change,
    };
    const at = made.now();
    await db
      .insert(runner)
      .values({ id: made.runnerId, host: "test", pid: 1, startedAt: at, heartbeatAt: at });
    return made;
  };
  const parts = await makeParts();
  await publishRunbooks(parts, resolve("runbooks"));
  await refreshClouds(parts, "10.20.0.0/16");
  const operator = await addPerson(database, "Olga Operator", ["operator"]);
  const reviewer = await addPerson(database, "Rita Reviewer", ["reviewer"]);
  const ctx = (actor: PersonActor) => ({ db, actor, clock: parts.now });

  const getPlan = async (planId: string) => one(await db.select().from(plan).where(eq(plan.id, planId)));
  const getJob = async (jobId: string) => one(await db.select().from(job).where(eq(job.id, jobId)));

  const makePlan = async (planId: string) => {
    const task = await claimPlan(parts);
    if (task?.id !== planId) throw new Error("The bench expected to be the only one who plans.");
    await runPlan(parts, task);
    return getPlan(planId);
  };

  const bench: Bench = {
    database,
    cloud: sandbox,
    operator,
    reviewer,
    parts,
    sealKey,
    otherParts: makeParts,
    getJob,
    addPerson: (name, roles) => addPerson(database, name, roles),
    async addTenant(slug, cidr) {
      const id = randomUUID();
      await db.insert(tenant).values({
        id,
        slug,
        cloudId: one(await db.select().from(cloud).where(eq(cloud.name, "embedded"))).id,
        runbookVersionId: (await getNewestVersion(db, ONBOARDING_SLUG)).id,
        inputs: { cidr, instances: 10, cores: 20, ramMb: 51_200, nodeCount: 1 },
        createdBy: operator.personId,
        createdAt: parts.now(),
      });
      return id;
    },
    async preview(tenantId, stageKey) {
      const { planId } = await previewStage(ctx(operator), { tenantId, stageKey });
      return makePlan(planId);
    },
    async ask(preview) {
      const { planId, content, contentDigest } = readyOf(preview);
      const idempotencyKey = randomUUID();
      const { jobId } = await requestJob(ctx(operator), {
        planId,
        contentDigest,
        reason: "Onboarding",
        typedTarget: content.tenant.slug,
        startsOnApproval: true,
        idempotencyKey,
      });
      const recheck = await recheckJob(ctx(reviewer), { jobId });
      await makePlan(recheck.planId);
      return jobId;
    },
    async queue(preview) {
      const { planId, content, contentDigest } = readyOf(preview);
      if (preview.effect === "read") {
        const idempotencyKey = randomUUID();
        return (await runRead(ctx(operator), { planId, contentDigest, idempotencyKey })).jobId;
      }
      const jobId = await bench.ask(preview);
      const { digest, nonce } = await getJob(jobId);
      // Approving takes a sign-in of the last five minutes, however long the bench has been in use.
      const sessionId = await openSession(db, reviewer.personId, parts.now());
      await approveJob(ctx({ ...reviewer, sessionId }), {
        jobId,
        digest,
        nonce,
        tickedCallIds: content.steps.flatMap(({ calls }) => calls.map(({ id }) => id)),
        reason: "Looks right",
        typedTarget: content.tenant.slug,
      });
      return jobId;
    },
    async claim(by = parts) {
      const claim = await claimJob(by);
      if (claim?.kind !== "claimed") throw new Error(`Nothing was claimed: ${claim?.kind ?? "no job"}`);
      return claim.held;
    },
    async runStage(tenantId, stageKey) {
      const jobId = await bench.queue(await bench.preview(tenantId, stageKey));
      await runJob(parts, await bench.claim(), new AbortController());
      return getJob(jobId);
    },
    async close() {
      await sandbox.close();
      await database.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
  return bench;
}

function readyOf({ id: planId, state, content, contentDigest, says, advice }: typeof plan.$inferSelect) {
  if (state === "ready" && content !== null && contentDigest !== null)
    return { planId, content, contentDigest };
  throw new Error(`The preview is ${state}: ${says ?? ""} ${advice ?? ""}`);
}

async function addPerson({ db }: TestDatabase, name: string, roles: Role[]): Promise<PersonActor> {
  const personId = randomUUID();
  const email = `${name.toLowerCase().replace(" ", ".")}@example.org`;
  const at = new Date();
  await db.insert(person).values({ id: personId, email, name, createdAt: at });
  await db
    .insert(roleGrant)
    .values(roles.map((role) => ({ id: randomUUID(), personId, role, grantedAt: at })));
  const sessionId = await openSession(db, personId, at);
  return { kind: "person", personId, sessionId, name, email, roles };
}

async function openSession(db: Db, personId: string, at: Date): Promise<string> {
  const id = randomUUID();
  await db.insert(session).values({
    idHash: id,
    id,
    personId,
    createdAt: at,
    lastActiveAt: at,
    steppedUpAt: at,
    expiresAt: new Date(at.getTime() + 60 * 60 * 1000),
  });
  return id;
}

function one<T>(rows: readonly T[]): T {
  const [row] = rows;
  if (row === undefined) throw new Error("The bench expected a row.");
  return row;
}
