import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import { connect } from "#db/client.ts";
import { requestJob } from "#server/services/job/request.ts";
import { approvalOf, type JobWorld } from "#server/testing/jobs.ts";
import { browserOf, closeWeb, cookieWith, openWeb, ORIGIN } from "#server/testing/web.ts";
import { handleApi } from "./handler.ts";

type Browser = Awaited<ReturnType<typeof browserOf>>;

let world: JobWorld;
let operator: Browser;
let reviewer: Browser;

beforeAll(async () => {
  world = await openWeb();
  operator = await browserOf(world, "operator");
  reviewer = await browserOf(world, "reviewer");
});
afterAll(() => closeWeb(world));

interface Sent {
  method?: string;
  cookie?: string | null;
  headers?: Record<string, string | null>;
  body?: BodyInit | null;
}

/** What a page of ours sends, with changes: a header of null is left out. */
function send(path: string, given: Sent = {}): Promise<Response> {
  const { method = "POST", cookie = operator.cookie } = given;
  const headers = new Headers();
  const own = { origin: ORIGIN, "x-countersign": "1", "content-type": "application/json", cookie };
  for (const [name, value] of Object.entries({ ...own, ...given.headers })) {
    if (value !== null) headers.set(name, value);
  }
  const body = method === "GET" ? null : (given.body ?? null);
  // A streamed body needs `duplex`, which the type of RequestInit does not know yet.
  const init = { method, headers, body, duplex: "half" };
  return handleApi(new Request(`${ORIGIN}/api/trpc/${path}`, init));
}

const preview = async () => ({ tenantId: await world.tenant(operator.actor), stageKey: "0" });
const json = (input: unknown) => JSON.stringify({ json: input });

const refusalSchema = z.object({
  error: z.object({
    json: z.object({
      message: z.string(),
      data: z.object({
        code: z.string(),
        httpStatus: z.number(),
        refusal: z.object({ code: z.string(), reason: z.string(), field: z.string().nullable() }).nullable(),
      }),
    }),
  }),
});
const refusalIn = async (response: Response) => refusalSchema.parse(await response.json()).error.json;

describe("somebody who sends more changes than a person does", () => {
  it("is asked to wait, in a header too, while everybody else goes on", async () => {
    const flood = await browserOf(world, "operator");
    const answers = await Promise.all(
      Array.from({ length: 90 }, () => send("jobs.preview", { cookie: flood.cookie, body: json({}) })),
    );
    const refused = answers.filter(({ status }) => status === 429);
    expect(refused.length).toBeGreaterThan(0);
    expect(answers.filter(({ status }) => status === 400)).toHaveLength(90 - refused.length);
    for (const response of refused) expect(response.headers.get("retry-after")).toBe("1");
    const [first] = refused;
    if (!first) throw new Error("One was refused.");
    expect(await refusalIn(first)).toMatchObject({
      data: { refusal: { code: "limit", reason: "too_fast" } },
    });
    expect((await send("jobs.preview", { body: json(await preview()) })).status).toBe(200);
  });
});

describe("a change from a page of ours", () => {
  it("is done", async () => {
    const response = await send("jobs.preview", { body: json(await preview()) });
    expect(response.status).toBe(200);
    expect(response.headers.get("cache-control")).toBe("no-store");
    expect(response.headers.get("vary")).toBe("cookie");
  });

  it.each<[string, number, Record<string, string | null>]>([
    ["no Origin", 403, { origin: null }],
    ["a foreign Origin", 403, { origin: "https://evil.example.org" }],
    ["the Origin null", 403, { origin: "null" }],
    ["another port", 403, { origin: "http://localhost:4000" }],
    ["another scheme", 403, { origin: ORIGIN.replace("http:", "https:") }],
    ["a subdomain", 403, { origin: ORIGIN.replace("//", "//evil.") }],
    ["our origin as a beginning", 403, { origin: `${ORIGIN}.evil.example.org` }],
    ["only Referer", 403, { origin: null, referer: `${ORIGIN}/inbox` }],
    ["a spoofed host", 403, { origin: "https://evil.example.org", "x-forwarded-host": "evil.example.org" }],
    ["no custom header", 403, { "x-countersign": null }],
    ["another custom header", 403, { "x-countersign": "0" }],
    ["text/plain", 415, { "content-type": "text/plain" }],
    ["a form", 415, { "content-type": "application/x-www-form-urlencoded" }],
    ["multipart", 415, { "content-type": "multipart/form-data; boundary=x" }],
    ["bytes", 415, { "content-type": "application/octet-stream" }],
    ["no content type", 415, { "content-type": "" }],
  ])("is refused with %s: %i", async (_what, status, headers) => {
    const plans = () => world.database.sql`select count(*)::int as n from plan`;
    const input = await preview();
    const before = await plans();
    const response = await send("jobs.preview", { headers, body: json(input) });
    expect(response.status).toBe(status);
    expect(z.object({ error: z.object({ message: z.string().min(10) }) }).parse(await response.json()));
    expect(await plans()).toEqual(before);
  });

  it.each(["PUT", "DELETE", "PATCH"])("is refused as %s", async (method) => {
    const response = await send("jobs.preview", { method, body: json(await preview()) });
    expect(response.status).toBe(405);
  });

  it("is refused as GET, also with a method to pretend", async () => {
    const input = encodeURIComponent(json(await preview()));
    for (const query of ["", "&_method=POST", "&batch=1"]) {
      const response = await send(`jobs.preview?input=${input}${query}`, {
        method: "GET",
        headers: { "x-http-method-override": "POST" },
      });
      expect(response.status).toBe(405);
    }
  });

  it.each([
    ["no cookie", () => Promise.resolve(null)],
    ["an empty one", () => Promise.resolve("next-auth.session-token=")],
    ["a value that cannot be decoded", () => Promise.resolve("next-auth.session-token=%zz")],
    ["a random value", () => Promise.resolve("next-auth.session-token=abc.def.ghi")],
    ["an unsigned token", () => Promise.resolve(`next-auth.session-token=${unsigned()}`)],
    ["a token under another key", () => cookieWith({ sid: operator.secret }, { secret: "k".repeat(40) })],
    ["a token of another flow", () => cookieWith({ sid: operator.secret }, { salt: "next-auth.state" })],
    ["a token without a session", () => cookieWith({ sub: operator.personId })],
    ["a token with an unknown session", () => cookieWith({ sid: randomUUID() })],
    ["a token with no text as session", () => cookieWith({ sid: { $ne: null } })],
    ["the person's id as session", () => cookieWith({ sid: operator.personId, roles: ["admin"] })],
  ])("needs a session: %s is UNAUTHORIZED", async (_what, cookieOf) => {
    const response = await send("jobs.preview", { cookie: await cookieOf(), body: json(await preview()) });
    expect(response.status).toBe(401);
  });
});

describe("a batch", () => {
  const many = (name: string, count: number) => Array<string>(count).fill(name).join(",");
  const inputs = (count: number, input: unknown) =>
    JSON.stringify(Object.fromEntries(Array.from({ length: count }, (_, n) => [n, { json: input }])));

  it("of ten reads is answered, of eleven refused", async () => {
    const read = (count: number) =>
      send(`${many("inbox.session", count)}?batch=1&input=${encodeURIComponent(inputs(count, {}))}`, {
        method: "GET",
      });
    const ten = await read(10);
    expect(ten.status).toBe(200);
    expect(await ten.json()).toHaveLength(10);
    expect((await read(11)).status).toBe(400);
  });

  it("never holds an approval, alone or among others", async () => {
    const row = await world.request(operator.actor);
    await world.recheck(reviewer.actor, row.id);
    const approve = approvalOf(row);
    for (const names of ["jobs.approve", many("jobs.approve", 5)]) {
      const response = await send(`${names}?batch=1`, {
        cookie: reviewer.cookie,
        body: inputs(5, approve),
      });
      expect(response.status).toBe(400);
    }
    const mixed = await send("jobs.approve,jobs.recheck?batch=1", {
      cookie: reviewer.cookie,
      body: JSON.stringify({ 0: { json: approve }, 1: { json: { jobId: row.id } } }),
    });
    expect(mixed.status).toBe(207);
    expect((await world.job(row.id)).state).toBe("awaiting_approval");
  });
});

describe("a body", () => {
  const MIB = 1024 * 1024;
  const padded = async (bytes: number) => {
    const text = json(await preview());
    return text + " ".repeat(bytes - text.length);
  };
  const streamed = (text: string) =>
    new ReadableStream<Uint8Array>({
      start(controller) {
        for (let at = 0; at < text.length; at += 65_536) {
          controller.enqueue(new TextEncoder().encode(text.slice(at, at + 65_536)));
        }
        controller.close();
      },
    });

  it("of 1 MiB is read, of a byte more refused", async () => {
    expect((await send("jobs.preview", { body: await padded(MIB) })).status).toBe(200);
    expect((await send("jobs.preview", { body: await padded(MIB + 1) })).status).toBe(413);
  });

  it.each<[string, Record<string, string>]>([
    ["without a content-length", {}],
    ["with a small one", { "content-length": "10" }],
    ["with none that is a number", { "content-length": "many" }],
  ])("that is larger is refused %s", async (_what, headers) => {
    const body = streamed(await padded(MIB + 1));
    expect((await send("jobs.preview", { headers, body })).status).toBe(413);
  });

  it("that is endless is left after 1 MiB", async () => {
    let sent = 0;
    let isCancelled = false;
    const endless = new ReadableStream<Uint8Array>({
      pull(controller) {
        sent += 65_536;
        controller.enqueue(new Uint8Array(65_536));
      },
      cancel() {
        isCancelled = true;
      },
    });
    expect((await send("jobs.preview", { body: endless })).status).toBe(413);
    expect({ isCancelled, isBounded: sent <= MIB + 3 * 65_536 }).toEqual({
      isCancelled: true,
      isBounded: true,
    });
  });

  it.each([
    ["that is no JSON", "{"],
    ["that is empty", ""],
    ["with another shape", "[]"],
    ["with an unknown type of superjson", '{"json":{},"meta":{"values":{"jobId":["custom","x"]}}}'],
    ["that reaches for a prototype", '{"json":{},"meta":{"values":{"__proto__.x":["Date"]}}}'],
  ])("%s is refused as a bad request", async (_what, body) => {
    const response = await send("jobs.preview", { body });
    expect(response.status).toBe(400);
    expect(await response.text()).not.toMatch(/node_modules|\bat .*:\d+:\d+|Failed query/);
  });
});

describe("a refusal", () => {
  it("carries code, reason and field, and a sentence", async () => {
    const response = await send("tenants.create", {
      body: json({
        slug: "acme",
        cloudId: world.cloudId,
        inputs: { cidr: "10.99.0.0/24", instances: 1, cores: 1, ramMb: 1, nodeCount: 1 },
      }),
    });
    expect(response.status).toBe(400);
    expect(await refusalIn(response)).toMatchObject({
      message: "10.99.0.0/24 is outside the tenant pool 10.20.0.0/16.",
      data: { refusal: { code: "invalid", reason: "cidr", field: "inputs.cidr" } },
    });
  });

  it("of an input names the first field in words", async () => {
    const response = await send("jobs.withdraw", { body: json({ jobId: randomUUID(), reason: " " }) });
    expect(await refusalIn(response)).toMatchObject({
      message: "Give a reason: it is what the next person reads.",
      data: { code: "BAD_REQUEST", refusal: { reason: "invalid_input", field: "reason" } },
    });
  });

  it("of text that the database cannot hold is a sentence", async () => {
    const input = encodeURIComponent(json({ jobId: randomUUID(), text: "a\0b" }));
    const response = await send(`jobs.searchOutput?input=${input}`, { method: "GET" });
    expect(response.status).toBe(400);
    expect(await refusalIn(response)).toMatchObject({ data: { refusal: { reason: "not_text" } } });
  });

  it("of a stale page says so", async () => {
    const previewed = await world.preview(operator.actor, { tenantId: await world.tenant(operator.actor) });
    const input = { ...previewed, reason: "Go", startsOnApproval: true, idempotencyKey: randomUUID() };
    await requestJob(world.ctx(operator.actor), input);
    const response = await send("jobs.request", { body: json({ ...input, idempotencyKey: randomUUID() }) });
    expect(response.status).toBe(409);
    expect((await refusalIn(response)).message).toMatch(/^A job of this stage is under way\./);
  });

  it("for a mistake of ours says nothing of its cause", async () => {
    const owner = connect(world.database.ownerUrl, { max: 1 });
    await owner.sql`alter table runner rename to runner_moved`;
    try {
      const input = encodeURIComponent(json({}));
      const response = await send(`inbox.session?input=${input}`, { method: "GET" });
      expect(response.status).toBe(500);
      const text = await response.text();
      expect(text).toContain("Something went wrong inside the console. It has been logged");
      expect(text).not.toMatch(/runner|select|Failed query|relation|stack|\.ts|postgres/i);
    } finally {
      await owner.sql`alter table runner_moved rename to runner`;
      await owner.close();
    }
  });

  it("for a mistake before any procedure says nothing of its cause", async () => {
    const owner = connect(world.database.ownerUrl, { max: 1 });
    await owner.sql`alter table role_grant rename to role_grant_moved`;
    try {
      const response = await send("jobs.preview", { body: json(await preview()) });
      expect(response.status).toBe(500);
      expect(await response.text()).not.toMatch(/role_grant|select|Failed query|relation|stack|\.ts/i);
    } finally {
      await owner.sql`alter table role_grant_moved rename to role_grant`;
      await owner.close();
    }
  });
});

it("counts a page nobody touches as no use of the session", async () => {
  const idle = await browserOf(world, "operator");
  const { sql } = world.database;
  await sql`update session set last_active_at = now() - interval '10 minutes' where id = ${idle.actor.sessionId}`;
  const activeAt = async () => {
    const [row] = await sql<{ ms: string }[]>`
      select extract(epoch from last_active_at) * 1000 as ms from session where id = ${idle.actor.sessionId}`;
    return Number(row?.ms);
  };
  const read = (headers: Record<string, string>) =>
    send(`inbox.session?input=${encodeURIComponent(json({}))}`, {
      method: "GET",
      cookie: idle.cookie,
      headers,
    });
  const before = await activeAt();
  expect((await read({ "x-countersign-poll": "1" })).status).toBe(200);
  expect(await activeAt()).toBe(before);
  await read({});
  expect(await activeAt()).toBeGreaterThan(before);
});

/** A token that says `alg: none`. */
function unsigned(): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  return `${part({ alg: "none" })}.${part({ sid: operator.secret })}.`;
}
