import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { desc, eq } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import * as z from "zod";
import { connect } from "#db/client.ts";
import { accessDecision, accessProvider } from "#db/schema/access.ts";
import { auditEntry } from "#db/schema/audit.ts";
import { decisionRecord } from "#db/schema/decision.ts";
import { job } from "#db/schema/job.ts";
import { type Bench, openBench } from "#server/testing/runner-bench.ts";
import { prepareStage, type StageAgain } from "#server/testing/stage-again.ts";
import { claimJob } from "./claim.ts";

const askedSchema = z.looseObject({
  subject: z.looseObject({ id: z.string() }),
  resource: z.looseObject({ id: z.string() }),
  action: z.string(),
});
type Asked = z.output<typeof askedSchema>;
type Answer = (asked: Asked, response: ServerResponse) => void;

let bench: Bench;
let stage: StageAgain;
let server: Server;
let answer: Answer;
let asked: Asked[] = [];
let ids = 0;

const says =
  (change: object): Answer =>
  ({ subject, resource }, response) => {
    const envelope = {
      id: `outside:${(ids += 1)}`,
      effect: "allow",
      reason: "on_call",
      subject,
      resource,
      provenance: { evaluator: "stub", mode: "test" },
      ...change,
    };
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(envelope));
  };

beforeAll(async () => {
  bench = await openBench();
  const tenantId = await bench.addTenant("outside", "10.20.1.0/24");
  expect(await bench.runStage(tenantId, "0")).toMatchObject({ state: "succeeded" });
  stage = await prepareStage(bench, tenantId, "1");
  const serve = async (request: IncomingMessage, response: ServerResponse) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(Buffer.from(chunk));
    const one = askedSchema.parse(JSON.parse(Buffer.concat(chunks).toString("utf8")));
    asked.push(one);
    answer(one, response);
  };
  server = createServer((request, response) => void serve(request, response));
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  await putInPlace(1, { asksJobs: true });
});
afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await stage.close();
  await bench.close();
});
beforeEach(() => {
  asked = [];
  answer = says({});
});

const db = () => bench.database.db;

/** Past the two people whom it takes, which is tested where they are. */
async function putInPlace(number: number, { asksJobs }: { asksJobs: boolean }): Promise<void> {
  const owner = connect(bench.database.ownerUrl, { max: 1 });
  await owner.sql`alter table access_provider alter column proposal_id drop not null`;
  const address = server.address();
  const origin = `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`;
  await owner.sql`insert into access_provider (number, kind, origin, smokes, asks_jobs, at)
    values (${number}, 'external', ${origin}, '{}', ${asksJobs}, now())`;
  await owner.close();
}

async function started(jobId: string): Promise<void> {
  expect(await claimJob(bench.parts)).toMatchObject({ kind: "claimed", held: { jobId } });
  await bench.database.sql`delete from lease`;
  await db().update(job).set({ state: "cancelled" }).where(eq(job.id, jobId));
}

async function lastOf(jobId: string) {
  const [entry] = await db()
    .select()
    .from(auditEntry)
    .where(eq(auditEntry.objectId, jobId))
    .orderBy(desc(auditEntry.seq))
    .limit(1);
  const [record] = await db()
    .select()
    .from(decisionRecord)
    .where(eq(decisionRecord.jobId, jobId))
    .orderBy(desc(decisionRecord.seq))
    .limit(1);
  return { entry, record };
}

describe("a job, where a service elsewhere is asked about jobs", () => {
  it("starts when both allow it, and the record names both decisions", async () => {
    const jobId = await stage.queue();
    await started(jobId);
    expect(asked).toMatchObject([{ action: "job.execute", resource: { id: `job:${jobId}`, type: "job" } }]);
    const { entry, record } = await lastOf(jobId);
    expect(entry).toMatchObject({
      action: "job.started",
      details: { decision: record?.decisionId, outside: `outside:${ids}` },
    });
    const [logged] = await db().select().from(accessDecision).orderBy(desc(accessDecision.seq)).limit(1);
    expect(logged).toMatchObject({ decisionId: `outside:${ids}`, resource: `job:${jobId}`, effect: "allow" });
  });

  it.each<[string, Answer, string]>([
    ["PD1 an error", (_, response) => void response.writeHead(500).end("{}"), "policy_unavailable"],
    ["PD1 a closed door", (_, response) => void response.destroy(), "policy_unavailable"],
    ["PD1 silence", () => undefined, "policy_unavailable"],
    [
      "PD1 a redirect",
      (_, response) => void response.writeHead(302, { location: "/" }).end(),
      "policy_unavailable",
    ],
    ["PD2 ALLOW", says({ effect: "ALLOW" }), "policy_unavailable"],
    ["PD2 not_applicable", says({ effect: "not_applicable" }), "policy_denied"],
    ["PD3 an obligation", says({ obligations: [{ type: "watch" }] }), "policy_unavailable"],
    ["PD4 no id", says({ id: undefined }), "policy_unavailable"],
    [
      "PD6 another job",
      says({ resource: { id: "job:x", type: "job", system: "countersign" } }),
      "policy_unavailable",
    ],
    ["a denial", says({ effect: "deny", reason: "change_window" }), "change_window"],
  ])("does not start after %s, and nothing of it is spent", async (_what, how, reason) => {
    const jobId = await stage.queue();
    answer = how;
    expect(await claimJob(bench.parts)).toEqual({ kind: "refused" });
    expect(asked).toHaveLength(1);
    expect(await bench.getJob(jobId)).toMatchObject({ state: "refused", consumedAt: null });
    const { entry, record } = await lastOf(jobId);
    expect(entry).toMatchObject({ action: "job.started", outcome: "denied", details: { reason } });
    expect(record).toMatchObject({ effect: "deny", reason });
  });

  it("is not started by a yes from elsewhere that the console does not share", async () => {
    const jobId = await stage.queue();
    const late = { ...bench.parts, now: () => new Date(Date.now() + 25 * 60 * 60_000) };
    expect(await claimJob(late)).toEqual({ kind: "refused" });
    expect((await bench.getJob(jobId)).state).toBe("expired");
  });

  it("is asked about by itself: an answer about another one starts nothing", async () => {
    const jobId = await stage.queue();
    answer = (one, response) => {
      // While it is asked, another provider is put in place.
      void putInPlace(2, { asksJobs: true }).then(() => says({})(one, response));
    };
    expect(await claimJob(bench.parts)).toEqual({ kind: "taken" });
    expect(await bench.getJob(jobId)).toMatchObject({ state: "queued", consumedAt: null });
    answer = says({});
    await started(jobId);
  });

  it("is not asked about where the service decides about certificates only", async () => {
    await putInPlace(3, { asksJobs: false });
    const jobId = await stage.queue();
    await started(jobId);
    expect(asked).toEqual([]);
    expect(await db().$count(accessProvider)).toBe(3);
  });
});
