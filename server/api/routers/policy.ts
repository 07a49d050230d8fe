import { analyseText } from "#server/services/policy/analyse.ts";
import { readObserved } from "#server/services/policy/observed.ts";
import { readPolicy } from "#server/services/policy/read.ts";
import { savePolicy } from "#server/services/policy/save.ts";
import { procedure, router } from "../trpc.ts";

export const policyRouter = router({
  get: procedure(readPolicy)
    .input(readPolicy.input)
    .query(({ ctx, input }) => readPolicy(ctx, input)),
  analyse: procedure(analyseText)
    .input(analyseText.input)
    .query(({ ctx, input }) => analyseText(ctx, input)),
  observed: procedure(readObserved)
    .input(readObserved.input)
    .query(({ ctx, input }) => readObserved(ctx, input)),
  save: procedure(savePolicy, { isSingle: true })
    .input(savePolicy.input)
    .mutation(({ ctx, input }) => savePolicy(ctx, input)),
});
