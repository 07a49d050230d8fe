import { desc, eq } from "drizzle-orm";
import type { Db, Tx } from "#db/client.ts";
import { runbookVersion } from "#db/schema/runbook.ts";
import { assert, DomainError } from "#server/domain/error/domain-error.ts";
import { CATALOGUE } from "#server/domain/operation/catalogue.ts";
import { parseRunbook } from "#server/domain/runbook/parse.ts";
import type { Runbook } from "#server/domain/runbook/runbook.ts";

export type RunbookVersionRow = typeof runbookVersion.$inferSelect;

/** The runbook that onboards tenants. */
export const ONBOARDING_SLUG = "tenant-onboarding";

/** The runbook that removes them. */
export const OFFBOARDING_SLUG = "tenant-offboarding";

/** The runbook that brings the guests of a host to where they are wanted. */
export const GUESTS_SLUG = "guests-of-a-host";

/** Runbooks that a host has beside the one of its guests: of what destroys, and of what is made to be thrown away. */
export const HOST_BESIDE_SLUGS = ["guest-intents", "guest-scratch"] as const;

/** Runbooks that every tenant has beside those: they look, rehearse and prove, and stand in nobody's way. */
export const BESIDE_SLUGS = [
  "cloud-preflight",
  "role-catalogue",
  "identity-policy-acceptance",
  "identity-policy-delivery",
  "identity-policy-removal",
  "identity-policy-delivery-juju",
  "identity-policy-removal-juju",
  "second-person-unseal",
  "certificate-names",
] as const;

/** The newest published version; `not_found` for an unknown runbook, `unavailable` while the runner has published none. */
export async function getNewestVersion(tx: Tx | Db, slug: string): Promise<RunbookVersionRow> {
  const [row] = await tx
    .select()
    .from(runbookVersion)
    .where(eq(runbookVersion.slug, slug))
    .orderBy(desc(runbookVersion.publishedAt))
    .limit(1);
  if (!row) {
    if ((await tx.$count(runbookVersion)) > 0) {
      throw new DomainError("not_found", `There is no runbook that is called ${slug}.`, {
        reason: "not_found",
      });
    }
    throw new DomainError(
      "unavailable",
      "No runbook is published yet. The runner publishes it when it starts.",
      {
        reason: "runbook_missing",
      },
    );
  }
  return row;
}

// Versions are immutable, so a parse is good for the life of the process; the bound keeps a long one small.
const parsed = new Map<string, Runbook>();
const PARSED_MAX = 64;

/** The parsed document of a published version. Published versions parse: the runner checked before it published. */
export function readRunbook(version: RunbookVersionRow): Runbook {
  const known = parsed.get(version.id);
  if (known) return known;
  const { runbook } = parseRunbook(version.source, CATALOGUE);
  assert(runbook, `published runbook ${version.slug} ${version.contentHash} parses`);
  if (parsed.size >= PARSED_MAX) parsed.clear();
  parsed.set(version.id, runbook);
  return runbook;
}
