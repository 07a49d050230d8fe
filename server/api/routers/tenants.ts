import { collectHandover } from "#server/services/handover/collect.ts";
import { confirmHandover } from "#server/services/handover/confirm.ts";
import { requestHandover } from "#server/services/handover/request.ts";
import { readBoard } from "#server/services/tenant/board.ts";
import { createTenant } from "#server/services/tenant/create.ts";
import { readTenant } from "#server/services/tenant/get.ts";
import { readStage } from "#server/services/tenant/stage.ts";
import { procedure, router } from "../trpc.ts";

export const tenantsRouter = router({
  board: procedure(readBoard)
    .input(readBoard.input)
    .query(({ ctx, input }) => readBoard(ctx, input)),
  get: procedure(readTenant)
    .input(readTenant.input)
    .query(({ ctx, input }) => readTenant(ctx, input)),
  stage: procedure(readStage)
    .input(readStage.input)
    .query(({ ctx, input }) => readStage(ctx, input)),
  create: procedure(createTenant)
    .input(createTenant.input)
    .mutation(({ ctx, input }) => createTenant(ctx, input)),
  requestHandover: procedure(requestHandover, { isSingle: true })
    .input(requestHandover.input)
    .mutation(({ ctx, input }) => requestHandover(ctx, input)),
  collectHandover: procedure(collectHandover, { isSingle: true })
    .input(collectHandover.input)
    .mutation(({ ctx, input }) => collectHandover(ctx, input)),
  confirmHandover: procedure(confirmHandover, { isSingle: true })
    .input(confirmHandover.input)
    .mutation(({ ctx, input }) => confirmHandover(ctx, input)),
});
