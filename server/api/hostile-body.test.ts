import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { JobWorld } from "#server/testing/jobs.ts";
import { browserOf, closeWeb, openWeb, ORIGIN } from "#server/testing/web.ts";
import { handleApi } from "./handler.ts";

let world: JobWorld;
let operator: Awaited<ReturnType<typeof browserOf>>;

beforeAll(async () => {
  world = await openWeb();
  operator = await browserOf(world, "operator");
});
afterAll(() => closeWeb(world));

const QUICK_MS = 5_000;

/** Sends these bytes as the body of a change that would be done. */
async function send(body: string | Uint8Array<ArrayBuffer>) {
  const started = performance.now();
  const response = await handleApi(
    new Request(`${ORIGIN}/api/trpc/jobs.preview`, {
      method: "POST",
      headers: {
        origin: ORIGIN,
        "x-countersign": "1",
        "content-type": "application/json",
        cookie: operator.cookie,
      },
      body,
    }),
  );
  const text = await response.text();
  return { status: response.status, text, ms: performance.now() - started };
}

const plans = async () => (await world.database.sql`select id from plan`).length;

describe("a body made to hurt", () => {
  const tenantId = randomUUID();
  const deep = (open: string, close: string, levels: number) => open.repeat(levels) + close.repeat(levels);
  const input = (more: string) => `{"json":{"tenantId":"${tenantId}","stageKey":"0"${more}}}`;

  it.each<[string, string | Uint8Array<ArrayBuffer>]>([
    ["nested 100,000 lists deep", `{"json":${deep("[", "]", 100_000)}}`],
    ["nested 100,000 objects deep", `{"json":${'{"a":'.repeat(100_000)}1${"}".repeat(100_000)}}`],
    ["cut in the middle of its depth", `{"json":${"[".repeat(500_000)}`],
    ["of 90,000 members", input(Array.from({ length: 90_000 }, (_, at) => `,"k${at}":1`).join(""))],
    ["with a member __proto__", input(',"__proto__":{"roles":["admin"]}')],
    ["with a member constructor", input(',"constructor":{"prototype":{"roles":["admin"]}}')],
    ["around a __proto__", `{"__proto__":{"json":{}},"json":{"stageKey":"0"}}`],
    ["with a number for a text", `{"json":{"tenantId":9007199254740993,"stageKey":0}}`],
    ["with a number beyond all numbers", `{"json":{"tenantId":1e400,"stageKey":-0}}`],
    ["with a member twice", input(`,"tenantId":"${randomUUID()}"`)],
    ["with a member twice, spelt otherwise", input(`,"stage\\u004bey":"1"`)],
    ["with half a character", input("").replace('"0"', '"\\ud800"')],
    ["with a zero byte", input("").replace('"0"', '"\\u0000"')],
    ["with a twin of a digit", input("").replace('"0"', '"\uff10"')],
    ["that is no UTF-8", Uint8Array.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d])],
    [
      "with a date that superjson should make",
      `{"json":{"tenantId":0,"stageKey":0},"meta":{"values":{"tenantId":["Date"]}}}`,
    ],
    [
      "with a pattern that superjson should make",
      `{"json":{"tenantId":"/(a+)+$/","stageKey":"0"},"meta":{"values":{"tenantId":["regexp"]}}}`,
    ],
    [
      "with a reference that superjson should follow",
      `{"json":{"tenantId":{"a":1},"stageKey":"0"},"meta":{"referentialEqualities":{"tenantId":["__proto__.x","constructor.prototype.y"]}}}`,
    ],
  ])("%s is refused quickly, with a sentence, and leaves nothing behind", async (_what, body) => {
    const before = await plans();
    const { status, text, ms } = await send(body);
    expect([400, 404, 412], text.slice(0, 500)).toContain(status);
    expect(text.slice(0, 5_000)).not.toMatch(
      /node_modules|\bat .*:\d+:\d+|Failed query|RangeError|Maximum call/,
    );
    expect(text.length).toBeLessThan(4_096);
    expect(ms).toBeLessThan(QUICK_MS);
    expect(await plans()).toBe(before);
    expect(Object.keys(Object.getPrototypeOf({}))).toEqual([]);
    expect("roles" in {}).toBe(false);
  });
});
