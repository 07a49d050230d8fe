import { randomUUID } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { desc, eq } from "drizzle-orm";
import type { Tx } from "#db/client.ts";
import { runbookVersion, shippedRunbook } from "#db/schema/runbook.ts";
import { parseRunbook } from "#server/domain/runbook/parse.ts";
import { log } from "#server/log.ts";
import { appendAudit } from "#server/services/audit/append.ts";
import { RUNNER_ACTOR } from "./opened-secret.ts";
import type { RunnerParts } from "./parts.ts";

/**
 * Publishes every shipped runbook that parses without an error and is not published yet. Versions are immutable, and a
 * tenant keeps the one it has. Where people published the newest version, theirs stays: the shipped text is kept beside it
 * and shown on the runbook's page.
 */
export async function publishRunbooks(parts: RunnerParts, folder: string): Promise<void> {
  const names = (await readdir(folder)).filter((name) => name.endsWith(".md")).sort();
  for (const name of names) {
    const source = await readFile(join(folder, name), "utf8");
    const { runbook, diagnostics } = parseRunbook(source, parts.catalogue);
    const errors = diagnostics.filter(({ severity }) => severity === "error");
    if (runbook === null || errors.length > 0) {
      log.error({ runbook: name, errors }, "a shipped runbook has errors and was not published");
      continue;
    }
    const at = parts.now();
    await parts.db.transaction(async (tx) => {
      const { slug, contentHash, title } = runbook;
      const isNew = await keepShipped(tx, { slug, contentHash, source, shippedAt: at });
      if (await isOfPeople(tx, slug)) {
        if (isNew) await noteKeptBack(tx, { slug, contentHash, at });
        return;
      }
      const id = randomUUID();
      const made = await tx
        .insert(runbookVersion)
        .values({ id, slug, contentHash, title, source, publishedAt: at })
        .onConflictDoNothing()
        .returning({ id: runbookVersion.id });
      if (made.length === 0) return;
      await appendAudit(tx, {
        actor: RUNNER_ACTOR,
        at,
        action: "runbook.published",
        outcome: "done",
        objectKind: "runbook_version",
        objectId: id,
        details: { slug, contentHash },
      });
    });
  }
}

/** Whether the newest version of a runbook was published by people. */
async function isOfPeople(tx: Tx, slug: string): Promise<boolean> {
  const [newest] = await tx
    .select({ publishedBy: runbookVersion.publishedBy })
    .from(runbookVersion)
    .where(eq(runbookVersion.slug, slug))
    .orderBy(desc(runbookVersion.publishedAt))
    .limit(1);
  return newest !== undefined && newest.publishedBy !== null;
}

/** Whether this text is shipped for the first time. */
async function keepShipped(tx: Tx, shipped: typeof shippedRunbook.$inferInsert): Promise<boolean> {
  const made = await tx.insert(shippedRunbook).values(shipped).onConflictDoNothing().returning();
  return made.length > 0;
}

async function noteKeptBack(
  tx: Tx,
  { slug, contentHash, at }: { slug: string; contentHash: string; at: Date },
): Promise<void> {
  log.warn(
    { slug, contentHash },
    "a shipped runbook was not published over the version that people published",
  );
  await appendAudit(tx, {
    actor: RUNNER_ACTOR,
    at,
    action: "runbook.kept_back",
    outcome: "done",
    objectKind: "runbook",
    objectId: slug,
    details: { slug, contentHash },
  });
}
