import { desc, inArray } from "drizzle-orm";
import type { Db, Tx } from "#db/client.ts";
import { runbookVersion } from "#db/schema/runbook.ts";
import type { Runbook, RunbookStage } from "#server/domain/runbook/runbook.ts";
import {
  BESIDE_SLUGS,
  GUESTS_SLUG,
  HOST_BESIDE_SLUGS,
  OFFBOARDING_SLUG,
  readRunbook,
  type RunbookVersionRow,
} from "../runbook/published.ts";

/** A runbook of a tenant, as published. */
export interface TenantRunbook {
  version: RunbookVersionRow;
  runbook: Runbook;
}

/**
 * The runbooks that the stages of a tenant, or of a host with guests, come from: the version it was onboarded with, then the newest one that removes
 * tenants and those that stand beside, once they are published. Their stage keys never meet, so a key alone names a stage.
 */
export async function listTenantRunbooks(
  tx: Tx | Db,
  onboarding: RunbookVersionRow,
): Promise<{ onboarding: TenantRunbook; offboarding: TenantRunbook | null; beside: TenantRunbook[] }> {
  // A host is no client: nothing takes it off its hypervisor, and other runbooks stand beside its own.
  const isHost = onboarding.slug === GUESTS_SLUG;
  const besides: readonly string[] = isHost ? HOST_BESIDE_SLUGS : BESIDE_SLUGS;
  const newest = await tx
    .selectDistinctOn([runbookVersion.slug])
    .from(runbookVersion)
    .where(inArray(runbookVersion.slug, isHost ? [...besides] : [OFFBOARDING_SLUG, ...besides]))
    .orderBy(runbookVersion.slug, desc(runbookVersion.publishedAt));
  const read = (slug: string) =>
    newest.filter((row) => row.slug === slug).map((version) => ({ version, runbook: readRunbook(version) }));
  return {
    onboarding: { version: onboarding, runbook: readRunbook(onboarding) },
    offboarding: read(OFFBOARDING_SLUG)[0] ?? null,
    beside: besides.flatMap(read),
  };
}

/** The runbook of the tenant that has this stage, and the stage; null when none has. */
export async function findStageHome(
  tx: Tx | Db,
  of: { onboarding: RunbookVersionRow; stageKey: string },
): Promise<(TenantRunbook & { stage: RunbookStage }) | null> {
  const { onboarding, offboarding, beside } = await listTenantRunbooks(tx, of.onboarding);
  for (const home of [onboarding, offboarding, ...beside]) {
    const stage = home?.runbook.stages.find(({ key }) => key === of.stageKey);
    if (home && stage) return { ...home, stage };
  }
  return null;
}
