import { proposeLift } from "#server/services/freeze/propose-lift.ts";
import { setFreeze } from "#server/services/freeze/set.ts";
import { procedure, router } from "../trpc.ts";

export const freezeRouter = router({
  set: procedure(setFreeze, { isSingle: true })
    .input(setFreeze.input)
    .mutation(({ ctx, input }) => setFreeze(ctx, input)),
  proposeLift: procedure(proposeLift, { isSingle: true })
    .input(proposeLift.input)
    .mutation(({ ctx, input }) => proposeLift(ctx, input)),
});
