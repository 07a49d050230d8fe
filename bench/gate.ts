import { connect, type Connection } from "#db/client.ts";
import { ownerUrl } from "#e2e/console.ts";
import { runStages, startTenant } from "#server/demo/onboard.ts";
import { DEFAULT_TENANT_INPUTS } from "#server/domain/tenant/schema.ts";
import type { Bench } from "./bench.ts";
import { type Figure, percentile } from "./figure.ts";

const TENANTS = 12;

/** From the click that approves a change to its start. */
export async function measureGate(bench: Bench): Promise<Figure> {
  const starts: number[] = [];
  const owner = connect(ownerUrl(bench.dataDir), { max: 2 });
  try {
    for (let n = 0; n < TENANTS; n += 1) starts.push(await measureTenant(bench, owner, n));
    return {
      name: "approved to started, p95",
      measured: percentile(starts, 0.95),
      bound: 150,
      unit: "ms",
      note: `p50 ${percentile(starts, 0.5).toFixed(0)} ms`,
    };
  } finally {
    await owner.close();
  }
}

/** The first stage only looks; the second one changes something and is approved. */
async function measureTenant(bench: Bench, owner: Connection, n: number): Promise<number> {
  const cast = { ...bench, say: () => undefined };
  const inputs = { ...DEFAULT_TENANT_INPUTS, cidr: `10.20.${30 + n}.0/24` };
  const started = await startTenant(cast, { slug: `bench-gate-${n}`, cloud: "embedded", inputs });
  const verdicts = await runStages(cast, { ...started, stages: started.stages.slice(0, 2) });
  const failed = verdicts.find(({ state }) => state !== "succeeded");
  if (failed) throw new Error(`Stage ${failed.stage} of the measurement is ${failed.state}: ${failed.says}`);
  const [change] = await owner.sql<{ start: string }[]>`
    select extract(epoch from j.started_at - a.at) * 1000 as start
    from job j join approval a on a.job_id = j.id
    where j.tenant_id = ${started.tenantId} and j.effect <> 'read'`;
  if (!change) throw new Error("The measured tenant has a stage that changes something.");
  return Number(change.start);
}
