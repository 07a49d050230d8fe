import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { outputLine } from "#db/schema/job.ts";
import { type JobWorld } from "#server/testing/jobs.ts";
import { browserOf, closeWeb, openWeb, ORIGIN } from "#server/testing/web.ts";
import { downloadOutput } from "./output-download.ts";

const PRINTED = [
  "\u001b[31mred\u001b[0m",
  "<script>alert(1)</script>",
  "\u001b]0;title\u0007 \u001b[2J",
  "a\u202eb",
];

let world: JobWorld;
let reader: Awaited<ReturnType<typeof browserOf>>;
let jobId: string;

beforeAll(async () => {
  world = await openWeb();
  const operator = await browserOf(world, "operator");
  reader = await browserOf(world, "auditor");
  jobId = (await world.request(operator.actor)).id;
  await world.db.insert(outputLine).values(
    PRINTED.map((text, at) => ({
      jobId,
      seq: at + 1,
      stepId: "s",
      stream: "stdout" as const,
      text,
      at: world.now,
    })),
  );
});
afterAll(() => closeWeb(world));

const get = (id: string, cookie: string | null = reader.cookie) =>
  downloadOutput(
    new Request(`${ORIGIN}/api/jobs/${id}/output`, { headers: cookie === null ? {} : { cookie } }),
    { params: Promise.resolve({ jobId: id }) },
  );

describe("what a job printed", () => {
  it("comes with all that a terminal would obey, as a plain file that says so and that no browser shows", async () => {
    const answer = await get(jobId);
    expect(answer.status).toBe(200);
    expect(answer.headers.get("content-disposition")).toBe(
      `attachment; filename="output-${jobId.slice(0, 8)}-raw.txt"`,
    );
    expect(answer.headers.get("content-type")).toBe("text/plain; charset=utf-8");
    expect(answer.headers.get("x-content-type-options")).toBe("nosniff");
    expect(answer.headers.get("cache-control")).toBe("no-store");
    const text = await answer.text();
    for (const line of PRINTED) expect(text).toContain(line);
  });

  it("is for people who are signed in and may read it", async () => {
    expect((await get(jobId, null)).status).toBe(401);
    expect((await get(jobId, (await browserOf(world)).cookie)).status).toBe(403);
    expect((await get("../../etc/passwd")).status).toBe(400);
    expect(await (await get(randomUUID())).text()).toBe("");
  });
});
