import { moveNumber } from "#server/services/number/move.ts";
import { readNumbers, readSeriesPage } from "#server/services/number/read.ts";
import { takeNumber } from "#server/services/number/take.ts";
import { procedure, router } from "../trpc.ts";

export const numbersRouter = router({
  list: procedure(readNumbers)
    .input(readNumbers.input)
    .query(({ ctx, input }) => readNumbers(ctx, input)),
  series: procedure(readSeriesPage)
    .input(readSeriesPage.input)
    .query(({ ctx, input }) => readSeriesPage(ctx, input)),
  take: procedure(takeNumber)
    .input(takeNumber.input)
    .mutation(({ ctx, input }) => takeNumber(ctx, input)),
  move: procedure(moveNumber)
    .input(moveNumber.input)
    .mutation(({ ctx, input }) => moveNumber(ctx, input)),
});
