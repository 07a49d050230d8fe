"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { JobFacts } from "#components/jobs/job-data.ts";
import { ReasonField } from "#components/reason/reason-field.tsx";
import { useStepUp } from "#components/step-up/use-step-up.tsx";
import { useTRPC } from "#components/trpc/api.ts";
import { RefusalNotice } from "#components/trpc/refusal.tsx";
import { Button, ButtonLink } from "#components/ui/button.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { Progress } from "#components/ui/progress.tsx";
import { approveObstacle } from "./approve-obstacle.ts";
import { RecheckStatus } from "./recheck-status.tsx";
import { countTicks, tickRest, type Ticks } from "./ticks.ts";
import { useRecheck } from "./use-recheck.ts";

type DecidePanelProps = {
  job: JobFacts;
  isRequester: boolean;
  ticks: Ticks;
  onTicks: (ticks: Ticks) => void;
};

function useDecision(job: JobFacts) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const onSettled = async () => {
    await queryClient.invalidateQueries(trpc.jobs.get.queryFilter({ jobId: job.id }));
  };
  const approve = useMutation(trpc.jobs.approve.mutationOptions({ onSettled }));
  const reject = useMutation(trpc.jobs.reject.mutationOptions({ onSettled }));
  return { approve, reject, isPending: approve.isPending || reject.isPending };
}

function Ticked({ job, ticks, onTicks }: Pick<DecidePanelProps, "job" | "ticks" | "onTicks">) {
  const { done, total, restTogether, restSingly } = countTicks(job.tickable, ticks);
  const next = job.tickable.find(({ callId }) => !ticks.has(callId));
  return (
    <div className="grid gap-2">
      <Progress done={done} total={total} unit="Ticked" tone={done === total ? "ok" : "wait"} />
      <div className="flex flex-wrap items-center gap-2">
        {next !== undefined && (
          <Button
            size="sm"
            onClick={() => {
              const box = document.querySelector<HTMLElement>(`[data-tick="${CSS.escape(next.callId)}"]`);
              box?.focus();
              box?.scrollIntoView({ block: "center" });
            }}
          >
            Go to the next call to tick
          </Button>
        )}
        {restTogether > 0 && (
          <Button size="sm" variant="ghost" onClick={() => onTicks(tickRest(job.tickable, ticks))}>
            Tick the other {restTogether} that may be ticked together
          </Button>
        )}
        {restSingly > 0 && (
          <span className="text-small text-ink-2">
            {restSingly} {restSingly === 1 ? "handles" : "handle"} secrets or cannot be undone: one by one.
          </span>
        )}
      </div>
    </div>
  );
}

/** The decision: comparison with the cloud, ticks, a reason, and one of two buttons. No key submits it. */
export function DecidePanel({ job, isRequester, ticks, onTicks }: DecidePanelProps) {
  const [reason, setReason] = useState("");
  const [typed, setTyped] = useState("");
  const decision = useDecision(job);
  const given = {
    may: job.may.approve,
    tickable: job.tickable,
    shownCallIds: job.plan.steps.flatMap(({ calls }) => calls.map(({ id }) => id)),
    ticks,
    reason,
    target: job.effect === "destroy" ? { name: job.plan.tenant.slug, typed } : null,
  };
  const approve = () => {
    const { id: jobId, digest, nonce } = job;
    const named = job.effect === "destroy" ? { typedTarget: typed } : {};
    decision.approve.mutate({ jobId, digest, nonce, tickedCallIds: [...ticks], reason, ...named });
  };
  const stepUp = useStepUp({ error: decision.approve.error, again: approve });
  const recheck = useRecheck(job, approveObstacle({ ...given, phase: "same" }) === null);
  const noRight = !job.may.approve.allowed && !job.may.reject.allowed;
  const noReason = reason.trim() === "" ? "Give a reason: it is what the requester reads." : null;
  const obstacle = approveObstacle({ ...given, phase: recheck.phase });

  return (
    <div className="grid gap-5">
      <RecheckStatus job={job} isRequester={isRequester} {...recheck} />
      {noRight ? (
        <Notice
          title={job.may.approve.says ?? "You cannot decide this request."}
          action={
            <ButtonLink size="sm" href={`/jobs/${job.id}`}>
              Open job {job.number}
            </ButtonLink>
          }
        >
          {job.candidates.length > 0 &&
            `Who can: ${job.candidates.map(({ name }) => name).join(", ")}. It waits in their inbox.`}
        </Notice>
      ) : (
        <>
          {recheck.phase !== "drift" && <Ticked job={job} ticks={ticks} onTicks={onTicks} />}
          <ReasonField
            value={reason}
            onChange={setReason}
            hint="Goes on record with your name, for approving and for refusing."
          />
          {job.effect === "destroy" && (
            <Field
              label={`Type ${job.plan.tenant.slug} to approve`}
              hint="This plan destroys what belongs to that tenant. After your approval a signature is still needed."
            >
              {(control) => (
                <Input {...control} mono value={typed} onChange={({ target }) => setTyped(target.value)} />
              )}
            </Field>
          )}
          {stepUp.dialog}
          <RefusalNotice error={stepUp.error ?? decision.reject.error} />
          <div className="grid gap-2">
            <div className="flex flex-wrap justify-end gap-2 max-sm:grid max-sm:grid-cols-2">
              <Button
                size="lg"
                pending={decision.reject.isPending}
                disabledReason={job.may.reject.allowed ? noReason : job.may.reject.says}
                onClick={() => {
                  if (decision.isPending) return;
                  decision.approve.reset();
                  decision.reject.mutate({ jobId: job.id, digest: job.digest, reason });
                }}
              >
                Refuse
              </Button>
              <Button
                size="lg"
                variant="primary"
                pending={decision.approve.isPending}
                disabledReason={obstacle}
                onClick={() => {
                  if (decision.isPending) return;
                  decision.reject.reset();
                  approve();
                }}
              >
                Approve
              </Button>
            </div>
            {obstacle !== null && <p className="text-right text-small text-ink-2">{obstacle}</p>}
          </div>
        </>
      )}
    </div>
  );
}
