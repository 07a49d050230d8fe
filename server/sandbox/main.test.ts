import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Agent, fetch } from "undici";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";

const readySchema = z.object({
  type: z.literal("ready"),
  authUrl: z.string(),
  caFile: z.string(),
  cloudsFile: z.string(),
});

describe("the embedded cloud as a process", () => {
  let dataDir: string;
  let child: ChildProcess | null = null;
  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), "countersign-cloud-"));
  });
  afterEach(async () => {
    if (child !== null && child.exitCode === null && child.signalCode === null) child.kill("SIGKILL");
    await rm(dataDir, { recursive: true, force: true });
  });

  const start = async () => {
    const file = new URL("./main.ts", import.meta.url);
    child = fork(file, ["--data-dir", dataDir, "--cluster-create-ms", "50"], { execArgv: [], silent: true });
    const [message]: unknown[] = await once(child, "message");
    return { child, ready: readySchema.parse(message) };
  };

  it("says when it is ready, answers over its CA, and ends with its parent's channel", async () => {
    const { child: running, ready } = await start();
    const agent = new Agent({ connect: { ca: await readFile(ready.caFile, "utf8") } });
    const response = await fetch(ready.authUrl, { dispatcher: agent });
    expect(response.status).toBe(200);
    await response.text();
    await agent.close();
    const exited = once(running, "exit");
    running.disconnect();
    expect((await exited)[0]).toBe(0);
  });

  it("ends on SIGTERM with its state on disk", async () => {
    const { child: running } = await start();
    const exited = once(running, "exit");
    running.kill("SIGTERM");
    expect((await exited)[0]).toBe(0);
    expect(await readFile(join(dataDir, "state.json"), "utf8")).toContain("magnum_domain_admin");
  });

  it("refuses wrong settings with status 2", async () => {
    const file = new URL("./main.ts", import.meta.url);
    child = fork(file, ["--data-dir", dataDir, "--port", "99999"], { execArgv: [], silent: true });
    expect((await once(child, "exit"))[0]).toBe(2);
  });
});
