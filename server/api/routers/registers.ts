import { listDocuments, readDocumentPage } from "#server/services/register/documents.ts";
import { editProse, readProsePart } from "#server/services/register/prose.ts";
import { lintRegisters } from "#server/services/register/lint.ts";
import { listSessions } from "#server/services/session-index/list.ts";
import { logSession } from "#server/services/session-index/log.ts";
import { procedure, router } from "../trpc.ts";

export const registersRouter = router({
  documents: procedure(listDocuments)
    .input(listDocuments.input)
    .query(({ ctx, input }) => listDocuments(ctx, input)),
  document: procedure(readDocumentPage)
    .input(readDocumentPage.input)
    .query(({ ctx, input }) => readDocumentPage(ctx, input)),
  prose: procedure(readProsePart)
    .input(readProsePart.input)
    .query(({ ctx, input }) => readProsePart(ctx, input)),
  editProse: procedure(editProse)
    .input(editProse.input)
    .mutation(({ ctx, input }) => editProse(ctx, input)),
  lint: procedure(lintRegisters)
    .input(lintRegisters.input)
    .query(({ ctx, input }) => lintRegisters(ctx, input)),
  sessions: procedure(listSessions)
    .input(listSessions.input)
    .query(({ ctx, input }) => listSessions(ctx, input)),
  logSession: procedure(logSession)
    .input(logSession.input)
    .mutation(({ ctx, input }) => logSession(ctx, input)),
});
