import { attestByHand } from "#server/services/hand/attest.ts";
import { approveJob } from "#server/services/job/approve.ts";
import { cancelJob } from "#server/services/job/cancel.ts";
import { readJob } from "#server/services/job/get.ts";
import { listJobs } from "#server/services/job/list.ts";
import { readOutput, searchOutput } from "#server/services/job/output.ts";
import { recheckJob } from "#server/services/job/recheck.ts";
import { rejectJob } from "#server/services/job/reject.ts";
import { requestJob } from "#server/services/job/request.ts";
import { resolveJob } from "#server/services/job/resolve.ts";
import { runRead } from "#server/services/job/run-read.ts";
import { signJob } from "#server/services/job/sign.ts";
import { startJob } from "#server/services/job/start.ts";
import { chooseAfterFailure } from "#server/services/job/choose.ts";
import { withdrawJob } from "#server/services/job/withdraw.ts";
import { readPlan } from "#server/services/plan/get.ts";
import { previewStage } from "#server/services/plan/preview.ts";
import { procedure, router } from "../trpc.ts";

export const jobsRouter = router({
  list: procedure(listJobs)
    .input(listJobs.input)
    .query(({ ctx, input }) => listJobs(ctx, input)),
  get: procedure(readJob)
    .input(readJob.input)
    .query(({ ctx, input }) => readJob(ctx, input)),
  output: procedure(readOutput)
    .input(readOutput.input)
    .query(({ ctx, input }) => readOutput(ctx, input)),
  searchOutput: procedure(searchOutput)
    .input(searchOutput.input)
    .query(({ ctx, input }) => searchOutput(ctx, input)),
  plan: procedure(readPlan)
    .input(readPlan.input)
    .query(({ ctx, input }) => readPlan(ctx, input)),
  preview: procedure(previewStage)
    .input(previewStage.input)
    .mutation(({ ctx, input }) => previewStage(ctx, input)),
  runRead: procedure(runRead, { isSingle: true })
    .input(runRead.input)
    .mutation(({ ctx, input }) => runRead(ctx, input)),
  request: procedure(requestJob, { isSingle: true })
    .input(requestJob.input)
    .mutation(({ ctx, input }) => requestJob(ctx, input)),
  recheck: procedure(recheckJob)
    .input(recheckJob.input)
    .mutation(({ ctx, input }) => recheckJob(ctx, input)),
  approve: procedure(approveJob, { isSingle: true })
    .input(approveJob.input)
    .mutation(({ ctx, input }) => approveJob(ctx, input)),
  sign: procedure(signJob, { isSingle: true })
    .input(signJob.input)
    .mutation(({ ctx, input }) => signJob(ctx, input)),
  reject: procedure(rejectJob, { isSingle: true })
    .input(rejectJob.input)
    .mutation(({ ctx, input }) => rejectJob(ctx, input)),
  attestByHand: procedure(attestByHand, { isSingle: true })
    .input(attestByHand.input)
    .mutation(({ ctx, input }) => attestByHand(ctx, input)),
  choose: procedure(chooseAfterFailure, { isSingle: true })
    .input(chooseAfterFailure.input)
    .mutation(({ ctx, input }) => chooseAfterFailure(ctx, input)),
  withdraw: procedure(withdrawJob, { isSingle: true })
    .input(withdrawJob.input)
    .mutation(({ ctx, input }) => withdrawJob(ctx, input)),
  start: procedure(startJob, { isSingle: true })
    .input(startJob.input)
    .mutation(({ ctx, input }) => startJob(ctx, input)),
  cancel: procedure(cancelJob, { isSingle: true })
    .input(cancelJob.input)
    .mutation(({ ctx, input }) => cancelJob(ctx, input)),
  resolve: procedure(resolveJob, { isSingle: true })
    .input(resolveJob.input)
    .mutation(({ ctx, input }) => resolveJob(ctx, input)),
});
