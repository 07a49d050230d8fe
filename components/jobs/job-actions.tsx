"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Play } from "lucide-react";
import { useTRPC } from "#components/trpc/api.ts";
import { RefusalNotice } from "#components/trpc/refusal.tsx";
import { Button, ButtonLink } from "#components/ui/button.tsx";
import type { JobFacts } from "./job-data.ts";
import { leftBehind } from "./left-behind.ts";
import { ReasonDialog } from "./reason-dialog.tsx";

function useActs(jobId: string) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const onSettled = () => queryClient.invalidateQueries(trpc.jobs.get.queryFilter({ jobId }));
  return {
    start: useMutation(trpc.jobs.start.mutationOptions({ onSettled })),
    cancel: useMutation(trpc.jobs.cancel.mutationOptions({ onSettled })),
    withdraw: useMutation(trpc.jobs.withdraw.mutationOptions({ onSettled })),
  };
}

/** What can be done with a job now; an act that another person could do says who. */
export function JobActions({ job }: { job: JobFacts }) {
  const { start, cancel, withdraw } = useActs(job.id);
  const { may, state } = job;
  return (
    <div className="grid justify-items-end gap-2">
      <div className="flex flex-wrap justify-end gap-2">
        {state === "awaiting_approval" && (
          <ButtonLink href={`/approvals/${job.id}`} variant={may.approve.allowed ? "primary" : "secondary"}>
            {may.approve.allowed ? "Review and decide" : "See the request"}
          </ButtonLink>
        )}
        {state === "awaiting_signature" && (
          <ButtonLink href={`/approvals/${job.id}#sign`} variant={may.sign.allowed ? "primary" : "secondary"}>
            {may.sign.allowed ? "Sign" : "See what is to be signed"}
          </ButtonLink>
        )}
        {(state === "awaiting_approval" || state === "awaiting_signature" || state === "approved") && (
          <ReasonDialog
            label="Withdraw"
            title={`Withdraw job ${job.number}`}
            description="The request is taken back for good; nothing was sent. The stage can be asked for again."
            disabledReason={may.withdraw.allowed ? null : may.withdraw.says}
            withReason
            isPending={withdraw.isPending}
            error={withdraw.error}
            onConfirm={(reason, close) => withdraw.mutate({ jobId: job.id, reason }, { onSuccess: close })}
          />
        )}
        {state === "approved" && (
          <Button
            variant="primary"
            icon={<Play />}
            pending={start.isPending}
            disabledReason={may.start.allowed ? null : may.start.says}
            onClick={() => start.mutate({ jobId: job.id })}
          >
            Start
          </Button>
        )}
        {(state === "queued" || state === "running" || state === "awaiting_person") && (
          <ReasonDialog
            label="Cancel job"
            title={`Cancel job ${job.number}`}
            description={leftBehind(state, job.steps)}
            disabledReason={may.cancel.allowed ? null : may.cancel.says}
            withReason={false}
            isPending={cancel.isPending}
            error={cancel.error}
            onConfirm={(_reason, close) => cancel.mutate({ jobId: job.id }, { onSuccess: close })}
          />
        )}
      </div>
      <RefusalNotice error={start.error} />
    </div>
  );
}
