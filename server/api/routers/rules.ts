import { proposeRules } from "#server/services/rules/change.ts";
import { previewRules, readRuleChoices, readRules } from "#server/services/rules/read.ts";
import { procedure, router } from "../trpc.ts";

export const rulesRouter = router({
  get: procedure(readRules)
    .input(readRules.input)
    .query(({ ctx, input }) => readRules(ctx, input)),
  choices: procedure(readRuleChoices)
    .input(readRuleChoices.input)
    .query(({ ctx, input }) => readRuleChoices(ctx, input)),
  preview: procedure(previewRules)
    .input(previewRules.input)
    .query(({ ctx, input }) => previewRules(ctx, input)),
  propose: procedure(proposeRules, { isSingle: true })
    .input(proposeRules.input)
    .mutation(({ ctx, input }) => proposeRules(ctx, input)),
});
