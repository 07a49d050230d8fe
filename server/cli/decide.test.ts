import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { appendFileSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bridgeRequest } from "#server/testing/access.ts";

const folder = mkdtempSync(join(tmpdir(), "decide-"));
const POLICY = resolve("policies/ssh-signing.md");
const MAIN = resolve("server/cli/main.ts");
const env = { NODE_ENV: "production" } as const;

function countersign(...args: string[]) {
  const ran = spawnSync(process.execPath, [MAIN, ...args], { encoding: "utf8", cwd: folder, env });
  return { code: ran.status, out: ran.stdout, err: ran.stderr };
}

const inventory = (hours: number) =>
  `actors:\n  agt-state-hub-bridge: { type: agt, principals: [agt-task-bridge], ttl_hours: ${hours} }\n`;

function writeRegistry(hours: number): void {
  writeFileSync(join(folder, "inventory.yaml"), inventory(hours));
  expect(countersign("registry", "generate", "inventory.yaml", "-o", "registry.json").code).toBe(0);
}

/** The service as a process of its own, and what it has said so far. */
let service: ChildProcess;
let said = "";
let origin = "";

/** Waits until the service has said this once more than before. */
async function untilSaid(words: RegExp): Promise<void> {
  const end = Date.now() + 20_000;
  while (!words.test(said)) {
    if (Date.now() > end) throw new Error(`It said: ${said}`);
    await new Promise((wake) => setTimeout(wake, 20));
  }
}

beforeAll(async () => {
  writeRegistry(24);
  const args = [
    "--registry",
    "registry.json",
    "--policy",
    POLICY,
    "--log",
    "d.jsonl",
    "--addr",
    "127.0.0.1:0",
  ];
  service = spawn(process.execPath, [MAIN, "decide", "serve", ...args], {
    cwd: folder,
    env,
    stdio: ["ignore", "ignore", "pipe"],
  });
  service.stderr?.on("data", (chunk: Buffer) => (said += chunk.toString("utf8")));
  await untilSaid(/Decisions at (\S+)\n/);
  origin = /Decisions at (\S+)\n/.exec(said)?.[1] ?? "";
});
afterAll(async () => {
  const ended = once(service, "exit");
  service.kill("SIGTERM");
  expect(await ended).toEqual([0, null]);
  rmSync(folder, { recursive: true, force: true });
});

async function ask(body: object, path = "/v1/check") {
  const answer = await fetch(`${origin}${path}`, { method: "POST", body: JSON.stringify(body) });
  const text = await answer.text();
  const read: { id?: string; effect?: string; reason?: string; field?: string } = JSON.parse(text);
  return { status: answer.status, ...read };
}

const files = ["--log", "d.jsonl", "--registry", "registry.json", "--policy", POLICY];

describe("countersign decide", () => {
  it("reads its files again on SIGHUP, both or neither, and replays show what changed", async () => {
    const before = await ask(bridgeRequest(20));
    expect(before).toMatchObject({ status: 200, effect: "allow" });
    const id = before.id ?? "";
    expect(countersign("decide", "replay", id, ...files)).toMatchObject({ code: 0 });

    writeRegistry(2);
    said = "";
    service.kill("SIGHUP");
    await untilSaid(/Read again\./);
    expect(await ask(bridgeRequest(20))).toMatchObject({ effect: "deny", reason: "ttl_out_of_bounds" });
    const replayed = countersign("decide", "replay", id, ...files);
    expect(replayed.code).toBe(1);
    expect(JSON.parse(replayed.out)).toMatchObject({
      same: false,
      before: { id, effect: "allow", reason: "signing_policy_matched" },
      now: { effect: "deny", reason: "ttl_out_of_bounds" },
    });

    writeFileSync(join(folder, "registry.json"), '{"systems":1}');
    said = "";
    service.kill("SIGHUP");
    await untilSaid(/nothing was changed/);
    rmSync(join(folder, "registry.json"));
    said = "";
    service.kill("SIGHUP");
    await untilSaid(/cannot be read; nothing was changed/);
    expect(await ask(bridgeRequest(2))).toMatchObject({ effect: "allow" });
    writeRegistry(24);
  });

  it("explains a decision by its id, also one that was put aside, and one that stands behind a broken line", async () => {
    const { id = "" } = await ask(bridgeRequest(1));
    await ask(bridgeRequest(1));
    const explained = countersign("decide", "explain", id, "--log", "d.jsonl");
    expect(explained.code).toBe(0);
    expect(JSON.parse(explained.out)).toMatchObject({
      id,
      effect: "allow",
      matched_rule: expect.any(String),
      provenance: { policy_package: expect.any(String), directory_etag: expect.stringMatching(/^sha256:/) },
      request: { action: "sign", context: { ttl_hours: 1 } },
      times: 2,
    });
    const copy = readFileSync(join(folder, "d.jsonl"), "utf8");
    writeFileSync(join(folder, "old.jsonl"), `{"id":"${id}"\n\nno json\n${copy}`);
    renameSync(join(folder, "old.jsonl"), join(folder, "old.jsonl.3"));
    writeFileSync(join(folder, "old.jsonl"), "");
    appendFileSync(join(folder, "old.jsonl"), `{"id":"${id}","effect":"allow"`);
    expect(JSON.parse(countersign("decide", "explain", id, "--log", "old.jsonl").out)).toMatchObject({
      times: 2,
    });
  });

  it.each<[string, string[], number]>([
    ["an id that is in no log", ["explain", "decision:0000000000000000", "--log", "d.jsonl"], 1],
    ["an id of two lines", ["explain", "a\nb", "--log", "d.jsonl"], 2],
    ["a log that is not there", ["explain", "decision:0000000000000000", "--log", "nowhere"], 2],
    ["a replay without a policy", ["replay", "x", "--log", "d.jsonl", "--registry", "registry.json"], 2],
  ])("ends as it says for %s", (_what, args, code) => {
    const ran = countersign("decide", ...args);
    expect([ran.code, ran.out]).toEqual([code, ""]);
    expect(ran.err).not.toBe("");
  });

  it("takes a hundred resources in a batch and no more, and no more bytes than it says", async () => {
    const { resource, ...rest } = bridgeRequest(1);
    const batch = (n: number) => ({ ...rest, resources: Array.from({ length: n }, () => resource) });
    const answer = await fetch(`${origin}/v1/check/batch`, {
      method: "POST",
      body: JSON.stringify(batch(100)),
    });
    expect(await answer.json()).toHaveLength(100);
    for (const n of [0, 101]) {
      expect(await ask(batch(n), "/v1/check/batch")).toMatchObject({ status: 400, field: "resources" });
    }
    expect(await ask({ ...bridgeRequest(1), pad: "x".repeat(300_000) })).toMatchObject({ status: 413 });
  });
});

describe("countersign registry export", () => {
  it("writes what registry load reads, byte for byte alike, of a snapshot and of an inventory", () => {
    writeRegistry(24);
    expect(countersign("registry", "export", "registry.json", "-o", "out.json").code).toBe(0);
    const text = readFileSync(join(folder, "out.json"), "utf8");
    expect(text).toBe(readFileSync(join(folder, "registry.json"), "utf8"));
    expect(countersign("registry", "export", "inventory.yaml").out).toBe(text);
    const digestOf = (file: string) => JSON.parse(countersign("registry", "load", file).out).digest;
    expect(digestOf("out.json")).toBe(digestOf("registry.json"));
  });

  it.each<[string, string[], number]>([
    ["a file and a console", ["registry.json", "--url", "http://localhost:1", "--email", "a@x.org"], 2],
    ["a file that is not there", ["nowhere.json"], 2],
    ["what is no registry", ["d.jsonl"], 1],
  ])("writes nothing for %s", (_what, args, code) => {
    const ran = countersign("registry", "export", ...args);
    expect([ran.code, ran.out]).toEqual([code, ""]);
    expect(ran.err).not.toBe("");
  });
});
