import { asc, eq } from "drizzle-orm";
import type { Db, Tx } from "#db/client.ts";
import { cloud } from "#db/schema/cloud.ts";
import { tenant } from "#db/schema/tenant.ts";
import type { ChainedStage } from "#server/domain/marker/chain.ts";
import {
  computeMarkers,
  computePartMarkers,
  type Marker,
  NOTHING_PROVEN,
  type Scope,
  type Weighed,
} from "#server/domain/marker/compute.ts";
import { encodeProofs } from "#server/domain/marker/schema.ts";
import type { Runbook } from "#server/domain/runbook/runbook.ts";
import type { RunbookVersionRow } from "../runbook/published.ts";
import { chainedStages, loadEvidence } from "./evidence.ts";

/** Tenants of a cloud that a margin looks at. */
const TENANTS_MAX = 500;

/** What stands in the margin of a version: on each cloud what is proven of each stage, block and gate, and for whom. */
export async function readMargins(db: Db | Tx, version: RunbookVersionRow, runbook: Runbook) {
  const clouds = await db
    .select({ id: cloud.id, name: cloud.name })
    .from(cloud)
    .where(eq(cloud.kind, runbook.cloudKind))
    .orderBy(asc(cloud.name));
  const stages = chainedStages(runbook);
  return Promise.all(
    clouds.map(async (one) => {
      const [evidence, tenants] = await Promise.all([
        loadEvidence(db, { slug: runbook.slug, cloudId: one.id, tenants: "all" }),
        db
          .select({ id: tenant.id, slug: tenant.slug, versionId: tenant.runbookVersionId })
          .from(tenant)
          .where(eq(tenant.cloudId, one.id))
          .orderBy(asc(tenant.slug))
          .limit(TENANTS_MAX),
      ]);
      const scope = { cloud: one, runbookSlug: runbook.slug };
      const markers = computeMarkers(stages, evidence, scope);
      const columns = [...markers.values()];
      return {
        cloud: one.name,
        stages: stages.map((stage) =>
          stageOf({ ...stage, marker: markers.get(stage.key) ?? NOTHING_PROVEN }, { evidence, scope }),
        ),
        tenants: tenants.flatMap(({ versionId, ...row }) => {
          const own = [...computeMarkers(stages, evidence, { ...scope, tenant: row }).values()];
          const isAbout = versionId === version.id || own.some(isOwn);
          return isAbout ? [{ ...row, proofs: encodeProofs(own, columns) }] : [];
        }),
      };
    }),
  );
}

const isOwn = ({ grade }: Marker): boolean => grade === "reproduced_here";

function stageOf(
  stage: ChainedStage & { marker: Marker },
  { evidence, scope }: { evidence: Weighed; scope: Scope },
) {
  const { key, marker } = stage;
  const parts = [...computePartMarkers(stage, evidence, scope)];
  return { key, marker, parts: parts.map(([name, own]) => ({ name, marker: own })) };
}
