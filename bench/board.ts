import { connect } from "#db/client.ts";
import { ownerUrl } from "#e2e/console.ts";
import { DEFAULT_TENANT_INPUTS } from "#server/domain/tenant/schema.ts";
import type { Bench } from "./bench.ts";
import { type Figure, percentile } from "./figure.ts";

const TENANTS = 1000;
const ROUNDS = 20;

/** The board's page with a thousand tenants, rendered by the server. */
export async function measureBoard({ origin, dataDir, operator }: Bench): Promise<Figure> {
  const board = await operator.api.tenants.board.query({ cloudId: null });
  const { tenantId } = await operator.api.tenants.create.mutate({
    slug: "bench-0",
    cloudId: board.cloud?.id ?? "",
    inputs: { ...DEFAULT_TENANT_INPUTS, cidr: "10.20.255.240/28" },
  });
  // A person is paced; a thousand tenants come from the first one, past the console.
  const owner = connect(ownerUrl(dataDir), { max: 1 });
  await owner.sql`
    insert into tenant (id, slug, cloud_id, runbook_version_id, inputs, created_by, created_at)
    select gen_random_uuid(), 'bench-' || n, cloud_id, runbook_version_id, inputs, created_by, created_at
    from tenant, generate_series(1, ${TENANTS - 1}) n where id = ${tenantId}`;
  await owner.close();
  const samples: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const begun = performance.now();
    const page = await fetch(`${origin}/tenants`, { headers: { cookie: operator.cookie } });
    const html = await page.text();
    samples.push(performance.now() - begun);
    if (!html.includes("bench-999")) throw new Error("The board's page does not hold the last tenant.");
  }
  return {
    name: `board of ${TENANTS} tenants, p95`,
    measured: percentile(samples, 0.95),
    bound: 300,
    unit: "ms",
    note: `p50 ${percentile(samples, 0.5).toFixed(0)} ms`,
  };
}
