import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { clusterVerdict } from "#server/domain/operation/container-infra.ts";
import { CLUSTER_VERDICT_DEADLINE_MS } from "#server/operations/limits.ts";
import type { SeenRequest } from "#server/sandbox/kernel/listener.ts";
import { type Bench, openBench } from "#server/testing/runner-bench.ts";
import { runJob } from "./executor.ts";
import type { RunnerParts } from "./parts.ts";

const STAGES = ["0", "1", "2", "2.5", "3", "4", "5"];
const NEVER_MS = 1_000 * 60 * 60_000;

let bench: Bench;
let seen: SeenRequest[] = [];

beforeAll(async () => {
  bench = await openBench({ seen: (request) => void seen.push(request) });
});
afterAll(() => bench.close());

/** The runner's own operations, for whom the time that they wait is over at once. */
async function hurriedParts(): Promise<{ parts: RunnerParts; passedMs: () => number }> {
  let passedMs = 0;
  const { id } = clusterVerdict;
  const verdict = bench.parts.handlers.get(id);
  if (!verdict) throw new Error("the runner knows the verdict of a cluster");
  const hurried: typeof verdict = {
    ...verdict,
    readBack: (context, parameters, outputs) =>
      verdict.readBack(
        {
          ...context,
          now: () => new Date(Date.now() + passedMs),
          wait: (ms) => {
            passedMs += ms;
            return Promise.resolve();
          },
        },
        parameters,
        outputs,
      ),
  };
  const parts = await bench.otherParts({ handlers: new Map([...bench.parts.handlers, [id, hurried]]) });
  return { parts, passedMs: () => passedMs };
}

describe("a cloud that says yes and never gets it done", () => {
  it(
    "is given up at its deadline, says so, and is not asked a second time",
    { timeout: 240_000 },
    async () => {
      const tenantId = await bench.addTenant("endless", "10.20.1.0/24");
      for (const stage of STAGES)
        expect(await bench.runStage(tenantId, stage)).toMatchObject({ state: "succeeded" });
      bench.cloud.world.settings.clusterCreateMs = NEVER_MS;
      const jobId = await bench.queue(await bench.preview(tenantId, "6-7"));
      seen = [];
      const { parts, passedMs } = await hurriedParts();
      await runJob(parts, await bench.claim(parts), new AbortController());

      expect(passedMs()).toBeGreaterThanOrEqual(CLUSTER_VERDICT_DEADLINE_MS);
      const done = await bench.getJob(jobId);
      expect(done.state).toBe("failed");
      expect(done.outcomeSays).toMatch(/CREATE_IN_PROGRESS/);
      const asked = seen.filter(({ service, method }) => service === "container-infra" && method !== "GET");
      expect(asked).toEqual([expect.objectContaining({ method: "POST", path: "/v1/clusters", status: 202 })]);

      // Whoever asks again watches the same cluster; another one is not made.
      const again = await bench.preview(tenantId, "6-7");
      const cluster = again.content?.steps.find(({ id }) => id === "cluster");
      expect(cluster).toMatchObject({ disposition: "already_so", calls: [] });
    },
  );
});
