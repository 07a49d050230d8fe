import type { JobFacts } from "#components/jobs/job-data.ts";
import { PlanDifference } from "#components/plan/plan-difference.tsx";
import { Link } from "#components/ui/link.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";

/** What this plan does that the last green run of the stage for this tenant did not. */
export function SinceLastRun({ job }: { job: JobFacts }) {
  const last = job.sinceLastRun;
  if (last === null) {
    return (
      <p className="text-ink-2">
        This stage has not passed for tenant {job.tenant.slug} before, so all of it is new.
      </p>
    );
  }
  const when = (
    <>
      <Link href={`/jobs/${last.jobId}`}>job {last.number}</Link>
      {last.finishedAt !== null && (
        <>
          , <RelativeTime at={last.finishedAt} />
        </>
      )}
    </>
  );
  if (last.differences.length === 0) {
    return <p className="text-ink-2">Nothing: the plan is the one that passed as {when}.</p>;
  }
  return (
    <div className="grid gap-2">
      <p className="text-ink-2">
        {last.differences.length} {last.differences.length === 1 ? "fact differs" : "facts differ"} from{" "}
        {when}.
      </p>
      <PlanDifference
        differences={last.differences}
        plan={job.plan}
        beforeLabel={`As job ${last.number} ran`}
        afterLabel="As asked for now"
      />
    </div>
  );
}
