import { and, asc, desc, eq } from "drizzle-orm";
import type { Db, Tx } from "#db/client.ts";
import { runbookDraft, runbookDraftRevision, runbookVersion } from "#db/schema/runbook.ts";
import { DomainError } from "#server/domain/error/domain-error.ts";
import type { RunbookVersionRow } from "./published.ts";

export type DraftRow = typeof runbookDraft.$inferSelect;

/** The draft, locked until the transaction ends: whoever saves or publishes queues here. */
export async function lockDraft(tx: Tx, draftId: string): Promise<DraftRow> {
  const [row] = await tx.select().from(runbookDraft).where(eq(runbookDraft.id, draftId)).for("update");
  return requireDraft(row);
}

export async function getDraft(tx: Db | Tx, draftId: string): Promise<DraftRow> {
  const [row] = await tx.select().from(runbookDraft).where(eq(runbookDraft.id, draftId));
  return requireDraft(row);
}

function requireDraft(row: DraftRow | undefined): DraftRow {
  if (!row) throw new DomainError("not_found", "There is no such draft.", { reason: "not_found" });
  return row;
}

export async function getDraftSource(
  tx: Db | Tx,
  { id, revision }: Pick<DraftRow, "id" | "revision">,
): Promise<string> {
  const [row] = await tx
    .select({ source: runbookDraftRevision.source })
    .from(runbookDraftRevision)
    .where(and(eq(runbookDraftRevision.draftId, id), eq(runbookDraftRevision.revision, revision)));
  if (!row) throw new DomainError("internal", "The draft has lost its text.", { reason: "source_missing" });
  return row.source;
}

/** Everything that was saved of a draft, the first text first. */
export function listRevisions(tx: Db | Tx, draftId: string) {
  return tx
    .select()
    .from(runbookDraftRevision)
    .where(eq(runbookDraftRevision.draftId, draftId))
    .orderBy(asc(runbookDraftRevision.revision))
    .limit(REVISIONS_LIMIT);
}

/** Nobody saves one draft more often; saving is refused beyond it. */
export const REVISIONS_LIMIT = 2_000;

/** The newest published version; null for a runbook that is new. */
export async function findNewestVersion(tx: Db | Tx, slug: string): Promise<RunbookVersionRow | null> {
  const [row] = await tx
    .select()
    .from(runbookVersion)
    .where(eq(runbookVersion.slug, slug))
    .orderBy(desc(runbookVersion.publishedAt))
    .limit(1);
  return row ?? null;
}

export function refuseClosed({ state }: Pick<DraftRow, "state">): void {
  if (state === "open") return;
  throw new DomainError(
    "conflict",
    `This draft is ${state} and is not changed any more. Begin another one.`,
    {
      reason: "draft_closed",
    },
  );
}
