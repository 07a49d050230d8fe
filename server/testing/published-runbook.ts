import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import type { Db } from "#db/client.ts";
import { runbookVersion } from "#db/schema/runbook.ts";
import { CATALOGUE } from "#server/domain/operation/catalogue.ts";
import { parseRunbook } from "#server/domain/runbook/parse.ts";
import type { VersionAuthors } from "#server/domain/runbook/authors.ts";
import type { Runbook } from "#server/domain/runbook/runbook.ts";

export interface PublishedRunbook {
  versionId: string;
  runbook: Runbook;
}

/** Publishes the shipped onboarding runbook, or a changed text of it, as the runner does when it starts. */
export async function publishOnboarding(
  db: Db,
  given: { at: Date; change?: (source: string) => string; authors?: VersionAuthors },
): Promise<PublishedRunbook> {
  const shipped = readFileSync(resolve("runbooks/tenant-onboarding.md"), "utf8");
  return publishText(db, { ...given, source: given.change?.(shipped) ?? shipped });
}

/** Publishes a runbook that a test has written. */
export async function publishText(
  db: Db,
  given: { at: Date; source: string; authors?: VersionAuthors },
): Promise<PublishedRunbook> {
  const { source } = given;
  const { runbook, diagnostics } = parseRunbook(source, CATALOGUE);
  if (runbook === null) throw new Error(`The runbook does not parse: ${JSON.stringify(diagnostics)}`);
  const versionId = randomUUID();
  const { slug, contentHash, title } = runbook;
  await db.insert(runbookVersion).values({
    id: versionId,
    slug,
    contentHash,
    title,
    source,
    authors: given.authors ?? null,
    publishedAt: given.at,
  });
  return { versionId, runbook };
}
