import { PlanDifference } from "#components/plan/plan-difference.tsx";
import { ButtonLink } from "#components/ui/button.tsx";
import { Notice } from "#components/ui/notice.tsx";
import type { JobState } from "#server/domain/job/states.ts";
import type { JobFacts } from "./job-data.ts";

const KINDS: Partial<Record<JobState, "ok" | "warning" | "danger" | "info">> = {
  succeeded: "ok",
  failed: "danger",
  refused: "danger",
  rejected: "danger",
  outcome_unknown: "warning",
  cancelled: "warning",
};

type Assertion = JobFacts["gates"][number]["assertions"][number];

/** The outcome names the first assertion that does not hold; here are all of them, each with what to do. */
function FailedAssertions({ failed }: { failed: readonly Assertion[] }) {
  if (failed.length < 2) return null;
  return (
    <Notice kind="danger" title={`${failed.length} assertions of the gate do not hold`}>
      <ul className="grid gap-1.5 pt-1">
        {failed.map((one) => (
          <li key={one.that}>
            <span className="font-medium text-ink">{one.says}</span> {one.advice}
          </li>
        ))}
      </ul>
    </Notice>
  );
}

/** How the job ended and what to do, before anything else; also that it was asked to stop. */
export function JobOutcome({ job }: { job: JobFacts }) {
  const isRunning = job.state === "running" || job.state === "queued";
  const drift = job.drift ?? [];
  const failed = job.gates.flatMap(({ assertions }) => assertions.filter(({ passed }) => !passed));
  return (
    <div className="grid gap-3 empty:hidden">
      {isRunning && job.cancelRequestedAt !== null && (
        <Notice kind="warning" live title="It was asked to stop">
          It stops after the call that it is in. What is finished by then stays.
        </Notice>
      )}
      {job.outcomeSays !== null && (
        <Notice
          kind={KINDS[job.state] ?? "info"}
          live
          title={job.outcomeSays}
          {...(failed.length > 0
            ? {
                action: (
                  <ButtonLink href="?tab=evidence" size="sm">
                    See the evidence
                  </ButtonLink>
                ),
              }
            : {})}
        >
          {job.outcomeAdvice ?? undefined}
        </Notice>
      )}
      <FailedAssertions failed={failed} />
      {drift.length > 0 && (
        <PlanDifference
          differences={drift}
          plan={job.plan}
          beforeLabel="As approved"
          afterLabel="As it would have been"
        />
      )}
    </div>
  );
}
