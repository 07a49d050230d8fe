import { proposeStanding } from "#server/services/standing/grant.ts";
import { readStandingPatterns, readStandings } from "#server/services/standing/read.ts";
import { takeStanding } from "#server/services/standing/use.ts";
import { proposeStandingWithdrawal } from "#server/services/standing/withdraw.ts";
import { procedure, router } from "../trpc.ts";

export const standingRouter = router({
  list: procedure(readStandings)
    .input(readStandings.input)
    .query(({ ctx, input }) => readStandings(ctx, input)),
  patterns: procedure(readStandingPatterns)
    .input(readStandingPatterns.input)
    .query(({ ctx, input }) => readStandingPatterns(ctx, input)),
  propose: procedure(proposeStanding, { isSingle: true })
    .input(proposeStanding.input)
    .mutation(({ ctx, input }) => proposeStanding(ctx, input)),
  proposeWithdrawal: procedure(proposeStandingWithdrawal, { isSingle: true })
    .input(proposeStandingWithdrawal.input)
    .mutation(({ ctx, input }) => proposeStandingWithdrawal(ctx, input)),
  use: procedure(takeStanding, { isSingle: true })
    .input(takeStanding.input)
    .mutation(({ ctx, input }) => takeStanding(ctx, input)),
});
