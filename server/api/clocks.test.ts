import { callTRPCProcedure } from "@trpc/server";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { addPerson } from "#server/testing/people.ts";
import { approvalOf, type JobRow, type JobWorld } from "#server/testing/jobs.ts";
import { listProcedures } from "#server/testing/procedures.ts";
import { browserOf, closeWeb, openWeb, ORIGIN } from "#server/testing/web.ts";
import { connection } from "./connection.ts";
import { healthBy } from "./health.ts";
import { appRouter } from "./root.ts";

let world: JobWorld;
let operator: Awaited<ReturnType<typeof browserOf>>;
let reviewer: Awaited<ReturnType<typeof browserOf>>;
let request: JobRow;

beforeAll(async () => {
  world = await openWeb();
  operator = await browserOf(world, "operator");
  reviewer = await browserOf(world, "reviewer");
  request = await world.request(operator.actor);
  await world.recheck(reviewer.actor, request.id);
});
afterAll(() => closeWeb(world));

const MINUTE = 60_000;
const off = (ms: number) => () => new Date(Date.now() + ms);

/** Calls a procedure as this person, in a process whose clock is off by this much. */
const callAs = (by: typeof reviewer) => (path: string, input: unknown, ms: number) =>
  callTRPCProcedure({
    router: appRouter,
    path,
    type: listProcedures().find((each) => each.path === path)?.type ?? "query",
    ctx: {
      db: connection().db,
      connection: connection(),
      clock: off(ms),
      actor: by.actor,
      cookieHeader: by.cookie,
      isBatch: false,
      signatureNamespace: "countersign-op-v1",
      origin: ORIGIN,
    },
    getRawInput: () => Promise.resolve(input),
    signal: AbortSignal.timeout(60_000),
    batchIndex: 0,
  });

const call: ReturnType<typeof callAs> = (...given) => callAs(reviewer)(...given);

describe("clocks that differ", () => {
  it.each([3 * MINUTE, -3 * MINUTE, 24 * 60 * MINUTE])("by %i ms let nobody approve", async (ms) => {
    const refusal = call("jobs.approve", approvalOf(request), ms);
    await expect(refusal).rejects.toMatchObject({
      code: "SERVICE_UNAVAILABLE",
      cause: { details: { reason: "clock_skew" } },
    });
    await expect(refusal).rejects.toThrow(/more than 2 minutes apart\. Nothing was changed/);
    expect((await world.job(request.id)).state).toBe("awaiting_approval");
  });

  it("stop every change, before anything else is looked at", async () => {
    const changes = listProcedures().filter(({ type }) => type === "mutation");
    let visitor = await browserOf(world, "reviewer");
    for (const [at, { path }] of changes.entries()) {
      // One person alone is paced.
      if (at % 50 === 49) visitor = await browserOf(world, "reviewer");
      await expect(callAs(visitor)(path, { nonsense: true }, 3 * MINUTE), path).rejects.toMatchObject({
        cause: { details: { reason: "clock_skew" } },
      });
    }
    expect(changes.length).toBeGreaterThan(50);
  });

  it("let everybody read", async () => {
    await expect(call("jobs.get", { jobId: request.id }, 3 * MINUTE)).resolves.toMatchObject({
      state: "awaiting_approval",
    });
  });

  it.each([3 * MINUTE, -3 * MINUTE])("by %i ms are no health", async (ms) => {
    const response = await healthBy(off(ms));
    expect(response.status).toBe(503);
    expect(await response.json()).toEqual({ status: "clocks_differ" });
  });

  it.each([0, 100_000, -100_000])("by no more than %i ms are what machines do", async (ms) => {
    expect((await healthBy(off(ms))).status).toBe(200);
  });
});

it("says one word to a stranger, and neither version, address nor number", async () => {
  await addPerson(world.db, { name: "Counted", roles: ["operator"] });
  const response = await healthBy(off(0));
  expect(await response.text()).toBe('{"status":"ok"}');
  const said = [...response.headers].map(([name, value]) => `${name}: ${value}`).sort();
  expect(said).toEqual(["cache-control: no-store", "content-type: application/json"]);
});

it("approves once the clocks agree again", async () => {
  await call("jobs.approve", approvalOf(request), 0);
  expect((await world.job(request.id)).state).toBe("queued");
});
