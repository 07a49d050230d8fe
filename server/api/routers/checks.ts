import { attestBlock } from "#server/services/attestation/attest.ts";
import { withdrawAttestation } from "#server/services/attestation/withdraw.ts";
import { cancelRun } from "#server/services/check/cancel.ts";
import { getCheck, listTargets } from "#server/services/check/get.ts";
import { listChecks } from "#server/services/check/list.ts";
import { readRunOutput } from "#server/services/check/output.ts";
import { recordResult } from "#server/services/check/record.ts";
import { runCheck } from "#server/services/check/run.ts";
import { setCheck } from "#server/services/check/set.ts";
import { procedure, router } from "../trpc.ts";

export const checksRouter = router({
  list: procedure(listChecks)
    .input(listChecks.input)
    .query(({ ctx, input }) => listChecks(ctx, input)),
  get: procedure(getCheck)
    .input(getCheck.input)
    .query(({ ctx, input }) => getCheck(ctx, input)),
  targets: procedure(listTargets)
    .input(listTargets.input)
    .query(({ ctx, input }) => listTargets(ctx, input)),
  output: procedure(readRunOutput)
    .input(readRunOutput.input)
    .query(({ ctx, input }) => readRunOutput(ctx, input)),
  attest: procedure(attestBlock, { isSingle: true })
    .input(attestBlock.input)
    .mutation(({ ctx, input }) => attestBlock(ctx, input)),
  withdraw: procedure(withdrawAttestation, { isSingle: true })
    .input(withdrawAttestation.input)
    .mutation(({ ctx, input }) => withdrawAttestation(ctx, input)),
  run: procedure(runCheck, { isSingle: true })
    .input(runCheck.input)
    .mutation(({ ctx, input }) => runCheck(ctx, input)),
  cancel: procedure(cancelRun, { isSingle: true })
    .input(cancelRun.input)
    .mutation(({ ctx, input }) => cancelRun(ctx, input)),
  record: procedure(recordResult, { isSingle: true })
    .input(recordResult.input)
    .mutation(({ ctx, input }) => recordResult(ctx, input)),
  set: procedure(setCheck)
    .input(setCheck.input)
    .mutation(({ ctx, input }) => setCheck(ctx, input)),
});
