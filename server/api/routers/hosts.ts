import { listHostPage } from "#server/services/host/list.ts";
import { requestHostKey } from "#server/services/host/request-key.ts";
import { proposeHost } from "#server/services/host/set.ts";
import { procedure, router } from "../trpc.ts";

export const hostsRouter = router({
  list: procedure(listHostPage)
    .input(listHostPage.input)
    .query(({ ctx, input }) => listHostPage(ctx, input)),
  requestKey: procedure(requestHostKey, { isSingle: true })
    .input(requestHostKey.input)
    .mutation(({ ctx, input }) => requestHostKey(ctx, input)),
  propose: procedure(proposeHost, { isSingle: true })
    .input(proposeHost.input)
    .mutation(({ ctx, input }) => proposeHost(ctx, input)),
});
