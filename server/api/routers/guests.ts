import { addHost } from "#server/services/guest/add-host.ts";
import { readFleet, readHost } from "#server/services/guest/read.ts";
import { armRecovery, endRecovery } from "#server/services/guest/recovery.ts";
import { saveDesired } from "#server/services/guest/save.ts";
import { procedure, router } from "../trpc.ts";

export const guestsRouter = router({
  fleet: procedure(readFleet)
    .input(readFleet.input)
    .query(({ ctx, input }) => readFleet(ctx, input)),
  host: procedure(readHost)
    .input(readHost.input)
    .query(({ ctx, input }) => readHost(ctx, input)),
  addHost: procedure(addHost)
    .input(addHost.input)
    .mutation(({ ctx, input }) => addHost(ctx, input)),
  armRecovery: procedure(armRecovery, { isSingle: true })
    .input(armRecovery.input)
    .mutation(({ ctx, input }) => armRecovery(ctx, input)),
  endRecovery: procedure(endRecovery)
    .input(endRecovery.input)
    .mutation(({ ctx, input }) => endRecovery(ctx, input)),
  save: procedure(saveDesired)
    .input(saveDesired.input)
    .mutation(({ ctx, input }) => saveDesired(ctx, input)),
});
