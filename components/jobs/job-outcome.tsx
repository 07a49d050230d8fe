import { PlanDifference } from "#components/plan/plan-difference.tsx";
import { Link } from "#components/ui/link.tsx";
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

function FailedGates({ job }: { job: JobFacts }) {
  const failed = job.gates.flatMap(({ assertions }) => assertions.filter(({ passed }) => !passed));
  if (failed.length === 0) return null;
  return (
    <Notice
      kind="danger"
      title={`The gate did not pass: ${failed.length} ${failed.length === 1 ? "assertion does" : "assertions do"} not hold`}
    >
      <ul className="grid gap-1.5 pt-1">
        {failed.map((one) => (
          <li key={one.that}>
            <span className="font-medium text-ink">{one.says}</span> {one.advice}
          </li>
        ))}
      </ul>
      <p className="pt-1.5">
        The next stage stays closed. <Link href="?tab=evidence">See what was expected and observed</Link>
      </p>
    </Notice>
  );
}

/** How the job ended and what to do, before anything else; also that it was asked to stop. */
export function JobOutcome({ job }: { job: JobFacts }) {
  const isRunning = job.state === "running" || job.state === "queued";
  const drift = job.drift ?? [];
  return (
    <div className="grid gap-3 empty:hidden">
      {isRunning && job.cancelRequestedAt !== null && (
        <Notice kind="warning" live title="It was asked to stop">
          It stops after the call that it is in. What is finished by then stays.
        </Notice>
      )}
      {job.outcomeSays !== null && (
        <Notice kind={KINDS[job.state] ?? "info"} live title={job.outcomeSays}>
          {job.outcomeAdvice ?? undefined}
        </Notice>
      )}
      <FailedGates job={job} />
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
