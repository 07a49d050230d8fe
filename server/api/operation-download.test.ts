import { randomUUID } from "node:crypto";
import { desc, eq } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { operation } from "#db/schema/signing.ts";
import { type JobWorld, type PlanChange } from "#server/testing/jobs.ts";
import { browserOf, closeWeb, cookieWith, openWeb, ORIGIN } from "#server/testing/web.ts";
import { downloadOperation } from "./operation-download.ts";

const destroying: PlanChange = (made) => ({ ...made, effect: "destroy" });

let world: JobWorld;
let auditor: Awaited<ReturnType<typeof browserOf>>;
let jobId: string;

beforeAll(async () => {
  world = await openWeb();
  const operator = await browserOf(world, "operator");
  auditor = await browserOf(world, "auditor");
  jobId = (await world.request(operator.actor, { change: destroying })).id;
});
afterAll(() => closeWeb(world));

const get = (id: string, cookie: string | null = auditor.cookie) =>
  downloadOperation(
    new Request(`${ORIGIN}/api/jobs/${id}/operation`, { headers: cookie === null ? {} : { cookie } }),
    id,
  );

describe("the bytes to sign", () => {
  it("come exactly as they are on record, as a file that no browser shows", async () => {
    const [row] = await world.db
      .select()
      .from(operation)
      .where(eq(operation.jobId, jobId))
      .orderBy(desc(operation.attempt));
    const answer = await get(jobId);
    expect(answer.status).toBe(200);
    expect(Buffer.from(await answer.arrayBuffer()).toString("utf8")).toBe(row?.message);
    expect(answer.headers.get("content-type")).toBe("application/octet-stream");
    expect(answer.headers.get("content-disposition")).toBe('attachment; filename="operation-1.json"');
    expect(answer.headers.get("x-content-type-options")).toBe("nosniff");
    expect(answer.headers.get("cache-control")).toBe("no-store");
  });

  it("are for people who are signed in", async () => {
    const forged = await cookieWith({ sid: randomUUID() });
    for (const cookie of [null, "", forged]) expect((await get(jobId, cookie)).status).toBe(401);
  });

  it("are only those of a job that destroys", async () => {
    const operator = await browserOf(world, "operator");
    const mutating = await world.request(operator.actor);
    expect((await get(mutating.id)).status).toBe(404);
    expect((await get(randomUUID())).status).toBe(404);
    expect((await get("../../etc/passwd")).status).toBe(400);
  });

  it("are for people with a role", async () => {
    const nobody = await browserOf(world);
    expect((await get(jobId, nobody.cookie)).status).toBe(403);
  });
});
