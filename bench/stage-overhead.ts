import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Agent, fetch as fetchWith } from "undici";
import { parse } from "yaml";
import { runStages, startTenant } from "#server/demo/onboard.ts";
import { DEFAULT_TENANT_INPUTS } from "#server/domain/tenant/schema.ts";
import type { Bench } from "./bench.ts";
import type { Figure } from "./figure.ts";

/** About what one call of a small real OpenStack takes (recorded: 44 to 159 ms for Keystone). */
const CALL_MS = 80;

/**
 * How much longer a stage takes than the API calls it makes: planning again, journal, evidence and audit against the
 * sum of the calls' own times, as its output states them. The embedded cloud answers with a real cloud's delay.
 */
export async function measureStageOverhead(bench: Bench): Promise<Figure> {
  const cast = { ...bench, say: () => undefined };
  const inputs = { ...DEFAULT_TENANT_INPUTS, cidr: "10.20.2.0/24" };
  const started = await startTenant(cast, { slug: "bench-overhead", cloud: "embedded", inputs });
  await runStages(cast, { ...started, stages: started.stages.slice(0, 1) });
  await setDelay(bench.dataDir, CALL_MS);
  await runStages(cast, { ...started, stages: started.stages.slice(1, 3) });
  await setDelay(bench.dataDir, null);
  const { jobs } = await bench.operator.api.jobs.list.query({
    filter: "all",
    tenantId: started.tenantId,
    before: null,
  });
  let wall = 0;
  let calls = 0;
  let count = 0;
  for (const job of jobs.filter(({ stageKey, state }) => stageKey !== "0" && state === "succeeded")) {
    wall += (job.finishedAt?.getTime() ?? 0) - (job.startedAt?.getTime() ?? 0);
    const { lines } = await bench.operator.api.jobs.output.query({ jobId: job.id, after: 0 });
    for (const { text, stream } of lines) {
      const ms = stream === "call" ? /\((\d+) ms/.exec(text)?.[1] : undefined;
      if (ms !== undefined) {
        calls += Number(ms);
        count += 1;
      }
    }
  }
  return {
    name: "a stage beyond its bare calls",
    measured: (wall / calls - 1) * 100,
    bound: 25,
    unit: "%",
    note: `${count} calls ${calls} ms of ${wall} ms`,
  };
}

/** Asks the embedded cloud to answer every call that late, or to stop doing so. */
async function setDelay(dataDir: string, ms: number | null): Promise<void> {
  const folder = join(dataDir, "cloud");
  const { clouds } = parse(readFileSync(join(folder, "clouds.yaml"), "utf8"));
  const dispatcher = new Agent({ connect: { ca: readFileSync(join(folder, "ca.crt"), "utf8") } });
  const url = new URL("/_sandbox/faults", clouds.embedded.auth.auth_url);
  const headers = {
    "x-sandbox-key": readFileSync(join(folder, "control.key"), "utf8").trim(),
    "content-type": "application/json",
  };
  const answer = await fetchWith(url, {
    dispatcher,
    headers,
    ...(ms === null
      ? { method: "DELETE" }
      : {
          method: "POST",
          body: JSON.stringify({ match: {}, times: 10_000, effect: "delay_ms", delayMs: ms }),
        }),
  });
  if (!answer.ok) throw new Error(`The embedded cloud answered ${answer.status} to a fault.`);
  await dispatcher.close();
}
