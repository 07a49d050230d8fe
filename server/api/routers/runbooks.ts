import { listRunbooks, readRunbookPage } from "#server/services/runbook/read.ts";
import { procedure, router } from "../trpc.ts";

export const runbooksRouter = router({
  list: procedure(listRunbooks)
    .input(listRunbooks.input)
    .query(({ ctx, input }) => listRunbooks(ctx, input)),
  get: procedure(readRunbookPage)
    .input(readRunbookPage.input)
    .query(({ ctx, input }) => readRunbookPage(ctx, input)),
});
