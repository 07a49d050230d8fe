import { DEFAULT_TENANT_INPUTS } from "#server/domain/tenant/schema.ts";
import type { Bench } from "./bench.ts";
import { type Figure, percentile } from "./figure.ts";

const TENANTS = 1000;
const ROUNDS = 20;

/** The board's page with a thousand tenants, rendered by the server. */
export async function measureBoard({ origin, operator }: Bench): Promise<Figure> {
  const board = await operator.api.tenants.board.query({ cloudId: null });
  const cloudId = board.cloud?.id ?? "";
  for (let n = board.tenants.length; n < TENANTS; n += 1) {
    // /28 networks of the default pool 10.20.0.0/16, from its end.
    const network = 4095 - n;
    const cidr = `10.20.${Math.floor(network / 16)}.${(network % 16) * 16}/28`;
    await operator.api.tenants.create.mutate({
      slug: `bench-${n}`,
      cloudId,
      inputs: { ...DEFAULT_TENANT_INPUTS, cidr },
    });
  }
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
