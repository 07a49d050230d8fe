import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { eq } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import { cloud } from "#db/schema/cloud.ts";
import { DomainError } from "#server/domain/error/domain-error.ts";
import { claimPlan, runPlan } from "#server/runner/plan-tasks.ts";
import { addHost } from "#server/services/guest/add-host.ts";
import { readFleet, readHost } from "#server/services/guest/read.ts";
import { saveDesired } from "#server/services/guest/save.ts";
import { readJob } from "#server/services/job/get.ts";
import { requestJob } from "#server/services/job/request.ts";
import { withdrawJob } from "#server/services/job/withdraw.ts";
import { readPlan } from "#server/services/plan/get.ts";
import { previewStage } from "#server/services/plan/preview.ts";
import { type Bench, openBench } from "#server/testing/runner-bench.ts";

let bench: Bench;
let server: Server;
let origin = "";
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "countersign-apply-"));
  bench = await openBench({ hasHypervisor: true });
  const [row] = await bench.database.db.select().from(cloud).where(eq(cloud.name, "embedded-hypervisor"));
  await addHost(ctx(), { cloudId: row?.id ?? "", node: "pve1" });
  server = createServer((request, response) => void serve(request, response));
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  const address = server.address();
  origin = `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`;
}, 60_000);
afterAll(async () => {
  server.close();
  await bench.close();
  rmSync(folder, { recursive: true });
});

const ctx = () => ({ db: bench.database.db, actor: bench.operator, clock: bench.parts.now });

/** The console's own services by the names of its API; the runner plans when it is asked for the plan. */
const CALLS: Readonly<Record<string, (input: unknown) => Promise<unknown>>> = {
  "guests.fleet": (input) => readFleet(ctx(), readFleet.input.parse(input)),
  "guests.host": (input) => readHost(ctx(), readHost.input.parse(input)),
  "guests.save": (input) => saveDesired(ctx(), saveDesired.input.parse(input)),
  "jobs.preview": (input) => previewStage(ctx(), previewStage.input.parse(input)),
  "jobs.plan": async (input) => {
    const task = await claimPlan(bench.parts);
    if (task) await runPlan(bench.parts, task);
    return readPlan(ctx(), readPlan.input.parse(input));
  },
  "jobs.request": (input) => requestJob(ctx(), requestJob.input.parse(input)),
  "jobs.get": (input) => readJob(ctx(), readJob.input.parse(input)),
};
const bodySchema = z.object({ json: z.unknown() });

async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { pathname, searchParams } = new URL(request.url ?? "", origin);
  const chunks: Buffer[] = [];
  for await (const chunk of request) if (chunk instanceof Uint8Array) chunks.push(Buffer.from(chunk));
  const text = Buffer.concat(chunks).toString();
  try {
    if (pathname === "/api/auth/csrf") return void response.end('{"csrfToken":"token"}');
    if (pathname === "/api/auth/callback/password") {
      if (new URLSearchParams(text).get("password") === "right")
        response.setHeader("set-cookie", "session-token=1; Path=/");
      return void response.end("{}");
    }
    const called = CALLS[pathname.replace("/api/trpc/", "")];
    if (called === undefined) throw new Error(`The test has no ${pathname}.`);
    const { json } = bodySchema.parse(JSON.parse(text === "" ? (searchParams.get("input") ?? "") : text));
    response.end(JSON.stringify({ result: { data: { json: await called(json) } } }));
  } catch (error) {
    const refusal = error instanceof DomainError ? { code: error.code, reason: error.details.reason } : null;
    const message = error instanceof Error ? error.message : "";
    response.writeHead(400).end(JSON.stringify({ error: { json: { message, data: { refusal } } } }));
  }
}

function apply(...args: string[]): Promise<{ code: number | null; out: string; err: string }> {
  const words = [resolve("server/cli/main.ts"), "guests", "apply", ...args];
  const child = spawn(process.execPath, words, { cwd: folder, env: { NODE_ENV: "production" } });
  let [out, err] = ["", ""];
  child.stdout.on("data", (bytes: Buffer) => (out += bytes.toString()));
  child.stderr.on("data", (bytes: Buffer) => (err += bytes.toString()));
  child.stdin.on("error", () => {});
  child.stdin.end("right\n");
  return new Promise((done) => child.once("close", (code) => done({ code, out, err })));
}
const at = () => ["--reason", "As agreed", "--url", origin, "--email", "olga@corp"];
const desired = (document: unknown) => {
  const path = join(folder, "desired.json");
  writeFileSync(path, typeof document === "string" ? document : JSON.stringify(document));
  return ["--desired", path];
};
const answerSchema = z.object({
  effect: z.string().nullable(),
  says: z.string(),
  calls: z.array(z.string()),
  job: z.object({ id: z.string(), state: z.string(), address: z.string() }).optional(),
});

async function withdraw(jobId: string): Promise<void> {
  const row = await bench.getJob(jobId);
  expect(row.state).toBe("awaiting_approval");
  await withdrawJob(ctx(), { jobId, reason: "Asked by a test" });
}

describe("countersign guests apply", () => {
  it("saves, previews and asks, and prints the calls and where the job waits", async () => {
    const given = desired({ guests: [{ vmid: 103, run_state: "running" }] });
    const { code, out, err } = await apply("pve1", ...given, "--json", ...at());
    expect({ code, err }).toEqual({ code: 0, err: "" });
    const { effect, calls, job } = answerSchema.parse(JSON.parse(out));
    expect({ effect, calls }).toEqual({
      effect: "mutate",
      calls: ["POST /nodes/pve1/qemu/103/status/start"],
    });
    expect(job?.address).toBe(`${origin}/approvals/${job?.id}`);
    await withdraw(job?.id ?? "");
  });

  it("with --wait ends with 3 when a person still has to decide", async () => {
    const { code, out } = await apply("pve1", "--wait", "--timeout", "1", ...at());
    expect(code).toBe(3);
    const [, id = ""] = /approvals\/([0-9a-f-]{36})/.exec(out) ?? [];
    expect(out).toContain("awaiting_approval");
    await withdraw(id);
  });

  it("asks for what destroys only by the name of the host, typed once more", async () => {
    const given = desired({ guests: [], intents: [{ op: "guest_destroy", vmid: 104, scratch: true }] });
    const untyped = await apply("pve1", ...given, "--stage", "G2", ...at());
    expect(untyped).toMatchObject({ code: 1, out: "", err: expect.stringContaining("name exactly") });
    const typed = await apply("pve1", "--stage", "G2", "--typed", "pve1", "--json", ...at());
    expect(typed.code).toBe(0);
    const { effect, job } = answerSchema.parse(JSON.parse(typed.out));
    expect(effect).toBe("destroy");
    await withdraw(job?.id ?? "");
  });

  it.each<[string, () => string[], number, string]>([
    ["nothing to be done", () => ["pve1", ...desired({ guests: [] }), ...at()], 0, ""],
    ["a host that is not there", () => ["pve9", ...at()], 1, "no host pve9"],
    [
      "a wrong field",
      () => ["pve1", ...desired({ guests: [{ vmid: 101, cores: "two" }] }), ...at()],
      1,
      "guests[0].cores: is a whole number",
    ],
    ["no JSON", () => ["pve1", ...desired("{"), ...at()], 1, "no JSON"],
    [
      "a blocked plan",
      () => ["pve1", "--stage", "G3", ...blocking(), ...at()],
      1,
      "stage makes scratch guests",
    ],
    ["no console", () => ["pve1", "--reason", "x", "--url", "http://127.0.0.1:1", "--email", "a"], 1, "cannot be reached"], // prettier-ignore
    ["no host", () => at(), 2, "Name one host"],
    ["two hosts", () => ["a", "b", ...at()], 2, "Name one host"],
    ["no reason", () => ["pve1", "--url", origin, "--email", "a"], 2, "--reason"],
    ["another stage", () => ["pve1", "--stage", "G9", ...at()], 2, "--stage is one of G1, G2, G3"],
    ["no time", () => ["pve1", "--wait", "--timeout", "0", ...at()], 2, "--timeout"],
    ["a file that is none", () => ["pve1", "--desired", "nowhere.json", ...at()], 2, "nowhere.json"],
  ])("with %s", async (...[, args, code, says]) => {
    const done = await apply(...args());
    expect(done).toMatchObject({ code, err: expect.stringContaining(says) });
  });
});

const blocking = () => desired({ guests: [], intents: [{ op: "decommission" }] });
