import type { JobFacts } from "#components/jobs/job-data.ts";
import { PlanDifference } from "#components/plan/plan-difference.tsx";
import { type ApiError, RefusalNotice } from "#components/trpc/refusal.tsx";
import { Button, ButtonLink } from "#components/ui/button.tsx";
import { Duration } from "#components/ui/duration.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { StateMark } from "#components/ui/state-mark.tsx";
import type { RecheckPhase } from "./recheck-phase.ts";

type RecheckStatusProps = {
  job: JobFacts;
  phase: RecheckPhase;
  isPending: boolean;
  error: ApiError | null;
  again: () => void;
  isRequester: boolean;
};

function stageHref(job: JobFacts): string {
  return `/tenants/${job.tenant.id}/stages/${encodeURIComponent(job.stageKey)}`;
}

function Drift({ job, isRequester }: { job: JobFacts; isRequester: boolean }) {
  const drift = job.recheck?.drift ?? [];
  return (
    <div className="grid gap-3">
      <Notice
        kind="danger"
        live
        title="The cloud has changed since this was asked for: the same stage would now do something else"
        {...(isRequester
          ? {
              action: (
                <ButtonLink href={stageHref(job)} variant="primary" size="sm">
                  Ask again with the new plan
                </ButtonLink>
              ),
            }
          : {})}
      >
        {isRequester
          ? "This request cannot be approved any more. Preview the stage again and ask with the plan as it is now."
          : `This request cannot be approved any more. ${job.requester.name} has to preview the stage and ask again; you can refuse this one and say why.`}
      </Notice>
      <PlanDifference
        differences={drift}
        plan={job.plan}
        beforeLabel="As asked for"
        afterLabel="As it would be now"
      />
    </div>
  );
}

function Line({ job, phase }: { job: JobFacts; phase: RecheckPhase }) {
  const at = job.recheck?.at;
  switch (phase) {
    case "comparing":
      return <StateMark state="running" label="Comparing the plan with the cloud" />;
    case "same":
      return <StateMark state="passed" label="The cloud is as it was when this was asked for" />;
    case "old":
      return <StateMark state="expired" label="Nothing had changed, but the comparison is too old" />;
    case "blocked":
    case "failed":
      return at === undefined ? null : <StateMark state="failed" label="The plan could not be made again" />;
    case "drift":
      return <StateMark state="denied" label="The cloud has changed" />;
    case "none":
      return <StateMark state="never_run" label="Not compared with the cloud yet" />;
  }
}

/** How the frozen plan compares with the cloud as it is now, and the way to compare again. */
export function RecheckStatus(props: RecheckStatusProps) {
  const { job, phase, isPending, error, again, isRequester } = props;
  const { recheck } = job;
  return (
    <div className="grid gap-3" aria-live="polite">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
        <Line job={job} phase={phase} />
        {recheck !== null && phase !== "comparing" && (
          <span className="text-small text-ink-2">
            compared <RelativeTime at={recheck.at} />
          </span>
        )}
        {recheck !== null && phase === "comparing" && !isPending && (
          <span className="text-small text-ink-2">
            <Duration since={recheck.at} />
          </span>
        )}
        <Button
          size="sm"
          className="ml-auto"
          onClick={again}
          pending={isPending}
          disabledReason={job.may.recheck.allowed ? null : job.may.recheck.says}
        >
          Compare again
        </Button>
      </div>
      <RefusalNotice error={error} />
      {phase === "drift" && <Drift job={job} isRequester={isRequester} />}
      {(phase === "blocked" || phase === "failed") && recheck !== null && (
        <Notice kind="danger" title={recheck.says ?? "The plan could not be made again on the cloud."}>
          {recheck.advice ?? "Nothing was changed. Compare again, or refuse the request and say why."}
        </Notice>
      )}
    </div>
  );
}
