import { randomUUID } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { runbookVersion } from "#db/schema/runbook.ts";
import { parseRunbook } from "#server/domain/runbook/parse.ts";
import { log } from "#server/log.ts";
import { appendAudit } from "#server/services/audit/append.ts";
import { RUNNER_ACTOR } from "./opened-secret.ts";
import type { RunnerParts } from "./parts.ts";

/**
 * Publishes every shipped runbook that parses without an error and is not published yet. Versions are immutable, and a
 * tenant keeps the one it has.
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
