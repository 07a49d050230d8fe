import type { Db, Tx } from "#db/client.ts";
import { computeMarkers, type Marker } from "#server/domain/marker/compute.ts";
import type { Runbook } from "#server/domain/runbook/runbook.ts";
import type { getTenant } from "../tenant/rows.ts";
import { chainedStages, loadEvidence } from "./evidence.ts";

/** What is proven of every stage of a runbook for one tenant. */
export async function tenantMarkers(
  db: Db | Tx,
  { tenant, cloud }: Awaited<ReturnType<typeof getTenant>>,
  runbook: Runbook,
): Promise<ReadonlyMap<string, Marker>> {
  const { slug } = runbook;
  const evidence = await loadEvidence(db, { slug, cloudId: cloud.id, tenants: { tenantId: tenant.id } });
  return computeMarkers(chainedStages(runbook), evidence, {
    cloud: { id: cloud.id, name: cloud.name },
    runbookSlug: slug,
    tenant: { id: tenant.id, slug: tenant.slug },
  });
}
