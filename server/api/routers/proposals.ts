import { approveProposal, rejectProposal, withdrawProposal } from "#server/services/proposal/decide.ts";
import { listProposals, readProposal } from "#server/services/proposal/read.ts";
import { procedure, router } from "../trpc.ts";

export const proposalsRouter = router({
  list: procedure(listProposals)
    .input(listProposals.input)
    .query(({ ctx, input }) => listProposals(ctx, input)),
  get: procedure(readProposal)
    .input(readProposal.input)
    .query(({ ctx, input }) => readProposal(ctx, input)),
  approve: procedure(approveProposal, { isSingle: true })
    .input(approveProposal.input)
    .mutation(({ ctx, input }) => approveProposal(ctx, input)),
  reject: procedure(rejectProposal, { isSingle: true })
    .input(rejectProposal.input)
    .mutation(({ ctx, input }) => rejectProposal(ctx, input)),
  withdraw: procedure(withdrawProposal, { isSingle: true })
    .input(withdrawProposal.input)
    .mutation(({ ctx, input }) => withdrawProposal(ctx, input)),
});
