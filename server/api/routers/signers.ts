import { listSignerPage } from "#server/services/signer/list.ts";
import { proposeEnrol, proposeRevoke, proposeRotate } from "#server/services/signer/propose.ts";
import { prepareRepin, repin } from "#server/services/signer/repin.ts";
import { procedure, router } from "../trpc.ts";

export const signersRouter = router({
  list: procedure(listSignerPage)
    .input(listSignerPage.input)
    .query(({ ctx, input }) => listSignerPage(ctx, input)),
  proposeEnrol: procedure(proposeEnrol, { isSingle: true })
    .input(proposeEnrol.input)
    .mutation(({ ctx, input }) => proposeEnrol(ctx, input)),
  proposeRevoke: procedure(proposeRevoke, { isSingle: true })
    .input(proposeRevoke.input)
    .mutation(({ ctx, input }) => proposeRevoke(ctx, input)),
  proposeRotate: procedure(proposeRotate, { isSingle: true })
    .input(proposeRotate.input)
    .mutation(({ ctx, input }) => proposeRotate(ctx, input)),
  prepareRepin: procedure(prepareRepin, { isSingle: true })
    .input(prepareRepin.input)
    .mutation(({ ctx, input }) => prepareRepin(ctx, input)),
  repin: procedure(repin, { isSingle: true })
    .input(repin.input)
    .mutation(({ ctx, input }) => repin(ctx, input)),
});
