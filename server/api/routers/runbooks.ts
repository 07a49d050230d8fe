import { checkText, listOperations } from "#server/services/runbook/check-text.ts";
import { importDocument, readDocument } from "#server/services/runbook/document.ts";
import { previewDraft, readDraftPreview } from "#server/services/runbook/draft-preview.ts";
import { readDraft } from "#server/services/runbook/draft-read.ts";
import { createDraft, discardDraft, saveDraft } from "#server/services/runbook/draft.ts";
import { proposePublish, publishReading } from "#server/services/runbook/publish.ts";
import { readRecall, recallTenants } from "#server/services/recall/recall.ts";
import { listRuns } from "#server/services/runbook/runs.ts";
import { readThrough } from "#server/services/runbook/read-through.ts";
import { listRunbooks, readRunbookPage } from "#server/services/runbook/read.ts";
import { compareVersions, listVersions } from "#server/services/runbook/versions.ts";
import { procedure, router } from "../trpc.ts";

export const runbooksRouter = router({
  list: procedure(listRunbooks)
    .input(listRunbooks.input)
    .query(({ ctx, input }) => listRunbooks(ctx, input)),
  get: procedure(readRunbookPage)
    .input(readRunbookPage.input)
    .query(({ ctx, input }) => readRunbookPage(ctx, input)),
  versions: procedure(listVersions)
    .input(listVersions.input)
    .query(({ ctx, input }) => listVersions(ctx, input)),
  compare: procedure(compareVersions)
    .input(compareVersions.input)
    .query(({ ctx, input }) => compareVersions(ctx, input)),
  operations: procedure(listOperations)
    .input(listOperations.input)
    .query(({ ctx, input }) => listOperations(ctx, input)),
  check: procedure(checkText)
    .input(checkText.input)
    .query(({ ctx, input }) => checkText(ctx, input)),
  draft: procedure(readDraft)
    .input(readDraft.input)
    .query(({ ctx, input }) => readDraft(ctx, input)),
  document: procedure(readDocument)
    .input(readDocument.input)
    .query(({ ctx, input }) => readDocument(ctx, input)),
  createDraft: procedure(createDraft, { isSingle: true })
    .input(createDraft.input)
    .mutation(({ ctx, input }) => createDraft(ctx, input)),
  saveDraft: procedure(saveDraft, { isSingle: true })
    .input(saveDraft.input)
    .mutation(({ ctx, input }) => saveDraft(ctx, input)),
  previewDraft: procedure(previewDraft, { isSingle: true })
    .input(previewDraft.input)
    .mutation(({ ctx, input }) => previewDraft(ctx, input)),
  draftPreview: procedure(readDraftPreview)
    .input(readDraftPreview.input)
    .query(({ ctx, input }) => readDraftPreview(ctx, input)),
  discardDraft: procedure(discardDraft, { isSingle: true })
    .input(discardDraft.input)
    .mutation(({ ctx, input }) => discardDraft(ctx, input)),
  proposePublish: procedure(proposePublish, { isSingle: true })
    .input(proposePublish.input)
    .mutation(({ ctx, input }) => proposePublish(ctx, input)),
  publishReading: procedure(publishReading, { isSingle: true })
    .input(publishReading.input)
    .mutation(({ ctx, input }) => publishReading(ctx, input)),
  runs: procedure(listRuns)
    .input(listRuns.input)
    .query(({ ctx, input }) => listRuns(ctx, input)),
  recall: procedure(readRecall)
    .input(readRecall.input)
    .query(({ ctx, input }) => readRecall(ctx, input)),
  recallTenants: procedure(recallTenants, { isSingle: true })
    .input(recallTenants.input)
    .mutation(({ ctx, input }) => recallTenants(ctx, input)),
  readThrough: procedure(readThrough)
    .input(readThrough.input)
    .mutation(({ ctx, input }) => readThrough(ctx, input)),
  importDocument: procedure(importDocument, { isSingle: true })
    .input(importDocument.input)
    .mutation(({ ctx, input }) => importDocument(ctx, input)),
});
