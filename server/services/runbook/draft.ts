import { randomUUID } from "node:crypto";
import { and, eq } from "drizzle-orm";
import type { Tx } from "#db/client.ts";
import { runbookDraft, runbookDraftRevision } from "#db/schema/runbook.ts";
import { DomainError } from "#server/domain/error/domain-error.ts";
import { contentHash } from "#server/domain/runbook/hash.ts";
import {
  createDraftSchema,
  draftIdSchema,
  RESERVED_SLUGS,
  saveDraftSchema,
} from "#server/domain/runbook/schema.ts";
import { firstText } from "#server/domain/runbook/first-text.ts";
import { verb } from "../verb.ts";
import { findNewestVersion, getDraftSource, lockDraft, refuseClosed, REVISIONS_LIMIT } from "./draft-rows.ts";

/** Begins a draft from the newest published version, or from an empty form for a runbook that is new. */
export const createDraft = verb({
  action: "runbook.edit",
  input: createDraftSchema,
  load: (tx, { slug }) => findNewestVersion(tx, slug),
  object: () => ({ kind: "runbook_draft", id: "new" }),
  run: async (tx, { person, input: { slug }, row: base, at }) => {
    if (RESERVED_SLUGS.includes(slug)) {
      throw new DomainError("invalid", `A runbook cannot be called ${slug}: that address is taken.`, {
        reason: "slug_reserved",
        field: "slug",
      });
    }
    const id = randomUUID();
    const state = "open" as const;
    const by = { createdBy: person.personId, createdAt: at, changedAt: at };
    await tx
      .insert(runbookDraft)
      .values({ id, slug, baseVersionId: base?.id ?? null, revision: 1, state, ...by });
    const source = base?.source ?? firstText(slug);
    await addRevision(tx, { draftId: id, revision: 1, source, personId: person.personId, at });
    return {
      output: { draftId: id },
      object: { kind: "runbook_draft", id },
      audit: { slug, base: base?.contentHash ?? null },
    };
  },
});

/** Keeps a text as the next revision. Refused where somebody else has saved since the text was opened. */
export const saveDraft = verb({
  action: "runbook.edit",
  input: saveDraftSchema,
  load: (tx, { draftId }) => lockDraft(tx, draftId),
  object: ({ id }) => ({ kind: "runbook_draft", id }),
  run: async (tx, { person, input, row, at }) => {
    refuseClosed(row);
    if (row.revision !== input.revision) {
      const says = `Somebody saved this draft meanwhile: it is at revision ${row.revision}, you edited ${input.revision}. Your text was not saved; compare, then save again.`;
      throw new DomainError("conflict", says, { reason: "draft_changed", facts: { revision: row.revision } });
    }
    if (row.revision >= REVISIONS_LIMIT) {
      throw new DomainError(
        "limit",
        "This draft has been saved too often. Publish it or begin another one.",
        {
          reason: "too_many_revisions",
        },
      );
    }
    const newest = await findNewestVersion(tx, row.slug);
    const baseVersionId = input.isRebased ? (newest?.id ?? null) : row.baseVersionId;
    const isSame = (await getDraftSource(tx, row)) === input.source && baseVersionId === row.baseVersionId;
    if (isSame) {
      throw new DomainError("conflict", "Nothing has changed since this was saved.", { reason: "unchanged" });
    }
    const revision = row.revision + 1;
    await addRevision(tx, { draftId: row.id, revision, source: input.source, personId: person.personId, at });
    await moveDraft(tx, row, { revision, baseVersionId, changedAt: at });
    const hash = contentHash(input.source);
    return {
      output: { revision },
      audit: { slug: row.slug, revision, contentHash: hash, isRebased: input.isRebased },
    };
  },
});

/** Ends a draft that is not wanted. Its revisions stay. */
export const discardDraft = verb({
  action: "runbook.edit",
  input: draftIdSchema,
  load: (tx, { draftId }) => lockDraft(tx, draftId),
  object: ({ id }) => ({ kind: "runbook_draft", id }),
  run: async (tx, { row, at }) => {
    refuseClosed(row);
    await moveDraft(tx, row, { state: "discarded", changedAt: at });
    return { output: { state: "discarded" as const }, audit: { slug: row.slug, revision: row.revision } };
  },
});

async function addRevision(tx: Tx, revision: typeof runbookDraftRevision.$inferInsert): Promise<void> {
  await tx.insert(runbookDraftRevision).values(revision);
}

/** The one setter of a draft; the revision and the state that it comes from stand in the WHERE. */
export async function moveDraft(
  tx: Tx,
  { id, revision }: { id: string; revision: number },
  change: Partial<
    Pick<typeof runbookDraft.$inferInsert, "revision" | "state" | "baseVersionId" | "changedAt" | "versionId">
  >,
): Promise<void> {
  const moved = await tx
    .update(runbookDraft)
    .set(change)
    .where(and(eq(runbookDraft.id, id), eq(runbookDraft.revision, revision), eq(runbookDraft.state, "open")))
    .returning({ id: runbookDraft.id });
  if (moved.length > 0) return;
  throw new DomainError("conflict", "This draft has changed meanwhile. Nothing was changed; look again.", {
    reason: "draft_changed",
  });
}
