import { JobMark } from "#components/jobs/job-mark.tsx";
import type { JobFacts } from "#components/jobs/job-data.ts";
import { SignedRecord } from "#components/signing/sign-panel.tsx";
import { Person } from "#components/ui/avatar.tsx";
import { ButtonLink } from "#components/ui/button.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";

/** What was decided, by whom and why, and where it went from there. */
export function DecisionRecord({ job }: { job: JobFacts }) {
  return (
    <div className="grid gap-4" role="status">
      <JobMark state={job.state} resolution={job.resolution} size="lg" />
      {job.approvals.map((one) => (
        <div key={one.personId} className="grid gap-1">
          <p className="flex flex-wrap items-center gap-x-2">
            <Person name={one.name} />
            <span className="text-ink-2">
              {one.decision === "approve"
                ? `approved, with ${one.tickedCallIds.length} ${one.tickedCallIds.length === 1 ? "call" : "calls"} ticked,`
                : "refused"}{" "}
              <RelativeTime at={one.at} />
            </span>
          </p>
          <blockquote className="max-w-[70ch] border-l-2 border-line-strong pl-3 whitespace-pre-wrap wrap-anywhere">
            {one.reason}
          </blockquote>
        </div>
      ))}
      {job.signing !== null && job.signing.signed !== null && <SignedRecord signed={job.signing.signed} />}
      {job.outcomeSays !== null && job.state !== "rejected" && (
        <p className="max-w-[70ch] text-ink-2">{job.outcomeSays}</p>
      )}
      <div className="flex flex-wrap gap-2">
        <ButtonLink href={`/jobs/${job.id}`} variant="primary">
          Open job {job.number}
        </ButtonLink>
        <ButtonLink href="/inbox">Back to the inbox</ButtonLink>
      </div>
    </div>
  );
}
