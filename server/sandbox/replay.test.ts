import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type RunningSandbox, startSandbox } from "./kernel/server.ts";
import { CloudClient } from "./replay/client.ts";
import { Credentials } from "./replay/credentials.ts";
import { IdMap } from "./replay/id-map.ts";
import { listCaptures } from "./replay/recording.ts";
import { type Outcome, replay } from "./replay/replayer.ts";

/** How many of the recorded exchanges the embedded cloud answers; raise it, never lower it. */
const COVERAGE_FLOOR = 640;
/** What the recorded cloud's driver took for a cluster. */
const CLUSTER_CREATE_MS = 15_000;

const captures = listCaptures();
let dataDir: string;
let sandbox: RunningSandbox;
let client: CloudClient;
let outcomes: Outcome[];

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "replay-"));
  const start = Date.now();
  const first = new Date(captures[0]?.at ?? 0).getTime();
  // The recording's clock, moved to today: certificates have to be valid now.
  let offset = 0;
  sandbox = await startSandbox({
    dataDir,
    clusterCreateMs: CLUSTER_CREATE_MS,
    now: () => new Date(start + offset),
  });
  client = new CloudClient(sandbox);
  const credentials = new Credentials(sandbox.adminPassword);
  const parts = { sandbox, client, credentials, ids: new IdMap() };
  outcomes = await replay(captures, parts, {
    set: (time) => {
      offset = time.getTime() - first;
    },
  });
}, 120_000);

afterAll(async () => {
  client.close();
  await sandbox.close();
  await rm(dataDir, { recursive: true });
});

describe("the embedded cloud, asked what a real cloud was asked", () => {
  it("answers every covered exchange with the recorded status, headers and document", () => {
    const different = outcomes.filter((outcome) => outcome.differences.length > 0);
    expect(different.map((outcome) => [outcome.exchange, ...outcome.differences].join("\n  "))).toEqual([]);
  });

  it("covers the recording down to what it has no service for", () => {
    const rest = outcomes.filter((outcome) => outcome.skipped !== null);
    const replayed = outcomes.length - rest.length;
    process.stdout.write(`replayed ${replayed} of ${outcomes.length} exchanges\n`);
    for (const outcome of rest)
      process.stdout.write(`  not replayed: ${outcome.exchange} (${outcome.skipped})\n`);
    expect(outcomes.length).toBe(captures.flatMap((capture) => capture.exchanges).length);
    expect(replayed).toBeGreaterThanOrEqual(COVERAGE_FLOOR);
  });
});
