import { setGate } from "#server/services/gate/set.ts";
import { withdrawGate } from "#server/services/gate/withdraw.ts";
import { procedure, router } from "../trpc.ts";

/** What is done to items of the registers: each act by its own verb. */
export const itemActsRouter = router({
  setGate: procedure(setGate, { isSingle: true })
    .input(setGate.input)
    .mutation(({ ctx, input }) => setGate(ctx, input)),
  withdrawGate: procedure(withdrawGate, { isSingle: true })
    .input(withdrawGate.input)
    .mutation(({ ctx, input }) => withdrawGate(ctx, input)),
});
