import { compareRegistry, exportRegistry, getActor, listActors } from "#server/services/access/actors.ts";
import { listDecisions, readDecision, tryDecision } from "#server/services/access/decisions.ts";
import { readHealth } from "#server/services/access/health.ts";
import { proposePackage } from "#server/services/access/package.ts";
import { listPackages, shadowPackage } from "#server/services/access/packages.ts";
import { proposeProvider } from "#server/services/access/provider.ts";
import { proposeRegistry } from "#server/services/access/registry.ts";
import { procedure, router } from "../trpc.ts";

export const accessRouter = router({
  actors: procedure(listActors)
    .input(listActors.input)
    .query(({ ctx, input }) => listActors(ctx, input)),
  actor: procedure(getActor)
    .input(getActor.input)
    .query(({ ctx, input }) => getActor(ctx, input)),
  exportRegistry: procedure(exportRegistry)
    .input(exportRegistry.input)
    .query(({ ctx, input }) => exportRegistry(ctx, input)),
  compare: procedure(compareRegistry)
    .input(compareRegistry.input)
    .query(({ ctx, input }) => compareRegistry(ctx, input)),
  proposeRegistry: procedure(proposeRegistry, { isSingle: true })
    .input(proposeRegistry.input)
    .mutation(({ ctx, input }) => proposeRegistry(ctx, input)),
  decisions: procedure(listDecisions)
    .input(listDecisions.input)
    .query(({ ctx, input }) => listDecisions(ctx, input)),
  decision: procedure(readDecision)
    .input(readDecision.input)
    .query(({ ctx, input }) => readDecision(ctx, input)),
  tryOut: procedure(tryDecision)
    .input(tryDecision.input)
    .query(({ ctx, input }) => tryDecision(ctx, input)),
  packages: procedure(listPackages)
    .input(listPackages.input)
    .query(({ ctx, input }) => listPackages(ctx, input)),
  shadow: procedure(shadowPackage)
    .input(shadowPackage.input)
    .query(({ ctx, input }) => shadowPackage(ctx, input)),
  proposePackage: procedure(proposePackage, { isSingle: true })
    .input(proposePackage.input)
    .mutation(({ ctx, input }) => proposePackage(ctx, input)),
  health: procedure(readHealth)
    .input(readHealth.input)
    .query(({ ctx, input }) => readHealth(ctx, input)),
  proposeProvider: procedure(proposeProvider, { isSingle: true })
    .input(proposeProvider.input)
    .mutation(({ ctx, input }) => proposeProvider(ctx, input)),
});
