import { attestStep } from "#server/services/shell/attest.ts";
import { listShellSteps } from "#server/services/shell/stage.ts";
import { procedure, router } from "../trpc.ts";

export const shellRouter = router({
  steps: procedure(listShellSteps)
    .input(listShellSteps.input)
    .query(({ ctx, input }) => listShellSteps(ctx, input)),
  attest: procedure(attestStep, { isSingle: true })
    .input(attestStep.input)
    .mutation(({ ctx, input }) => attestStep(ctx, input)),
});
