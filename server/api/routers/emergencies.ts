import { breakTheGlass } from "#server/services/break-glass/break.ts";
import { reviewBreakGlass } from "#server/services/break-glass/review.ts";
import { procedure, router } from "../trpc.ts";

export const emergenciesRouter = router({
  breakGlass: procedure(breakTheGlass, { isSingle: true })
    .input(breakTheGlass.input)
    .mutation(({ ctx, input }) => breakTheGlass(ctx, input)),
  review: procedure(reviewBreakGlass, { isSingle: true })
    .input(reviewBreakGlass.input)
    .mutation(({ ctx, input }) => reviewBreakGlass(ctx, input)),
});
