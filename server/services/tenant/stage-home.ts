import { desc, eq } from "drizzle-orm";
import type { Db, Tx } from "#db/client.ts";
import { runbookVersion } from "#db/schema/runbook.ts";
import type { Runbook, RunbookStage } from "#server/domain/runbook/runbook.ts";
import { OFFBOARDING_SLUG, readRunbook, type RunbookVersionRow } from "../runbook/published.ts";

/** A runbook of a tenant, as published. */
export interface TenantRunbook {
  version: RunbookVersionRow;
  runbook: Runbook;
}

/**
 * The runbooks that a tenant's stages come from: the version it was onboarded with, then the newest one that removes
 * tenants, once it is published. Their stage keys never meet, so a key alone names a stage.
 */
export async function listTenantRunbooks(
  tx: Tx | Db,
  onboarding: RunbookVersionRow,
): Promise<{ onboarding: TenantRunbook; offboarding: TenantRunbook | null }> {
  const [version] = await tx
    .select()
    .from(runbookVersion)
    .where(eq(runbookVersion.slug, OFFBOARDING_SLUG))
    .orderBy(desc(runbookVersion.publishedAt))
    .limit(1);
  return {
    onboarding: { version: onboarding, runbook: readRunbook(onboarding) },
    offboarding: version ? { version, runbook: readRunbook(version) } : null,
  };
}

/** The runbook of the tenant that has this stage, and the stage; null when none has. */
export async function findStageHome(
  tx: Tx | Db,
  of: { onboarding: RunbookVersionRow; stageKey: string },
): Promise<(TenantRunbook & { stage: RunbookStage }) | null> {
  const { onboarding, offboarding } = await listTenantRunbooks(tx, of.onboarding);
  for (const home of [onboarding, offboarding]) {
    const stage = home?.runbook.stages.find(({ key }) => key === of.stageKey);
    if (home && stage) return { ...home, stage };
  }
  return null;
}
